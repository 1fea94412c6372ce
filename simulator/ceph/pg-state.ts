import type { CephCluster, CephPool, Pg } from "../world/ceph.js";
import { none } from "./pg-placement.js";

/** The OSDs of a set, without holes. */
export const members = (set: readonly number[]): number[] => set.filter((id) => id !== none);

function copies({ osdmap, stores }: CephCluster, id: string, pg: Pg, onlyUp: boolean): number[] {
  const found: number[] = [];
  for (const osd of Object.values(osdmap.osds)) {
    if (osd.destroyed || (onlyUp && !osd.up)) continue;
    if (stores[osd.uuid]?.pgs[id] === pg.version) found.push(osd.id);
  }
  return found;
}

/** OSDs that are up and have all that was written to the PG. */
export const wholeCopies = (cluster: CephCluster, id: string, pg: Pg): number[] => copies(cluster, id, pg, true);

/** The same, whether they run or not. */
export const copiesAnywhere = (cluster: CephCluster, id: string, pg: Pg): number[] => copies(cluster, id, pg, false);

/** How many copies (or pieces) must be there for it to serve, and for nothing to be lost. */
export const isServed = (pool: CephPool, copies: number): boolean => copies >= pool.minSize;

export interface PgReport {
  state: string;
  up: number[];
  acting: number[];
  /** Copies of objects that are missing, and copies that are whole but stand where they do not belong. */
  degraded: number;
  misplaced: number;
}

const sameSet = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();

/** What the manager knows of a PG. Names of states stand in Ceph's order (pg_state_string in src/osd/osd_types.cc). */
export function pgReport(cluster: CephCluster, pool: CephPool, id: string, now: number, asIfUp = false): PgReport {
  const pg = cluster.pgs[id];
  if (!pg) return { state: "unknown", up: [], acting: [], degraded: 0, misplaced: 0 };
  const { up, acting, before } = pg;
  if (before && now < before.until) return { ...before, degraded: 0, misplaced: 0 };
  const whole = asIfUp ? copiesAnywhere(cluster, id, pg) : wholeCopies(cluster, id, pg);
  const serving = members(acting).filter((osd) => whole.includes(osd));
  const progress = movedPart(pg, now);
  const targets = pg.moving?.targets.length ?? 0;
  const missing = Math.max(0, pool.size - Math.max(serving.length, Math.min(whole.length, pool.size)));
  const recovering = pg.moving?.kind === "recovery";
  // by recovery the targets already serve: what they lack is degraded; by backfill the old copies serve: it is misplaced
  const degraded = Math.round(
    pg.objects * (recovering ? targets * (1 - progress) : missing * (1 - (targets > 0 ? progress : 0))),
  );
  const full = missing === 0;
  const strangers = members(acting).filter((osd) => !up.includes(osd)).length;
  const misplaced =
    recovering || !full ? 0 : Math.round(pg.objects * (targets > 0 ? targets * (1 - progress) : strangers));
  return {
    state: stateOf(cluster, pool, pg, id, { now, serving, full, degraded, asIfUp }),
    up,
    acting,
    degraded,
    misplaced,
  };
}

/** How much of what is on its way has arrived, from 0 to 1. */
function movedPart({ moving }: Pg, now: number): number {
  if (moving?.began === undefined || moving.ends === undefined) return 0;
  return Math.min(1, Math.max(0, (now - moving.began) / Math.max(1, moving.ends - moving.began)));
}

interface Situation {
  readonly now: number;
  readonly serving: readonly number[];
  readonly full: boolean;
  readonly degraded: number;
  /** What it said before OSDs went down. */
  readonly asIfUp: boolean;
}

function stateOf(cluster: CephCluster, pool: CephPool, pg: Pg, id: string, at: Situation): string {
  const { up, acting, moving } = pg;
  const remapped = sameSet(up, acting) ? [] : ["remapped"];
  const present = members(acting).filter((osd) => at.asIfUp || cluster.osdmap.osds[osd]?.up).length;
  if (members(acting).length === 0) return copiesAnywhere(cluster, id, pg).length === 0 ? "unknown" : "down";
  if (present === 0) return "stale+active+clean";
  if (pg.peeringUntil !== undefined) {
    return pg.created === pg.since ? "creating+peering" : [...remapped, "peering"].join("+");
  }
  if (at.serving.length === 0) return copiesAnywhere(cluster, id, pg).length > 0 ? "down" : "incomplete";
  const count = members(acting).length;
  const undersized = count < pool.size ? ["undersized"] : [];
  const degraded = at.degraded > 0 ? ["degraded"] : [];
  const active = isServed(pool, count);
  const begun = moving?.began !== undefined;
  const recovery = moving?.kind === "recovery" ? [begun ? "recovering" : "recovery_wait"] : [];
  const backfill = moving?.kind === "backfill" ? [begun ? "backfilling" : "backfill_wait"] : [];
  const clean = undersized.length === 0 && degraded.length === 0 && moving === undefined ? ["clean"] : [];
  return [
    ...(active ? ["active"] : []),
    ...clean,
    ...recovery,
    ...undersized,
    ...degraded,
    ...remapped,
    ...backfill,
    ...(active ? [] : ["peered"]),
  ].join("+");
}
