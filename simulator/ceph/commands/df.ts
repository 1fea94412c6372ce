import type { CephPool } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { isIn, osds, osdsOfRule, pgParts, pools, ruleById } from "../osdmap.js";
import { members } from "../pg-state.js";
import { countStates, reports } from "../pg-counts.js";
import { bytesOf, totals, usageOf } from "../osd-usage.js";
import { contentOf } from "../rbd-images.js";
import { pgsByOsd } from "./osd-tree.js";
import { hole, optional, refused, shown, text, type Answer, type Commands } from "./command.js";
import { humanBytes } from "./status.js";

/** What can still be written: up to the full ratio of the OSDs, once per copy. */
function maxAvail(ceph: Ceph, pool: CephPool): number {
  const rule = ruleById(ceph.cluster.osdmap, pool.rule);
  const free = (rule ? osdsOfRule(ceph.cluster, rule) : [])
    .filter(isIn)
    .reduce(
      (sum, osd) => sum + Math.max(0, usageOf(ceph, osd).available - osd.size * (1 - ceph.cluster.osdmap.fullRatio)),
      0,
    );
  const k = Number(ceph.cluster.osdmap.erasureProfiles[pool.erasureProfile ?? ""]?.["k"] ?? 1);
  return Math.floor((free * k) / pool.size);
}

function df(ceph: Ceph, detail: boolean): Answer {
  const { cluster } = ceph;
  const { total, used, available } = totals(ceph);
  const counted = osds(cluster).filter((osd) => osd.upFrom > 0 && isIn(osd));
  const space = (all: number, taken: number, free: number): Record<string, number> => ({
    ...{ total_bytes: all, total_avail_bytes: free, total_used_bytes: taken, total_used_raw_bytes: taken },
    total_used_raw_ratio: all > 0 ? taken / all : 0,
  });
  const classes = [...new Set(counted.map(({ id }) => cluster.osdmap.crush.classes[id] ?? ""))].sort();
  const byClass = classes.map((name) => {
    const own = counted
      .filter(({ id }) => (cluster.osdmap.crush.classes[id] ?? "") === name)
      .map((osd) => usageOf(ceph, osd));
    const sum = (key: "total" | "used" | "available"): number => own.reduce((all, usage) => all + usage[key], 0);
    return [name, space(sum("total"), sum("used"), sum("available"))] as const;
  });
  const osdCounts = {
    num_osds: counted.length,
    num_per_pool_osds: counted.length,
    num_per_pool_omap_osds: counted.length,
  };
  const json = {
    stats: { ...space(total, used, available), ...osdCounts },
    stats_by_class: Object.fromEntries(byClass),
    pools: pools(cluster).map((pool) => ({ name: pool.name, id: pool.id, stats: poolSpace(ceph, pool, detail) })),
  };
  const lines = pools(cluster).map((pool) => {
    const stats = poolSpace(ceph, pool, false);
    return `${pool.name}  ${pool.id}  ${pool.pgNum}  ${humanBytes(Number(stats["stored"]))}  ${Number(stats["objects"])}\n`;
  });
  return shown(json, lines.join(""));
}

function poolSpace(ceph: Ceph, pool: CephPool, detail: boolean): Record<string, number> {
  const { objects, bytes: stored } = contentOf(ceph.simulation.world, ceph.cluster, pool);
  const k = Number(ceph.cluster.osdmap.erasureProfiles[pool.erasureProfile ?? ""]?.["k"] ?? 1);
  const used = Math.floor((stored * pool.size) / k);
  const free = maxAvail(ceph, pool);
  const percent_used = used > 0 ? used / (used + free * (pool.size / k)) : 0;
  const short = { stored, objects, kb_used: Math.ceil(used / 1024), bytes_used: used, percent_used, max_avail: free };
  if (!detail) return short;
  return {
    ...{ stored, stored_data: stored, stored_omap: 0, objects, kb_used: short.kb_used, bytes_used: used },
    ...{ data_bytes_used: used, omap_bytes_used: 0, percent_used, max_avail: free },
    ...{ quota_objects: pool.quotaObjects, quota_bytes: pool.quotaBytes, dirty: 0, rd: 0, rd_bytes: 0, wr: 0 },
    ...{ wr_bytes: 0, compress_bytes_used: 0, compress_under_bytes: 0, stored_raw: used, avail_raw: free * pool.size },
  };
}

const perf = { commit_latency_ms: 0, apply_latency_ms: 0, commit_latency_ns: 0, apply_latency_ns: 0 };

