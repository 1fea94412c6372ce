import type { wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import { filterFor, listContent } from "../storage/list-content";

/** Where a file is. */
export interface ImagePlace {
  readonly node: string;
  readonly storage: string;
  readonly volumeId: string;
}

/** The file among those of its storage. */
export async function findImage(
  pve: Pve,
  { node, storage, volumeId }: ImagePlace,
): Promise<wire.WireObject | undefined> {
  const rows = await listContent(pve, node, storage, filterFor(volumeId));
  return rows.find(({ volid }) => volid === volumeId);
}

/** Whether all nodes see the same files there. */
export async function isShared(pve: Pve, storage: string): Promise<boolean> {
  return (await pve.snapshot.storages()).some((row) => row.storage === storage && row.shared);
}
