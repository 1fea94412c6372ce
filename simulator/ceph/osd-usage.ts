import type { CephCluster, CephPool, Osd } from "../world/ceph.js";
import type { Ceph } from "./ceph.js";
import { osds, pgParts, pgsOf } from "./osdmap.js";

/** What BlueStore takes for itself on an empty OSD (recording 10, n 672). */
const metadata = 27 * 2 ** 20;

/** Bytes of a pool's objects, once. */
export const bytesOf = (cluster: CephCluster, pool: CephPool): number =>
  pgsOf(cluster, pool).reduce((sum, [, pg]) => sum + pg.bytes, 0);

export const objectsOf = (cluster: CephCluster, pool: CephPool): number =>
  pgsOf(cluster, pool).reduce((sum, [, pg]) => sum + pg.objects, 0);

export interface OsdUsage {
  readonly osd: Osd;
  /** Bytes. */
  readonly total: number;
  readonly used: number;
  readonly data: number;
  readonly available: number;
}

/** How full an OSD is: what its copies take. */
export function usageOf({ cluster, simulation }: Ceph, osd: Osd): OsdUsage {
  const store = cluster.stores[osd.uuid];
  const data = Object.keys(store?.pgs ?? {}).reduce((sum, id) => {
    const pool = cluster.osdmap.pools[pgParts(id)[0]];
    const bytes = cluster.pgs[id]?.bytes ?? 0;
    const k = Number(cluster.osdmap.erasureProfiles[pool?.erasureProfile ?? ""]?.["k"] ?? 1);
    return sum + Math.ceil(bytes / k);
  }, 0);
  const fault = simulation.faults
    .standing("osd-fullness")
    .find((each) => each.osd === undefined || each.osd === osd.id);
  const used = fault ? Math.floor(osd.size * fault.ratio) : Math.min(osd.size, data + metadata);
  return { osd, total: osd.size, used, data, available: osd.size - used };
}

export const usages = (ceph: Ceph): OsdUsage[] => osds(ceph.cluster).map((osd) => usageOf(ceph, osd));

/** Those that are in count for the cluster. */
export function totals(ceph: Ceph): { total: number; used: number; available: number } {
  const counted = usages(ceph).filter(({ osd }) => osd.weight > 0 && osd.upFrom > 0);
  const sum = (key: "total" | "used" | "available"): number => counted.reduce((all, usage) => all + usage[key], 0);
  return { total: sum("total"), used: sum("used"), available: sum("available") };
}
