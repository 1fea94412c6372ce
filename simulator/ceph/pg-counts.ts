import type { CephCluster, CephPool } from "../world/ceph.js";
import { pgid, pgParts, pools } from "./osdmap.js";
import { pgReport, type PgReport } from "./pg-state.js";

export interface ReportedPg extends PgReport {
  readonly id: string;
  readonly pool: CephPool;
}

/** What the manager knows of every PG, in the order of pools and numbers. */
export function reports(cluster: CephCluster, now: number): ReportedPg[] {
  return pools(cluster).flatMap((pool) =>
    Array.from({ length: pool.pgNum }, (_, ps) => {
      const id = pgid(pool.id, ps);
      return { id, pool, ...pgReport(cluster, pool, id, now) };
    }),
  );
}

export function isClean(cluster: CephCluster, id: string): boolean {
  const pool = cluster.osdmap.pools[pgParts(id)[0]];
  return pool !== undefined && pgReport(cluster, pool, id, cluster.settledAt).state.startsWith("active+clean");
}

/** States by how many PGs are in them, the most frequent first, as `status` lists them. */
export function countStates(list: readonly PgReport[]): { state: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { state } of list) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts]
    .map(([state, count]) => ({ state, count }))
    .sort((a, b) => b.count - a.count || (a.state < b.state ? 1 : -1));
}
