import type { Call } from "./call.js";
import { die, PveError, stringified } from "./errors.js";

/** How long pmxcfs is asked for a lock that it cannot give without quorum (scenario 22: 9 to 10 s). */
const withoutQuorum = 9500;

/** Waits for a lock of the cluster file system that it cannot give, and fails; does nothing with quorum. */
export async function withQuorum(call: Call, file: string, prefix = ""): Promise<void> {
  if (call.simulation.isQuorate(call.node)) return;
  await call.clock.sleep(withoutQuorum);
  throw die(`${prefix}cfs-lock 'file-${file.replace(".", "_")}' error: no quorum!`);
}

/**
 * Changes a file of the cluster under its lock. A failure inside gets the prefix, and a parameter exception becomes
 * plain text (lock_user_config in PVE/AccessControl.pm, lock_storage_config in PVE/Storage.pm).
 */
export async function withConfigLock<T>(call: Call, file: string, prefix: string, change: () => T): Promise<T> {
  await withQuorum(call, file, `${prefix}: `);
  try {
    return change();
  } catch (error) {
    if (error instanceof PveError) throw new PveError(500, `${prefix}: ${stringified(error)}`);
    throw error;
  }
}
