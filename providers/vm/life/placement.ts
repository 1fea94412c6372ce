import type { SnapshotNode, SnapshotStorage } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { VmInputs } from "../vm.model";
import { runMemory } from "../check/run-memory";

/** Where a VM may be. */
export type Where = Partial<Pick<VmInputs, "node" | "nodes" | "placement" | "memoryMiB" | "disks">>;

/** Is a VM on this node where it shall be? A program that names no node leaves that to others. */
export const fitsNode = ({ node, nodes }: Where, at: string): boolean =>
  node !== undefined ? node === at : (nodes?.includes(at) ?? true);

interface Picture {
  readonly nodes: readonly SnapshotNode[];
  readonly storages: readonly SnapshotStorage[];
}

/** The nodes of `where`, or all, that are online and have the storages of its disks; in the order of `where`. */
export function candidates({ nodes, storages }: Picture, where: Where): string[] {
  const online = nodes.filter(({ status }) => status === "online").map(({ node }) => node);
  const allowed = where.nodes?.filter((node) => online.includes(node)) ?? [...online].sort();
  const wanted = [...new Set((where.disks ?? []).map(({ storage }) => storage))];
  return allowed.filter((node) =>
    wanted.every((storage) => storages.some((row) => row.storage === storage && row.node === node)),
  );
}

/** Default memory of a VM, as Proxmox has it. */
const defaultMiB = 512;

/**
 * The node for a VM that is made, or that must leave its node: the first candidate, or the one with most free memory.
 * The memory is promised at once, so that VMs made at the same time spread.
 */
export async function chooseNode(
  pve: Pve,
  where: Where,
  fits: (node: string) => boolean = () => true,
): Promise<string> {
  const picture = await pve.picture();
  const open = candidates(picture, where).filter(fits);
  const vms = runMemory(pve);
  const free = (node: string): number => vms.freeMemory(picture.nodes, node);
  const byMemory = where.nodes === undefined || where.placement === "most-free-memory";
  const [chosen] = byMemory ? [...open].sort((a, b) => free(b) - free(a)) : open;
  if (chosen === undefined && picture.storages.length === 0)
    throw new Error(
      "no storage is to be seen; give the user or API token Datastore.Audit on /storage, or on each storage that the VM needs",
    );
  if (chosen === undefined)
    throw new Error(
      where.nodes === undefined
        ? "node: no node is online that has all storages of the disks"
        : `nodes: none of ${where.nodes.join(", ")} is online and has all storages that the VM needs; start one, or name others`,
    );
  vms.promise(chosen, (where.memoryMiB ?? defaultMiB) * 1024 ** 2);
  return chosen;
}