function osdStats(ceph: Ceph): unknown[] {
  const counts = pgsByOsd(ceph);
  const up = osds(ceph.cluster).filter((osd) => osd.up);
  return [...up].reverse().map((osd) => {
    const { total, used, data, available } = usageOf(ceph, osd);
    const kb = (bytes: number): number => Math.floor(bytes / 1024);
    return {
      ...{ osd: osd.id, up_from: osd.upFrom, seq: osd.upFrom * 2 ** 32, num_pgs: counts.get(osd.id) ?? 0, num_osds: 1 },
      ...{ num_per_pool_osds: 1, num_per_pool_omap_osds: 1, kb: kb(total), kb_used: kb(used), kb_used_data: kb(data) },
      ...{ kb_used_omap: 0, kb_used_meta: kb(used - data), kb_avail: kb(available) },
      statfs: {
        ...{ total, available, internally_reserved: 0, allocated: data, data_stored: data, data_compressed: 0 },
        ...{
          data_compressed_allocated: 0,
          data_compressed_original: 0,
          omap_allocated: 0,
          internal_metadata: used - data,
        },
      },
      hb_peers: up.map(({ id }) => id).filter((id) => id !== osd.id),
      ...{ snap_trim_queue_len: 0, num_snap_trimming: 0, num_shards_repaired: 0 },
      ...{ op_queue_age_hist: { histogram: [], upper_bound: 1 }, perf_stat: perf, alerts: [] },
    };
  });
}

function pgDump(ceph: Ceph, what: string | undefined): Answer {
  if (what === "osds") return shown({ pg_ready: true, osd_stats: osdStats(ceph) }, undefined, "dumped osds");
  if (what !== "pgs_brief") return hole;
  const pg_stats = reports(ceph.cluster, ceph.now).map(({ id, state, up, acting }) => ({
    ...{ pgid: id, state, up, acting, up_primary: members(up)[0] ?? -1, acting_primary: members(acting)[0] ?? -1 },
  }));
  return shown({ pg_ready: true, pg_stats }, undefined, "dumped pgs_brief");
}

function pgStat(ceph: Ceph): Answer {
  const list = reports(ceph.cluster, ceph.now);
  const states = countStates(list);
  const { total, used, available } = totals(ceph);
  const bytes = pools(ceph.cluster).reduce((sum, pool) => sum + bytesOf(ceph.cluster, pool), 0);
  const copies = list.reduce((sum, { id, pool }) => sum + (ceph.cluster.pgs[id]?.objects ?? 0) * pool.size, 0);
  const part = (key: "degraded" | "misplaced"): string => {
    const count = list.reduce((sum, pg) => sum + pg[key], 0);
    return count > 0 ? `; ${count}/${copies} objects ${key} (${((100 * count) / copies).toFixed(3)}%)` : "";
  };
  const counts = [...states]
    .reverse()
    .map(({ state, count }) => `${count} ${state}`)
    .join(", ");
  const space = `${humanBytes(bytes)} data, ${humanBytes(used)} used, ${humanBytes(available)} / ${humanBytes(total)} avail`;
  return shown(
    {
      pg_ready: true,
      pg_summary: {
        num_pg_by_state: [...states].reverse().map(({ state, count }) => ({ name: state, num: count })),
        ...{ num_pgs: list.length, num_bytes: bytes, total_bytes: total, total_avail_bytes: available },
        ...{ total_used_bytes: used, total_used_raw_bytes: used },
      },
    },
    `${list.length} pgs: ${counts}; ${space}${part("degraded")}${part("misplaced")}\n`,
  );
}

export const spaceCommands: Commands = {
  df: { args: "detail?", run: (ceph, args) => df(ceph, optional(args, "detail") === "detail") },
  "pg stat": { manager: true, run: pgStat },
  "pg dump": {
    args: "dumpcontents*",
    manager: true,
    run: (ceph, args) =>
      pgDump(
        ceph,
        Array.isArray(args["dumpcontents"]) ? String(args["dumpcontents"][0]) : optional(args, "dumpcontents"),
      ),
  },
  "pg dump_stuck": {
    manager: true,
    run: (ceph) => {
      const stuck = reports(ceph.cluster, ceph.now).some(({ state }) => !/^active\+clean(?:\+|$)/.test(state));
      return stuck ? hole : shown({ pg_ready: true, stuck_pg_stats: [] }, undefined, "ok");
    },
  },
  "pg repair": {
    args: "pgid",
    manager: true,
    run: (ceph, args) => {
      const id = text(args, "pgid");
      return ceph.cluster.pgs[id] ? hole : refused("ENOENT", `pg ${id} does not exist`);
    },
  },
  "pg scrub": {
    args: "pgid",
    manager: true,
    run: (ceph, args) => {
      const id = text(args, "pgid");
      const pg = ceph.cluster.pgs[id];
      if (!pg || !ceph.cluster.osdmap.pools[pgParts(id)[0]]) return refused("ENOENT", `pg ${id} does not exist`);
      return { rc: 0, status: `instructing pg ${id} on osd.${members(pg.acting)[0]} to scrub` };
    },
  },
};
