import type { CephCluster, CephPool, OsdStore, Pg } from "../world/ceph.js";
import { pgid, pgParts, pools, upSets } from "./osdmap.js";
import { members, pgReport, wholeCopies } from "./pg-state.js";

/** How long PGs peer, and how long the manager goes on telling of the state before (recordings 20, n 66 to 92). */
export const peeringTime = 2500;
const reportDelay = 1000;

/** How many writes a PG's log holds before it is cut: within it, what an OSD lacks is recovered, not backfilled (FACT 2). */
const defaultLogEntries = 10_000;

function logEntries({ config }: CephCluster): number {
  const set = config.find(({ name }) => name === "osd_max_pg_log_entries");
  return set ? Number(set.value) : defaultLogEntries;
}

function storeOf(cluster: CephCluster, osd: number): OsdStore | undefined {
  const uuid = cluster.osdmap.osds[osd]?.uuid;
  return uuid === undefined ? undefined : cluster.stores[uuid];
}

/** New PGs of a pool; those that another one was split from get their part of it. */
export function createPgs(cluster: CephCluster, pool: CephPool, now: number): void {
  const upOf = upSets(cluster, pool);
  for (let ps = 0; ps < pool.pgNum; ps++) {
    const id = pgid(pool.id, ps);
    if (cluster.pgs[id]) continue;
    const up = upOf(ps);
    const fresh = { objects: 0, bytes: 0, version: 0, created: now, since: now };
    cluster.pgs[id] = { ...fresh, up, acting: up, peeringUntil: now + peeringTime };
  }
}

const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((id, at) => id === b[at]);

/** After a change of the OSD map: every PG whose OSDs are others now peers again. */
export function remap(cluster: CephCluster, now: number): void {
  for (const pool of pools(cluster)) {
    const upOf = upSets(cluster, pool);
    for (let ps = 0; ps < pool.pgNum; ps++) {
      const id = pgid(pool.id, ps);
      const pg = cluster.pgs[id];
      if (!pg) continue;
      const up = upOf(ps);
      const lost = members(pg.acting).some((osd) => !cluster.osdmap.osds[osd]?.up);
      // a PG that keeps too few copies alive takes another one as soon as it comes back
      const waiting = pg.peeringUntil === undefined && members(pg.acting).length < pool.size;
      const back = waiting && wholeCopies(cluster, id, pg).some((osd) => !pg.acting.includes(osd));
      if (equal(up, pg.up) && !lost && !back) continue;
      const { state, up: oldUp, acting } = pgReport(cluster, pool, id, now, true);
      pg.before ??= { state, up: oldUp, acting, until: now + reportDelay };
      pg.up = up;
      pg.acting = up;
      delete pg.moving;
      pg.since = now;
      pg.peeringUntil = now + peeringTime;
    }
  }
}

/** The end of peering: who serves, and what must move where. */
export function peer(cluster: CephCluster, id: string, pg: Pg, now: number): void {
  const [poolId] = pgParts(id);
  const pool = cluster.osdmap.pools[poolId];
  delete pg.peeringUntil;
  delete pg.before;
  delete pg.moving;
  pg.since = now;
  if (!pool) return;
  const up = members(pg.up);
  if (pg.objects === 0) {
    // nothing to copy: whoever belongs to it has it
    for (const osd of up) keep(cluster, osd, id, pg.version);
    pg.acting = withStrangers(pool, pg.up, wholeCopies(cluster, id, pg));
    forgetElsewhere(cluster, pool, id, pg);
    // the manager keeps something there (recording 10, n 657)
    if (pool.name === ".mgr" && up.length > 0) pg.objects = 1;
    return;
  }
  const whole = wholeCopies(cluster, id, pg);
  if (whole.length === 0) return;
  const missing = up.filter((osd) => !whole.includes(osd));
  if (missing.length === 0) {
    pg.acting = withStrangers(pool, pg.up, whole);
    forgetElsewhere(cluster, pool, id, pg);
    return;
  }
  const inPlace = up.filter((osd) => whole.includes(osd));
  const fromLog = missing.every((osd) => isWithinLog(cluster, osd, id, pg));
  if (fromLog && inPlace.length > 0) {
    pg.moving = { targets: missing, kind: "recovery" };
    return;
  }
  const others = whole.filter((osd) => !up.includes(osd));
  if (pool.kind === "replicated") pg.acting = [...inPlace, ...others].slice(0, pool.size);
  pg.moving = { targets: missing, kind: "backfill" };
}

function isWithinLog(cluster: CephCluster, osd: number, id: string, pg: Pg): boolean {
  const has = storeOf(cluster, osd)?.pgs[id];
  return pg.version - (has ?? 0) <= logEntries(cluster);
}

/** With too few places, whole copies where the PG does not belong go on serving (FACT 4). */
function withStrangers(pool: CephPool, up: readonly number[], whole: readonly number[]): number[] {
  if (pool.kind === "erasure") return [...up];
  const strangers = whole.filter((osd) => !up.includes(osd));
  return [...up, ...strangers].slice(0, Math.max(pool.size, up.length));
}

/** A clean PG is deleted where it is not needed any more. */
export function forgetElsewhere(cluster: CephCluster, pool: CephPool, id: string, pg: Pg): void {
  if (members(pg.acting).length < pool.size) return;
  for (const store of Object.values(cluster.stores)) {
    if (!pg.acting.includes(store.osd) && cluster.osdmap.osds[store.osd]?.up) delete store.pgs[id];
  }
}

export function keep(cluster: CephCluster, osd: number, id: string, version: number): void {
  const store = storeOf(cluster, osd);
  if (store) store.pgs[id] = version;
}
