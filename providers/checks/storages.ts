import type { SnapshotNode, SnapshotStorage } from "../../pve";
import { suggestion, type Problem } from "../kernel/state/problems";

/** The cluster as one shared read shows it. */
interface View {
  readonly nodes: readonly SnapshotNode[];
  readonly storages: readonly SnapshotStorage[];
  /** Storages that the program is about to define. */
  readonly comingStorages?: ReadonlySet<string>;
  /** Would the stack be shown this storage if it were there? */
  seesStorage(storage: string): Promise<boolean>;
}

/** Is the storage there, on the node if one is named, and may it have content of this kind? */
export function checkStorage(
  view: View,
  storage: string | undefined,
  node: string | undefined,
  content: string,
  path: string,
): Problem[] {
  const { nodes, storages } = view;
  if (storage === undefined || storages.length === 0) return [];
  const rows = storages.filter((row) => row.storage === storage);
  const names = [...new Set(storages.map((row) => row.storage))].sort();
  // What it may have, and on which nodes, is looked at when it is there.
  if (rows.length === 0 && view.comingStorages?.has(storage)) return [];
  if (rows.length === 0)
    return [
      {
        path,
        message: `there is no storage "${storage}"${suggestion(storage, names)}; the cluster has ${names.join(", ")}`,
        unless: async () => !(await view.seesStorage(storage)),
      },
    ];
  // A node that is not there is told of as such.
  const somewhere = node === undefined || !nodes.some((row) => row.node === node);
  const here = somewhere ? rows : rows.filter((row) => row.node === node);
  if (here.length === 0)
    return [{ path, message: `storage ${storage} is not available on node ${node}; write another storage or node` }];
  const fitting = [
    ...new Set(storages.filter((row) => row.content.includes(content)).map((row) => row.storage)),
  ].sort();
  if (!here.some((row) => row.content.includes(content)))
    return [
      {
        path,
        message: `storage ${storage} (${here[0]?.type}) does not allow content ${content}; ${fitting.length > 0 ? `these do: ${fitting.join(", ")}` : "allow it in the storage's definition"}`,
      },
    ];
  return [];
}

/** Is the storage of a volume there, for content of the volume's kind (`local:import/x.qcow2`)? */
export function checkVolumeStorage(
  view: View,
  volume: string | undefined,
  node: string | undefined,
  path: string,
): Problem[] {
  const [, storage, kind] = /^([^:/]+):(?:(import|iso)\/)?/.exec(volume ?? "") ?? [];
  return checkStorage(view, storage, node, kind ?? "images", path);
}
