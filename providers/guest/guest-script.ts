import { shellQuote } from "../../pve";
import type { GuestShell } from "./guest-shell";

/** Bytes of a script's output that are fetched, and only when it has failed. */
const tailBytes = 2000;

/** Exit code of `flock` for a lock that is held: no program is known to end with it. */
const lockIsHeld = 213;

/** A script for `sh -e` as root of a guest. */
interface GuestScript {
  /** A folder in memory, where neither the script nor what it says reaches a disk. */
  readonly folder: string;
  /** What it is, for errors. */
  readonly what: string;
  readonly text: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly longestMs: number;
  /** A file that is locked as long as it runs, whether anybody waits for it or not. */
  readonly lock?: string;
}

/**
 * Runs a script from a file, so that neither it nor its variables are in a command line. Its output goes to a file too:
 * in the agent's own capture, of the ways to a guest, a talkative one would be up to 16 MiB of one reply.
 */
export async function runScript(
  shell: GuestShell,
  { folder, what, text, environment = {}, longestMs, lock }: GuestScript,
): Promise<{ readonly exitcode: number; readonly output: string }> {
  const variables = Object.entries(environment).map(([name, value]) => `export ${name}=${shellQuote(value)}\n`);
  const [file, log] = [`${folder}/step`, `${folder}/log`];
  await shell.write(file, Buffer.from(`exec >${log} 2>&1\n${variables.join("")}${text}\n`));
  const command = ["/bin/sh", "-e", file];
  const { exitcode } = await shell.run(lock === undefined ? command : locked(lock, command), longestMs, `${what} ends`);
  if (exitcode === 0) return { exitcode, output: "" };
  if (lock !== undefined) assertFree(exitcode);
  const tail = ["tail", "-c", String(tailBytes), log];
  const { out } = await shell.run(tail, 60_000, `reading the output of ${what}`);
  return { exitcode, output: wholeLines(out).trim() };
}

/** The end of an output may begin in the middle of a secret, which nobody would know again. */
const wholeLines = (end: string): string =>
  Buffer.byteLength(end) < tailBytes ? end : end.includes("\n") ? end.slice(end.indexOf("\n") + 1) : "";

/** A command that runs alone: at once or not at all. What it leaves running in the background does not hold the lock. */
export const locked = (lock: string, command: readonly string[]): string[] => [
  ...["flock", "--nonblock", "--close", "--conflict-exit-code", String(lockIsHeld), lock],
  ...command,
];

/** Refuses to go on beside what an earlier run has started: it was given up, or its answer was lost, and works on. */
export function assertFree(exitcode: number): void {
  if (exitcode === lockIsHeld)
    throw new Error(
      "an earlier run of this resource still works in the guest; wait until it has ended, then run again",
    );
}

/** How a script that has failed is told of. */
export const failureOf = (what: string, { exitcode, output }: { exitcode: number; output: string }): string =>
  `${what} failed with exit code ${exitcode}${output === "" ? ", without output" : `; its last output:\n${output}`}`;

/** A guest that cloud-init sets up is not ready before that is done. */
export const untilCloudInitIsDone = "if command -v cloud-init >/dev/null; then cloud-init status --wait || true; fi";

export const firstLine = (text: string): string => text.trim().split("\n")[0]?.slice(0, 80) ?? "";
