import { shellQuote } from "../../pve";
import type { GuestAgent } from "./guest-agent";

/** Bytes of a script's output that are fetched, and only when it has failed. */
const tailBytes = 2000;

/** A script for `sh -e` as root of a guest. */
interface GuestScript {
  /** A folder in memory, where neither the script nor what it says reaches a disk. */
  readonly folder: string;
  /** What it is, for errors. */
  readonly what: string;
  readonly text: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly longestMs: number;
}

/**
 * Runs a script from a file, so that neither it nor its variables are in a command line. Its output goes to a file too:
 * through the agent's own capture a talkative one would be up to 16 MiB of one reply.
 */
export async function runScript(
  agent: GuestAgent,
  { folder, what, text, environment = {}, longestMs }: GuestScript,
): Promise<{ readonly exitcode: number; readonly output: string }> {
  const variables = Object.entries(environment).map(([name, value]) => `export ${name}=${shellQuote(value)}\n`);
  const [file, log] = [`${folder}/step`, `${folder}/log`];
  await agent.write(file, Buffer.from(`exec >${log} 2>&1\n${variables.join("")}${text}\n`));
  const { exitcode } = await agent.run(["/bin/sh", "-e", file], longestMs, `${what} ends`);
  if (exitcode === 0) return { exitcode, output: "" };
  const { output } = await agent.run(["tail", "-c", String(tailBytes), log], 60_000, `reading the output of ${what}`);
  return { exitcode, output };
}

/** How a script that has failed is told of. */
export const failureOf = (what: string, { exitcode, output }: { exitcode: number; output: string }): string =>
  `${what} failed with exit code ${exitcode}${output === "" ? ", without output" : `; its last output:\n${output}`}`;

/** A guest that cloud-init sets up is not ready before that is done. */
export const untilCloudInitIsDone = "if command -v cloud-init >/dev/null; then cloud-init status --wait || true; fi";

export const firstLine = (text: string): string => text.trim().split("\n")[0]?.slice(0, 80) ?? "";
