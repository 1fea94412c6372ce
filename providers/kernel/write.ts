import { isProxmoxError, type Clock } from "../../pve";

/**
 * A lock that Proxmox takes for the change: a file of the cluster (`cluster:user.cfg`, cfs_lock in PVE/Cluster.pm), or
 * a guest's config (`vm:100`). Proxmox gives up after ten seconds; writers wait for each other here instead. The files
 * of a node itself (`host:pve1`) have no lock at all: two writers would each write what they have read.
 */
export type WriteLock = `cluster:${string}.cfg` | "cluster:ceph.conf" | `vm:${number}` | `host:${string}`;

/** One change that Proxmox carries out before it answers. */
export interface Write<T> {
  /** The change, for the row of the resource: "changing pool team". */
  readonly what: string;
  readonly lock: WriteLock;
  /**
   * Looks at what it is about to touch, and sends the change. Called for every attempt, when the lock's turn has come.
   */
  send(): Promise<T>;
  /**
   * Did it happen? Asked only after an answer was lost. It looks at the live state, and tells this change from what was
   * there before.
   */
  happened(): Promise<boolean>;
}

/** What a write needs of the operation that it belongs to. */
export interface Writer {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Runs work when the lock's turn has come. */
  inLine<T>(lock: WriteLock, work: () => Promise<T>): Promise<T>;
  /** Throws when nobody would record any more what is done. */
  safePoint(): Promise<void>;
  progress(text: string): void;
  /** 0 <= x < 1; spreads rivals for the same lock. */
  random?(): number;
}

const ATTEMPTS = 5;

/**
 * The one way to make such a change: in line for its lock, again when the lock was not to be had in time, and looked for
 * when the answer was lost. Returns the answer; undefined when it was lost and the change was made.
 */
export function write<T>(writer: Writer, change: Write<T>): Promise<T | undefined> {
  const { clock, signal, random = Math.random } = writer;
  return writer.inLine(change.lock, async () => {
    writer.progress(change.what);
    let lost: unknown;
    for (let attempt = 1; ; attempt++) {
      await writer.safePoint();
      try {
        return await change.send();
      } catch (error) {
        if (isProxmoxError(error, "unavailable")) lost = error;
        // What a repeated change is told when the first one came through late ("already exists") is no failure.
        if (lost !== undefined && (await asked(change, lost))) return undefined;
        const again = error === lost || (isProxmoxError(error) && error.retryable);
        if (!again || attempt >= ATTEMPTS) throw error;
      }
      await clock.sleep(500 * 2 ** attempt * (0.5 + random()), signal);
    }
  });
}

/** A look that fails tells nothing: then it is the lost answer that is reported. */
async function asked(change: Write<unknown>, lost: unknown): Promise<boolean> {
  try {
    return await change.happened();
  } catch (error) {
    if (isProxmoxError(error, "aborted", "timeout")) throw error;
    throw lost;
  }
}
