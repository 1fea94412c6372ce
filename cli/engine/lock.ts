import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What the lock looks at and waits with; tests put their own in. */
interface LockTimes {
  now(): number;
  wait(milliseconds: number): Promise<unknown>;
}

const heartbeat = 5_000;
/** A holder that has not touched its lock for so long has died. */
export const staleAfter = 60_000;

/**
 * Runs `work` while holding a lock file, so that two set-ups do not build at once.
 * The lock saves work, it does not protect the result (which appears by a rename): two waiters that judge the same lock
 * stale in the same instant may both go ahead.
 */
export async function withLock<T>(
  file: string,
  waiting: (holder: string) => void,
  work: () => Promise<T>,
  times: LockTimes = { now: Date.now, wait: sleep },
): Promise<T> {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let announced = false;
  while (!take(file, times.now())) {
    if (!announced) waiting(holder(file));
    announced = true;
    await times.wait(1_000);
  }
  const touch = setInterval(() => fs.utimesSync(file, times.now() / 1000, times.now() / 1000), heartbeat);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    fs.rmSync(file, { force: true });
  }
}

function take(file: string, now: number): boolean {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat && (now - stat.mtimeMs > staleAfter || !isAlive(holder(file)))) fs.rmSync(file, { force: true });
  try {
    fs.writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function holder(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** An empty name is a lock whose holder is just writing it: alive. */
function isAlive(pid: string): boolean {
  if (!/^\d+$/.test(pid)) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
