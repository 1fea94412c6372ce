import type { CephCluster, Pg } from "../world/ceph.js";
import { pgParts } from "./osdmap.js";
import { forgetElsewhere, keep } from "./peering.js";
import { members, wholeCopies } from "./pg-state.js";

/** Bytes per second that one PG's copies take, and what each PG takes beside that. */
const rate = 100 * 2 ** 20;
const overhead = { recovery: 800, backfill: 2500 } as const;

const isStopped = ({ osdmap: { flags } }: CephCluster, pg: Pg): boolean => {
  if (pg.moving?.kind === "recovery") return flags.includes("norecover");
  const misplacedOnly = pg.acting.every((osd) => !pg.moving?.targets.includes(osd));
  return flags.includes("nobackfill") || (flags.includes("norebalance") && misplacedOnly);
};

/** What may move begins to: an OSD takes part in one move at a time (`osd_max_backfills` 1). */
export function startMoves(cluster: CephCluster, now: number, stuck: boolean): void {
  if (stuck) return;
  const busy = new Set<number>();
  const waiting: [string, Pg][] = [];
  for (const [id, pg] of Object.entries(cluster.pgs)) {
    if (!pg.moving) continue;
    if (pg.moving.began === undefined) waiting.push([id, pg]);
    else for (const osd of [...pg.moving.targets, pg.acting[0] ?? -1]) busy.add(osd);
  }
  for (const [, pg] of waiting) {
    const { moving } = pg;
    if (!moving || isStopped(cluster, pg)) continue;
    const involved = [...moving.targets, pg.acting[0] ?? -1];
    if (involved.some((osd) => busy.has(osd))) continue;
    for (const osd of involved) busy.add(osd);
    moving.began = now;
    moving.ends = now + overhead[moving.kind] + (1000 * pg.bytes * moving.targets.length) / rate;
  }
}

/** The copies have arrived. */
export function endMove(cluster: CephCluster, id: string, pg: Pg, now: number): void {
  const pool = cluster.osdmap.pools[pgParts(id)[0]];
  const { moving } = pg;
  delete pg.moving;
  if (!pool || !moving || wholeCopies(cluster, id, pg).length === 0) return;
  for (const osd of moving.targets) if (cluster.osdmap.osds[osd]?.up) keep(cluster, osd, id, pg.version);
  const whole = wholeCopies(cluster, id, pg);
  const up = members(pg.up);
  const strangers = pool.kind === "replicated" ? whole.filter((osd) => !up.includes(osd)) : [];
  pg.acting = [...pg.up, ...strangers].slice(0, Math.max(pool.size, pg.up.length));
  pg.since = now;
  forgetElsewhere(cluster, pool, id, pg);
}

/** Moves that wait begin anew: the flag that held them is gone, or one that is set holds those under way. */
export function holdMoves(cluster: CephCluster): void {
  if (cluster.osdmap.flags.length === 0) return;
  for (const pg of Object.values(cluster.pgs)) {
    if (pg.moving && isStopped(cluster, pg)) {
      delete pg.moving.began;
      delete pg.moving.ends;
    }
  }
}
