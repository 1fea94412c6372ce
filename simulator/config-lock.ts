import type { Call } from "./call.js";
import { condition, matches } from "./faults.js";
import { die, PveError, stringified } from "./errors.js";

/** How long pmxcfs is asked for a lock that it cannot give without quorum (scenario 22: 9 to 10 s). */
const withoutQuorum = 9500;

/** How long a lock of pmxcfs that another holds is waited for (cfs_lock in PVE/Cluster.pm). */
const heldByAnother = 10_000;

/** Waits for a lock of the cluster file system that it cannot give, and fails; does nothing with quorum. */
export async function withQuorum(
  call: Call,
  file: string,
  prefix = "",
  kind: "file" | "domain" | "firewall" = "file",
): Promise<void> {
  const failed = `${prefix}cfs-lock '${kind}-${file.replace(".", "_")}' error:`;
  if (!call.simulation.isQuorate(call.node)) {
    await call.clock.sleep(withoutQuorum);
    throw die(`${failed} no quorum!`);
  }
  if (condition("lock", (fault) => matches(fault.file, file))) {
    await call.clock.sleep(heldByAnother);
    throw die(`${failed} got lock request timeout`);
  }
}

/**
 * Changes a file of the cluster under its lock. A failure inside gets the prefix, and a parameter exception becomes
 * plain text (lock_user_config in PVE/AccessControl.pm, lock_storage_config in PVE/Storage.pm).
 */
export async function withConfigLock<T>(
  call: Call,
  file: string,
  prefix: string,
  change: () => T,
  kind: "file" | "domain" = "file",
): Promise<T> {
  await withQuorum(call, file, `${prefix}: `, kind);
  try {
    return change();
  } catch (error) {
    if (error instanceof PveError) throw new PveError(500, `${prefix}: ${stringified(error)}`);
    throw error;
  }
}
