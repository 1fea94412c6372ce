import type { SnapshotNode, SnapshotStorage } from "../../../pve";
import type { Problem } from "../../kernel/state/problems";
import { checkStorage } from "./inspect";

/** Is the storage of a volume there, for content of the volume's kind (`local:import/x.qcow2`)? */
export function checkVolumeStorage(
  view: { readonly nodes: readonly SnapshotNode[]; readonly storages: readonly SnapshotStorage[] },
  volume: string | undefined,
  node: string | undefined,
  path: string,
): Problem[] {
  const [, storage, kind] = /^([^:/]+):(?:(import|iso)\/)?/.exec(volume ?? "") ?? [];
  return checkStorage(view, storage, node, kind ?? "images", path);
}
