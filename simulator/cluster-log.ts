import type { Cluster, NodeState } from "./world/world.js";

/** The ring buffer of pmxcfs holds about this many lines. */
const kept = 500;

/** Adds a line to the cluster log. */
export function addClusterLog(
  cluster: Cluster,
  node: NodeState,
  time: number,
  user: string,
  msg: string,
  pri = 6,
): void {
  const uid = (cluster.log[0]?.uid ?? 0) + 1;
  cluster.log.unshift({ uid, time, pri, tag: "pvedaemon", pid: 1000, node: node.name, user, msg });
  cluster.log.length = Math.min(cluster.log.length, kept);
}
