import type { CephFileSystem } from "../world/ceph.js";
import type { Ceph } from "./ceph.js";

/** From its start until an MDS is a standby, and from its rank until it is active (recording 60). */
const standbyTime = 2000;

/** Names of the MDSs that run and have no rank. */
export function standbys(ceph: Ceph): string[] {
  const taken = new Set(ceph.cluster.fs.filesystems.flatMap(({ ranks }) => ranks));
  return ceph.nodes
    .flatMap((node) => Object.entries(node.ceph?.mdss ?? {}))
    .filter(([name, { since }]) => !taken.has(name) && ceph.isAlive("mdss", name) && ceph.isOver(since, standbyTime))
    .map(([name]) => name)
    .sort();
}

/** When the next MDS becomes a standby. */
export const metadataServersDue = (ceph: Ceph): number[] =>
  ceph.nodes.flatMap((node) => Object.values(node.ceph?.mdss ?? {}).map(({ since }) => since + standbyTime));

const isWanting = (fs: CephFileSystem): boolean => fs.joinable && fs.ranks.length < fs.maxMds;

/** Ranks of those that ended go to standbys. */
export function settleFileSystems(ceph: Ceph): void {
  const { fs } = ceph.cluster;
  for (const system of fs.filesystems) {
    const alive = system.ranks.filter((name) => ceph.isAlive("mdss", name));
    if (alive.length !== system.ranks.length) {
      system.ranks = alive;
      fs.epoch++;
    }
    for (const name of isWanting(system) ? standbys(ceph) : []) {
      if (!isWanting(system)) break;
      system.ranks.push(name);
      fs.epoch++;
    }
  }
}
