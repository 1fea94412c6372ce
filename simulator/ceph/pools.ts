import type { CephPool } from "../world/ceph.js";
import type { CrushRule } from "../world/crush.js";
import type { Ceph } from "./ceph.js";
import { changeMap, isIn, osdsOfRule, pgParts, pools, ruleById } from "./osdmap.js";
import { createPgs } from "./peering.js";
import { dropImages } from "./rbd-images.js";

interface PoolWish {
  readonly name: string;
  readonly pgNum: number;
  readonly size?: number;
  readonly kind?: "replicated" | "erasure";
  readonly rule?: number;
  readonly erasureProfile?: string;
}

export const defaultSize = (ceph: Ceph): number => Number(ceph.option("mon", "osd_pool_default_size") ?? 3);

/** Without an option, more than half of the copies. */
function defaultMinSize(ceph: Ceph, size: number): number {
  const set = Number(ceph.option("mon", "osd_pool_default_min_size") ?? 0);
  return Math.min(set > 0 ? set : size - Math.floor(size / 2), size);
}

export function newPool(ceph: Ceph, wish: PoolWish): CephPool {
  const { cluster } = ceph;
  const { osdmap } = cluster;
  const id = ++osdmap.poolMax;
  const profile = osdmap.erasureProfiles[wish.erasureProfile ?? ""];
  const [k, m] = [Number(profile?.["k"] ?? 2), Number(profile?.["m"] ?? 2)];
  const kind = wish.kind ?? "replicated";
  const size = kind === "erasure" ? k + m : (wish.size ?? defaultSize(ceph));
  const pool: CephPool = {
    ...{ id, name: wish.name, created: ceph.now, kind, size },
    minSize: kind === "erasure" ? k + Math.min(1, m - 1) : defaultMinSize(ceph, size),
    rule: wish.rule ?? 0,
    ...{ pgNum: wish.pgNum, pgpNum: wish.pgNum, pgNumTarget: wish.pgNum, pgpNumTarget: wish.pgNum },
    autoscale: (ceph.option("mon", "osd_pool_default_pg_autoscale_mode") ?? "on") as CephPool["autoscale"],
    ...{ options: {}, applications: {}, flags: ["hashpspool"], quotaObjects: 0, quotaBytes: 0 },
    ...(kind === "erasure" && wish.erasureProfile !== undefined ? { erasureProfile: wish.erasureProfile } : {}),
    lastChange: changeMap(cluster, ceph.now),
  };
  osdmap.pools[id] = pool;
  createPgs(cluster, pool, ceph.now);
  return pool;
}

export function removePool(ceph: Ceph, pool: CephPool): void {
  const { cluster } = ceph;
  delete cluster.osdmap.pools[pool.id];
  dropImages(ceph.simulation.world, pool.name);
  changeMap(cluster, ceph.now);
  const isOfPool = (id: string): boolean => pgParts(id)[0] === pool.id;
  for (const id of Object.keys(cluster.pgs)) if (isOfPool(id)) delete cluster.pgs[id];
  for (const store of Object.values(cluster.stores)) {
    for (const id of Object.keys(store.pgs)) if (isOfPool(id)) delete store.pgs[id];
  }
}

/** Why a pool may not have so many PGs (`check_pg_num` in src/mon/OSDMonitor.cc); undefined when it may (FACT 14). */
export function tooManyPgs(
  ceph: Ceph,
  { id, pgNum, size, rule }: { id?: number; pgNum: number; size: number; rule: CrushRule },
): string | undefined {
  const limit = Number(ceph.option("mon", "mon_max_pg_per_osd") ?? 250);
  const count = osdsOfRule(ceph.cluster, rule).filter(isIn).length;
  const others = pools(ceph.cluster).filter(
    (pool) => pool.id !== id && ruleById(ceph.cluster.osdmap, pool.rule)?.root === rule.root,
  );
  const total = others.reduce((sum, pool) => sum + pool.pgNumTarget * pool.size, 0) + pgNum * size;
  const each = Math.floor(total / Math.max(1, count));
  if (each <= limit) return undefined;
  const which = id === undefined ? "" : `pool id ${id}`;
  return (
    `${which} pg_num ${pgNum} size ${size} for this pool would result in ${each} cumulative PGs per OSD ` +
    `(${total} total PG replicas on ${count} 'in' root OSDs by crush rule) ` +
    `which exceeds the mon_max_pg_per_osd value of ${limit}`
  );
}
