import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";

const short = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);
const machine = short(hostname(), 8);
let armings = 0;

/** Stack, machine, process, and which one of that process. */
const form = /^([0-9a-f]{12})-([0-9a-f]{8})-(\d+)-\d+-[0-9a-f]+$/;

/** Is this text the name of an arming? Such a text may be part of a path. */
export const isArming = (text: string): boolean => form.test(text);

/** Who arms timers on nodes: the runs of a stack. Each arming has a name that tells whose it is. */
export class Armer {
  /** Tells one stack from another in the names of armings. */
  readonly stack: string;

  constructor(
    /** Another stack's timer is not ours to touch. */
    stack: string,
  ) {
    this.stack = short(stack, 12);
  }

  next(): string {
    return `${this.stack}-${machine}-${process.pid}-${++armings}-${short(randomUUID(), 8)}`;
  }

  /** Is it of a run of this stack, living or not? */
  isOurs(arming: string): boolean {
    return form.exec(arming)?.[1] === this.stack;
  }

  /** Is it of an earlier run of this stack? One that lives, beside this process, goes on by itself. */
  isLeft(arming: string): boolean {
    const [, , host, pid] = form.exec(arming) ?? [];
    return this.isOurs(arming) && !(host === machine && Number(pid) !== process.pid && isAlive(Number(pid)));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
