import type { CephCluster, CephPool, Pg } from "../world/ceph.js";
import { changeMap, pgid } from "./osdmap.js";
import { keep, remap } from "./peering.js";
import { isClean } from "./pg-counts.js";
import { wholeCopies } from "./pg-state.js";

/** A split takes effect after so long and is spread out later; PGs merge one after the other (FACT 13). */
const splitTime = 1300;
const spreadTime = 5700;
const mergeTime = 6000;

/** Tells a pool how many PGs it shall have. */
export function wantPgs(cluster: CephCluster, pool: CephPool, count: number, now: number): void {
  pool.pgNumTarget = count;
  pool.pgpNumTarget = count;
  pool.lastChange = changeMap(cluster, now);
  pool.stepAt = now + (count > pool.pgNum ? splitTime : mergeTime);
}

/** One step towards the wanted number. */
export function stepPool(cluster: CephCluster, pool: CephPool, now: number): void {
  delete pool.stepAt;
  if (pool.pgNum < pool.pgNumTarget) {
    split(cluster, pool, now);
    pool.stepAt = now + spreadTime;
  } else if (pool.pgNum > pool.pgNumTarget) {
    pool.stepAt = now + (merge(cluster, pool) ? mergeTime : 1000);
    if (pool.pgNum <= pool.pgNumTarget) delete pool.stepAt;
  } else if (pool.pgpNum !== pool.pgpNumTarget) {
    pool.pgpNum = pool.pgpNumTarget;
  } else return;
  pool.lastChange = changeMap(cluster, now);
  remap(cluster, now);
}

/** The PG that a PG came out of: its number without the highest bit. */
const parentOf = (ps: number): number => ps - 2 ** Math.floor(Math.log2(ps));

/** Each PG gives its children their part; until pgp_num follows they stay where it is. */
function split(cluster: CephCluster, pool: CephPool, now: number): void {
  const { pgNum: before } = pool;
  pool.pgNum = pool.pgNumTarget;
  const families = new Map<number, number[]>();
  for (let ps = before; ps < pool.pgNum; ps++) {
    let parent = parentOf(ps);
    while (parent >= before) parent = parentOf(parent);
    families.set(parent, [...(families.get(parent) ?? []), ps]);
  }
  for (const [parent, children] of families) {
    const pg = cluster.pgs[pgid(pool.id, parent)];
    if (!pg) continue;
    const parts = children.length + 1;
    const copies = wholeCopies(cluster, pgid(pool.id, parent), pg);
    const { objects, bytes } = pg;
    for (const [index, ps] of [parent, ...children].entries()) {
      const share = (whole: number): number =>
        Math.floor((whole * (index + 1)) / parts) - Math.floor((whole * index) / parts);
      const id = pgid(pool.id, ps);
      const child: Pg =
        ps === parent ? pg : { ...pg, up: [...pg.up], acting: [...pg.acting], created: now, since: now };
      Object.assign(child, { objects: share(objects), bytes: share(bytes) });
      cluster.pgs[id] = child;
      for (const osd of copies) keep(cluster, osd, id, child.version);
    }
  }
}

/** The last PG goes into the one that it came from, once both are clean. That their copies meet first is not modelled. */
function merge(cluster: CephCluster, pool: CephPool): boolean {
  const source = pool.pgNum - 1;
  const [from, to] = [pgid(pool.id, source), pgid(pool.id, parentOf(source))];
  const [gone, kept] = [cluster.pgs[from], cluster.pgs[to]];
  if (!gone || !kept || !isClean(cluster, from) || !isClean(cluster, to)) return false;
  const copies = wholeCopies(cluster, to, kept);
  kept.objects += gone.objects;
  kept.bytes += gone.bytes;
  kept.version += gone.version;
  for (const osd of copies) keep(cluster, osd, to, kept.version);
  delete cluster.pgs[from];
  for (const store of Object.values(cluster.stores)) delete store.pgs[from];
  pool.pgNum--;
  pool.pgpNum = Math.min(pool.pgpNum, pool.pgNum);
  return true;
}
