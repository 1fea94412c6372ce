import { condition, matches } from "./faults.js";

/**
 * Lock files (`/var/lock/qemu-server/lock-100.conf`) and who holds them: one holder, or any number that only read.
 * Files below /var/lock are a node's own: callers name them with {@link nodeLock}.
 */
export class Locks {
  private readonly holders = new Map<string, string>();
  private readonly readers = new Map<string, Set<string>>();

  /** Takes the lock unless another holds it. */
  tryTake(file: string, holder: string): boolean {
    const current = this.holders.get(file);
    if (current !== undefined && current !== holder) return false;
    if (isHeldByFault(file)) return false;
    if ([...(this.readers.get(file) ?? [])].some((reader) => reader !== holder)) return false;
    this.holders.set(file, holder);
    return true;
  }

  /** Takes the lock together with other readers, unless one holds it for itself. */
  tryShare(file: string, reader: string): boolean {
    const current = this.holders.get(file);
    if (current !== undefined && current !== reader) return false;
    if (isHeldByFault(file)) return false;
    const readers = this.readers.get(file) ?? new Set();
    this.readers.set(file, readers.add(reader));
    return true;
  }

  isHeld(file: string): boolean {
    return this.holders.has(file) || (this.readers.get(file)?.size ?? 0) > 0;
  }

  release(file: string, holder: string): void {
    if (this.holders.get(file) === holder) this.holders.delete(file);
    this.readers.get(file)?.delete(holder);
  }

  releaseAll(holder: string): void {
    for (const [file, current] of this.holders) if (current === holder) this.holders.delete(file);
    for (const readers of this.readers.values()) readers.delete(holder);
  }
}

/** The name of a lock among those of all nodes: files below /var/lock, which is /run/lock, exist on each. */
export function nodeLock(node: string, file: string): string {
  return /^\/(?:var|run)\/lock\//.test(file) ? `${node}:${file}` : file;
}

/** A fault names a lock file with or without the node that has it. */
function isHeldByFault(name: string): boolean {
  const file = name.slice(name.indexOf(":") + 1);
  return condition("lock", (fault) => matches(fault.file, file) || matches(fault.file, name)) !== undefined;
}
