import { createHash } from "node:crypto";
import { liveMembers } from "../corosync.js";
import type { Simulation } from "../simulation.js";
import type { Cluster, Corosync, NodeState } from "../world/world.js";
import { isOnline } from "../resources.js";

/** Ends corosync on a node; pmxcfs goes on showing the members that it saw last (scenario 44, lines 156 and 173). */
export function stopCorosync(simulation: Simulation, node: NodeState): void {
  if (node.corosyncStopped) return;
  const members = liveMembers(simulation.clusterOf(node).corosync);
  node.corosyncStopped = { seen: members.filter((name) => isOnline(simulation, name, node)) };
}

export function startCorosync(node: NodeState): void {
  delete node.corosyncStopped;
}

/** Corosync takes no file in which a node id stands twice: it goes on with what it has (scenario 47). */
export function reloadCorosync(corosync: Corosync, before: { configVersion: number; members: string[] }): void {
  const ids = Object.values(corosync.nodes).map(({ nodeid }) => nodeid);
  if (new Set(ids).size === ids.length) delete corosync.refused;
  else corosync.refused ??= before;
}

/** /etc/corosync/authkey, as who joins is given it. */
export const corosyncKey = ({ secret }: Pick<Cluster, "secret">): string =>
  createHash("sha512").update(`corosync of ${secret}`).digest("base64");
