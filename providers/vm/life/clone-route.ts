import { parsePropertyString, type Guest, type SnapshotStorage } from "../../../pve";
import type { VmConfig } from "../config/vm-config";
import { diskSlots } from "../disks/disk.model";
import { targetStorages, type Leaving } from "./migrate";
import type { Where } from "./placement";

/** How a clone gets to its node. */
type CloneRoute =
  | {
      /** Proxmox may be told the target node; else the clone is made beside its source and migrated. */
      readonly direct: boolean;
      /** For `storage` of the clone request, if the copy is to go elsewhere at once. */
      readonly storage: string | undefined;
      /** May the clone be on this node at all? */
      allows(node: string): boolean;
    }
  | { readonly problem: string };

/** Storages of all drives, CD drives included: Proxmox clones to another node only when every one is shared. */
function storagesOf({ config }: VmConfig): string[] {
  const found = Object.entries(config).flatMap(([key, text]) => {
    if (!diskSlots.test(key) && !/^(?:efidisk0|tpmstate0)$/.test(key)) return [];
    const [, storage] = /^([^:]+):/.exec(parsePropertyString(text, "file")["file"] ?? "") ?? [];
    return storage === undefined ? [] : [storage];
  });
  return [...new Set(found)];
}

/**
 * PVE/API2/Qemu.pm clone_vm: `target` needs the source on shared storage, and so does `storage` with it. A linked
 * clone shares its base's volume and cannot leave it.
 */
export function cloneRoute(
  { storages }: { readonly storages: readonly SnapshotStorage[] },
  source: Guest,
  config: VmConfig,
  where: Leaving,
  full: boolean,
): CloneRoute {
  const name = `${source.name ?? "guest"} (${source.vmid})`;
  if (!full && !source.template)
    return {
      problem: `source.clone.full: ${name} is no template, and only templates have linked clones; write full: true, or convert it to a template`,
    };
  const isShared = (storage: string) => storages.some((row) => row.storage === storage && row.shared);
  const local = storagesOf(config).filter((storage) => !isShared(storage));
  const direct = local.length === 0;
  const elsewhere =
    where.node !== undefined ? where.node !== source.node : where.nodes?.includes(source.node) === false;
  if (!full && !direct && elsewhere)
    return {
      problem:
        `source.clone.full: a linked clone of ${name} can only be on ${source.node}, because the template is on local ` +
        `storage (${local.join(", ")}) there; write full: true, or node: "${source.node}", or clone a template on ` +
        `${where.node ?? where.nodes?.join(" or ")} or on shared storage`,
    };
  const wanted = full ? where.disks?.[0]?.storage : undefined;
  const here = storages.some((row) => row.storage === wanted && row.node === source.node);
  // A copy that crosses by itself can only land on shared storage; others are moved or migrated there afterwards.
  const copies = wanted !== undefined && here && (!direct || !crosses(where, source) || isShared(wanted));
  if (!direct && !copies && where.node !== undefined && elsewhere) {
    const way = targetStorages(storages, config, where.node, where, false);
    if ("problem" in way) return { problem: `node: ${name} is on local storage of ${source.node}: ${way.problem}` };
  }
  return {
    direct,
    storage: copies ? wanted : undefined,
    allows: (node) => full || direct || node === source.node,
  };
}

const crosses = ({ node, nodes }: Where, source: Guest): boolean =>
  node !== undefined ? node !== source.node : nodes !== undefined;
