import type { NodeState } from "../world/world.js";

/** What `GET /version` says. */
interface ProxmoxVersion {
  readonly release: string;
  readonly repoid: string;
  readonly version: string;
}

/** The last of each series that the simulator knows: 8 as Proxmox's repository builds it (pve-manager, `stable-8`). */
const versions: Readonly<Record<"8" | "9", ProxmoxVersion>> = {
  "8": { release: "8.4", repoid: "2606ac850d46da29", version: "8.4.21" },
  "9": { release: "9.2", repoid: "14a22df35955d97d", version: "9.2.11" },
};

/** The major version of a node. */
export const majorOf = ({ proxmox = 9 }: Pick<NodeState, "proxmox">): 8 | 9 => proxmox;

/** What a node says it is. */
export const versionOf = (node: Pick<NodeState, "proxmox">): ProxmoxVersion => versions[majorOf(node)];

/** Debian's release below a node's Proxmox VE. */
export const suiteOf = (node: Pick<NodeState, "proxmox">): "bookworm" | "trixie" =>
  majorOf(node) === 8 ? "bookworm" : "trixie";
