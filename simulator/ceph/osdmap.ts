import type { CephCluster, CephPool, Osd, OsdMap, Pg } from "../world/ceph.js";
import type { CrushRule } from "../world/crush.js";
import { devicesBelow, bucketNamed } from "./crush.js";
import { none, placer } from "./pg-placement.js";

export const pgid = (pool: number, ps: number): string => `${pool}.${ps.toString(16)}`;

/** `2.1f` in two numbers. */
export function pgParts(id: string): readonly [pool: number, ps: number] {
  const dot = id.indexOf(".");
  return [Number(id.slice(0, dot)), parseInt(id.slice(dot + 1), 16)];
}

/** The PGs of a pool that are there, with their ids. */
export function pgsOf({ pgs }: CephCluster, { id, pgNum }: CephPool): [string, Pg][] {
  const found: [string, Pg][] = [];
  for (let ps = 0; ps < pgNum; ps++) {
    const name = pgid(id, ps);
    const pg = pgs[name];
    if (pg) found.push([name, pg]);
  }
  return found;
}

export const osds = ({ osdmap }: CephCluster): Osd[] => Object.values(osdmap.osds).sort((a, b) => a.id - b.id);
export const pools = ({ osdmap }: CephCluster): CephPool[] => Object.values(osdmap.pools).sort((a, b) => a.id - b.id);

export const poolNamed = (cluster: CephCluster, name: string): CephPool | undefined =>
  pools(cluster).find((pool) => pool.name === name);

export const ruleById = ({ crush }: OsdMap, id: number): CrushRule | undefined =>
  crush.rules.find((rule) => rule.id === id);

/** A change of the OSD map: everything in it is of a new epoch. */
export function changeMap(cluster: CephCluster, now: number): number {
  cluster.osdmap.modified = now;
  return ++cluster.osdmap.epoch;
}

/** The lowest id that no OSD has (FACT 7). */
export function freeOsdId({ osdmap }: CephCluster): number {
  let id = 0;
  while (osdmap.osds[id]) id++;
  return id;
}

export const isIn = ({ weight }: Osd): boolean => weight > 0;

/** Where the PGs of a pool belong now: OSDs that are out take none, those that are down are left out (or a hole). */
export function upSets(cluster: CephCluster, pool: CephPool): (ps: number) => number[] {
  const { osdmap } = cluster;
  const rule = ruleById(osdmap, pool.rule);
  if (!rule) return () => [];
  const place = placer(osdmap.crush, rule, (id) => osdmap.osds[id]?.weight ?? 0);
  const isUp = (id: number): boolean => osdmap.osds[id]?.up ?? false;
  return (ps) => {
    const raw = place({ id: pool.id, size: pool.size, pgpNum: pool.pgpNum }, ps);
    for (const [from, to] of osdmap.upmaps[pgid(pool.id, ps)] ?? []) {
      const at = raw.indexOf(from);
      const target = osdmap.osds[to];
      // an exception does not hold for an OSD that is out
      if (at >= 0 && !raw.includes(to) && target && isIn(target)) raw[at] = to;
    }
    return pool.kind === "erasure" ? raw.map((id) => (isUp(id) ? id : none)) : raw.filter(isUp);
  };
}

/** OSDs that a pool's rule may use. */
export function osdsOfRule({ osdmap }: CephCluster, rule: CrushRule): Osd[] {
  const root = bucketNamed(osdmap.crush, rule.root);
  if (!root) return [];
  return devicesBelow(osdmap.crush, root.id)
    .filter((id) => rule.deviceClass === undefined || osdmap.crush.classes[id] === rule.deviceClass)
    .flatMap((id) => osdmap.osds[id] ?? []);
}
