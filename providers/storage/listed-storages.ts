import type { Pve } from "../kernel/session/pve-session";

/** The shared list is older than this change: what comes next in this run looks for the storage there. */
export async function untilListed(pve: Pve, storageId: string, present: boolean): Promise<void> {
  // A read that was under way may have begun before the change.
  for (let attempt = 0; attempt < 2; attempt++) {
    await pve.snapshot.refresh();
    if ((await pve.snapshot.storages()).some(({ storage }) => storage === storageId) === present) return;
  }
}
