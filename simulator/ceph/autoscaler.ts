import type { CephPool } from "../world/ceph.js";
import type { Ceph } from "./ceph.js";
import { bytesOf } from "./osd-usage.js";
import { isIn, osdsOfRule, pools, ruleById } from "./osdmap.js";
import { wantPgs } from "./pg-numbers.js";

/** The module `pg_autoscaler` looks at all pools so often. */
export const autoscalerInterval = 60_000;

const pgsPerOsd = 100;
const leastPgs = 32;
/** In mode `on`, only a number that is wrong by this factor is changed. */
const threshold = 3;

function nearestPowerOfTwo(value: number): number {
  if (value <= 1) return 1;
  const lower = 2 ** Math.floor(Math.log2(value));
  return value - lower < lower * 2 - value ? lower : lower * 2;
}

interface Advice {
  readonly pool: CephPool;
  /** How many times as many PGs as its share of the data it is to have. */
  readonly bias: number;
  readonly capacity: number;
  readonly used: number;
  readonly ratio: number;
  readonly targetRatio: number;
  readonly effectiveTargetRatio: number;
  readonly targetBytes: number;
  readonly ideal: number;
  readonly final: number;
  readonly wouldAdjust: boolean;
}

/** What each pool should have (src/pybind/mgr/pg_autoscaler/module.py). A ratio is relative to those of all pools (FACT 11). */
export function advices(ceph: Ceph): Advice[] {
  const { cluster } = ceph;
  const all = pools(cluster);
  const ratioOf = (pool: CephPool): number => Number(pool.options["target_size_ratio"] ?? 0);
  const totalRatio = all.reduce((sum, pool) => sum + ratioOf(pool), 0);
  return all.map((pool) => {
    const rule = ruleById(cluster.osdmap, pool.rule);
    const members = rule ? osdsOfRule(cluster, rule) : [];
    const capacity = members.reduce((sum, osd) => sum + osd.size, 0);
    const count = members.filter(isIn).length;
    const rate = pool.kind === "erasure" ? erasureRate(ceph, pool) : pool.size;
    const used = bytesOf(cluster, pool);
    const targetBytes = Number(pool.options["target_size_bytes"] ?? 0);
    const actual = capacity > 0 ? (used * rate) / capacity : 0;
    const byTarget = capacity > 0 ? (targetBytes * rate) / capacity : 0;
    const targetRatio = ratioOf(pool);
    const effective = totalRatio > 0 ? targetRatio / totalRatio : 0;
    const ratio = targetRatio > 0 ? Math.max(effective, actual) : Math.max(actual, byTarget);
    const bias = Number(pool.options["pg_autoscale_bias"] ?? 1);
    const ideal = (bias * ratio * count * pgsPerOsd) / rate;
    const least = Number(pool.options["pg_num_min"] ?? leastPgs);
    const most = Number(pool.options["pg_num_max"] ?? Infinity);
    const final = Math.min(most, Math.max(least, nearestPowerOfTwo(Math.floor(ideal))));
    const wrong = pool.pgNumTarget > final * threshold || pool.pgNumTarget * threshold < final;
    return {
      ...{ pool, bias, capacity, used, ratio, targetRatio, effectiveTargetRatio: effective, targetBytes },
      ...{ ideal: Math.floor(ideal), final, wouldAdjust: wrong },
    };
  });
}

function erasureRate({ cluster: { osdmap } }: Ceph, { erasureProfile, size }: CephPool): number {
  return size / Number(osdmap.erasureProfiles[erasureProfile ?? ""]?.["k"] ?? 2);
}

/** One run: `on` changes, `warn` tells of every difference, also of less than the threshold (FACT 10). */
export function runAutoscaler(ceph: Ceph, now: number): void {
  const { cluster } = ceph;
  cluster.autoscaler = { ranAt: now, wants: {} };
  for (const { pool, final, wouldAdjust } of advices(ceph)) {
    if (pool.autoscale === "warn" && pool.pgNumTarget !== final) cluster.autoscaler.wants[pool.id] = final;
    if (pool.autoscale === "on" && wouldAdjust && pool.pgNumTarget === pool.pgNum) wantPgs(cluster, pool, final, now);
  }
}
