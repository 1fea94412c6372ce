import type { CephCluster } from "../world/ceph.js";
import { pgid, pgParts, poolNamed } from "./osdmap.js";
import { keep } from "./peering.js";
import { copiesAnywhere, isServed, members, wholeCopies } from "./pg-state.js";

/**
 * Writes so many objects of a size into a pool, spread over its PGs. Every copy that serves has them; a PG that does not
 * serve takes none. Returns how many were written.
 */
export function writeObjects(cluster: CephCluster, name: string, count: number, size: number): number {
  const pool = poolNamed(cluster, name);
  if (!pool) throw new Error(`no pool ${name}`);
  let written = 0;
  for (let ps = 0; ps < pool.pgNum; ps++) {
    const id = pgid(pool.id, ps);
    const pg = cluster.pgs[id];
    const share = Math.floor((count * (ps + 1)) / pool.pgNum) - Math.floor((count * ps) / pool.pgNum);
    if (!pg || share === 0) continue;
    const whole = wholeCopies(cluster, id, pg);
    const serving = members(pg.acting).filter((osd) => whole.includes(osd));
    if (!isServed(pool, serving.length)) continue;
    pg.objects += share;
    pg.bytes += share * size;
    pg.version += share;
    for (const osd of serving) keep(cluster, osd, id, pg.version);
    written += share;
  }
  return written;
}

/** PGs with objects of which no disk has all any more: what was in them is lost. */
export function lostPgs(cluster: CephCluster): string[] {
  return Object.entries(cluster.pgs)
    .filter(([id, pg]) => {
      const profile = cluster.osdmap.erasureProfiles[cluster.osdmap.pools[pgParts(id)[0]]?.erasureProfile ?? ""];
      const needed = profile ? Number(profile["k"] ?? 2) : 1;
      const copies = copiesAnywhere(cluster, id, pg).length;
      return pg.objects > 0 && copies < needed;
    })
    .map(([id]) => id);
}

/** Objects that are lost for good. */
export const lostObjects = (cluster: CephCluster): number =>
  lostPgs(cluster).reduce((sum, id) => sum + (cluster.pgs[id]?.objects ?? 0), 0);
