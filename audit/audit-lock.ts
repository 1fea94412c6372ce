import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** Who holds the lock: a process of this machine that runs, or any of another one, whose processes cannot be seen. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, where the system tells it: ids of processes are given out again. */
  readonly since: string;
}

const longestMs = 15_000;

/** The moment in which a process began, in ticks since the boot (proc(5), field 22); empty where there is no such list. */
function sinceOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return "";
  }
}

const own = (): Holder => ({ host: os.hostname(), pid: process.pid, since: sinceOf(process.pid) });

function holderOf(lock: string): Holder | "nobody" | "unknown" {
  try {
    const { host, pid, since } = JSON.parse(fs.readFileSync(lock, "utf8")) as Partial<Holder>;
    return typeof host === "string" && typeof pid === "number" && typeof since === "string"
      ? { host, pid, since }
      : "unknown";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "nobody";
    if (error instanceof SyntaxError) return "unknown";
    throw error;
  }
}

/** A process of this machine that has ended cannot let go of it any more. */
function isOver(holder: Holder | "nobody" | "unknown"): boolean {
  if (typeof holder === "string" || holder.host !== os.hostname()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
  return holder.since !== "" && sinceOf(holder.pid) !== holder.since;
}

/** Whole from its first moment: the content is there before the name is. */
function take(lock: string): boolean {
  const mine = `${lock}.${randomBytes(8).toString("hex")}`;
  fs.writeFileSync(mine, JSON.stringify(own()), { flag: "wx", mode: 0o600 });
  try {
    fs.linkSync(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

/** Takes the lock of a dead process away; only one process at a time does, and looks again before. */
function breakLock(lock: string): void {
  const breaking = `${lock}.break`;
  if (!take(breaking)) return;
  try {
    if (isOver(holderOf(lock))) fs.rmSync(lock, { force: true });
  } finally {
    fs.rmSync(breaking, { force: true });
  }
}

/**
 * Runs work that never waits while no other process does the same with this file: the lock is held for milliseconds, and
 * that of a process which was killed meanwhile is taken away.
 */
export async function locked<T>(file: string, work: () => T): Promise<T> {
  const lock = `${file}.lock`;
  const started = performance.now();
  while (!take(lock)) {
    const holder = holderOf(lock);
    if (isOver(holder)) breakLock(lock);
    if (performance.now() - started > longestMs) throw new Error(stuck(lock, holder));
    await sleep(5 + Math.random() * 20);
  }
  try {
    return work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

const stuck = (lock: string, holder: Holder | "nobody" | "unknown"): string =>
  `${lock} has not become free in ${longestMs / 1000} s` +
  (typeof holder === "string" ? "" : `; process ${holder.pid} of ${holder.host} holds it`) +
  `. Where no such process runs, delete it, and ${lock}.break if it is there`;
