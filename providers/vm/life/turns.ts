import type { SnapshotStorage } from "../../../pve";

/**
 * In which lines a copy waits that is made on a node: the node's, and the storage's if one is known. A local storage is
 * a disk of each node's own, whatever its name: only one that the nodes share has one line for all of them.
 */
export function turnsOf(
  storages: readonly Pick<SnapshotStorage, "storage" | "shared">[],
  node: string,
  storage: string | undefined,
): string[] {
  if (storage === undefined) return [`node:${node}`];
  const shared = storages.some((row) => row.storage === storage && row.shared);
  return [`node:${node}`, shared ? `storage:${storage}` : `storage:${node}/${storage}`];
}
