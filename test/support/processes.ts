import fs from "node:fs";
import { eventually } from "./eventually";

/** Marks every process that descends from a test, orphans included: an environment variable outlives its parent. */
export const marker = "PROXMOX_TEST_PROCESS";

/** Marks everything that one run of the tests has started. */
export const runMarker = "PROXMOX_TEST_RUN";

/** A live process, as /proc shows it. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: readonly string[];
}

/** All live processes whose environment holds the marker with this value. */
export function markedProcesses(value: string, name = marker): Process[] {
  if (process.platform !== "linux") throw new Error("processes are found in /proc: these tests need Linux");
  const wanted = `${name}=${value}`;
  const found: Process[] = [];
  for (const pid of processIds()) {
    if (pid === process.pid) continue;
    const environ = proc(pid, "environ")?.split("\0") ?? [];
    const stat = proc(pid, "stat");
    if (!environ.includes(wanted) || !stat) continue;
    const [state, parent] = statOf(stat).fields;
    if (state === "Z") continue;
    const command = (proc(pid, "cmdline") ?? "").split("\0").filter(Boolean);
    found.push({ pid, parent: Number(parent), command });
  }
  return found;
}

/**
 * The program's name, and the fields after it. The name in the second field may hold anything: the fields after its closing bracket
 * are safe to split.
 */
export const statOf = (stat: string): { readonly program: string; readonly fields: readonly string[] } => {
  const close = stat.lastIndexOf(")");
  return { program: stat.slice(stat.indexOf("(") + 1, close), fields: stat.slice(close + 2).split(" ") };
};

export const processIds = (): number[] =>
  fs
    .readdirSync("/proc")
    .filter((item) => /^\d+$/.test(item))
    .map(Number);

/** The command lines of all live processes, as everybody on the machine may read them. */
export const commandLines = (): string[] => processIds().map((pid) => proc(pid, "cmdline") ?? "");

/** Ends all of them and waits until they are gone. */
export async function killMarked(value: string, name = marker): Promise<void> {
  await eventually(`the end of the processes marked ${value}`, () => {
    const alive = markedProcesses(value, name);
    for (const { pid } of alive) signal(pid, "SIGKILL");
    return alive.length === 0;
  });
}

/** Sends a signal; a process that has just ended is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** A file of a process; undefined for one that has ended, or is somebody else's. */
export function proc(pid: number, file: string): string | undefined {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(code)) return undefined;
    throw error;
  }
}
