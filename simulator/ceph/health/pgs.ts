import type { Ceph } from "../ceph.js";
import { reports, type ReportedPg } from "../pg-counts.js";
import { members } from "../pg-state.js";
import { warning, type Check, type HealthChecks } from "./check.js";

/** A PG is "stuck" in a state after so long (`mon_pg_stuck_threshold`). */
const stuckTime = 60;
const mostDetails = 50;

const plural = (count: number): string => `${count} pg${count === 1 ? "" : "s"}`;

function line(ceph: Ceph, pg: ReportedPg, what: string): string {
  const since = Math.floor((ceph.now - (ceph.cluster.pgs[pg.id]?.since ?? ceph.now)) / 1000);
  const acting = `[${members(pg.acting).join(",")}]`;
  if (since < stuckTime) return `pg ${pg.id} is ${pg.state}, acting ${acting}`;
  const span = since < 120 ? `${since}s` : `${Math.floor(since / 60)}m`;
  return `pg ${pg.id} is stuck ${what} for ${span}, current state ${pg.state}, last acting ${acting}`;
}

function availability(ceph: Ceph, list: readonly ReportedPg[]): Check[] {
  const has = (word: string) => list.filter(({ state }) => state.split("+").includes(word));
  const settled = list.filter(({ id }) => (ceph.cluster.pgs[id]?.since ?? ceph.now) + stuckTime * 1000 < ceph.now);
  const inactive = settled.filter(({ state }) => !state.includes("active"));
  const groups = [
    { what: "inactive", pgs: inactive },
    ...["down", "incomplete", "peering", "stale"].map((what) => ({ what, pgs: has(what) })),
  ].filter(({ what, pgs }) => pgs.length > 0 && (what !== "peering" || pgs.some(({ id }) => !isNew(ceph, id))));
  if (groups.length === 0) return [];
  const message = `Reduced data availability: ${groups.map(({ what, pgs }) => `${plural(pgs.length)} ${what}`).join(", ")}`;
  const count = groups.reduce((sum, { pgs }) => sum + pgs.length, 0);
  const seen = new Set<string>();
  const details = groups.flatMap(({ what, pgs }) =>
    pgs.flatMap((pg) => (seen.has(pg.id) ? [] : (seen.add(pg.id), [line(ceph, pg, what)]))),
  );
  return [warning("PG_AVAILABILITY", message, count, details.slice(0, mostDetails))];
}

const isNew = (ceph: Ceph, id: string): boolean => {
  const pg = ceph.cluster.pgs[id];
  return pg !== undefined && pg.created === pg.since;
};

function redundancy(ceph: Ceph, list: readonly ReportedPg[]): Check[] {
  const degradedPgs = list.filter(({ state }) => state.includes("degraded"));
  const undersized = list.filter(({ id, state }) => {
    const since = ceph.cluster.pgs[id]?.since ?? ceph.now;
    return state.includes("undersized") && ceph.now - since >= stuckTime * 1000;
  });
  const degraded = list.reduce((sum, pg) => sum + pg.degraded, 0);
  const total = list.reduce((sum, { id, pool }) => sum + (ceph.cluster.pgs[id]?.objects ?? 0) * pool.size, 0);
  if (degraded === 0 && degradedPgs.length === 0 && undersized.length === 0) return [];
  const parts = [
    ...(degraded > 0 ? [`${degraded}/${total} objects degraded (${((100 * degraded) / total).toFixed(3)}%)`] : []),
    ...(degradedPgs.length > 0 ? [`${plural(degradedPgs.length)} degraded`] : []),
    ...(undersized.length > 0 ? [`${plural(undersized.length)} undersized`] : []),
  ];
  const shown = [...new Map([...degradedPgs, ...undersized].map((pg) => [pg.id, pg])).values()];
  const order = new Map(list.map(({ id }, at) => [id, at]));
  const details = shown
    .sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
    .map((pg) => line(ceph, pg, "undersized"));
  const count = degradedPgs.length + undersized.length;
  return [
    warning("PG_DEGRADED", `Degraded data redundancy: ${parts.join(", ")}`, count, details.slice(0, mostDetails)),
  ];
}

export const pgChecks: HealthChecks = (ceph) => {
  const list = reports(ceph.cluster, ceph.now);
  return [...availability(ceph, list), ...redundancy(ceph, list)];
};
