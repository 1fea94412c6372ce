import type { Osd } from "../world/ceph.js";
import type { Ceph } from "./ceph.js";
import { placeOsd, setClass } from "./crush.js";
import { filteredSince } from "./in-touch.js";
import { newPool } from "./pools.js";
import { changeMap, isIn, osds } from "./osdmap.js";
import { remap } from "./peering.js";
import { deviceOfOsd } from "./osd-volumes.js";

/** From the start of the process until the OSD is up; from its end until that is seen, on a live and on a dead machine (FACT 8). */
export const bootTime = 3500;
const endTime = 500;
const deadHostTime = 22_000;
/** How long each phase of a flapping OSD lasts. */
const flapTime = 10_000;

const defaultOutInterval = 600;

const hasFlag = ({ cluster: { osdmap } }: Ceph, osd: Osd, flag: "noup" | "nodown" | "noin" | "noout"): boolean => {
  const groups = [`osd.${osd.id}`, osd.node, osdmap.crush.classes[osd.id] ?? ""];
  return osdmap.flags.includes(flag) || groups.some((group) => osdmap.groupFlags[group]?.includes(flag));
};

function isFlapping(ceph: Ceph, { id }: Osd): boolean {
  const struck = ceph.simulation.faults.standing("osd-flapping").some(({ osd }) => osd === id);
  return struck && Math.floor(ceph.now / flapTime) % 2 === 1;
}

/** The device is there and answers. */
function hasDisk(ceph: Ceph, osd: Osd): boolean {
  const node = ceph.nodeNamed(osd.node);
  const device = node && deviceOfOsd(node, osd.uuid);
  // an OSD without a volume in the world stands on something that the model does not know (a file)
  if (!node || device === undefined) return ceph.cluster.stores[osd.uuid] !== undefined;
  const dead = ceph.simulation.faults.standing("disk-dead");
  return !dead.some((fault) => fault.node === osd.node && fault.serial === device.disk.serial) && !device.disk.dead;
}

/** When the next change among the OSDs is due. */
export function osdsDue(ceph: Ceph): number[] {
  return osds(ceph.cluster).flatMap((osd) => {
    const { since = 0 } = ceph.daemon("osds", String(osd.id))?.daemon ?? {};
    const flapping = ceph.simulation.faults.standing("osd-flapping").some((fault) => fault.osd === osd.id);
    const flip = flapping ? [(Math.floor(ceph.now / flapTime) + 1) * flapTime] : [];
    const alive = ceph.isAlive("osds", String(osd.id)) && !isFlapping(ceph, osd);
    if (alive && !osd.up) return [...flip, since + bootTime];
    const missed = missing(ceph, osd);
    if (!alive && osd.up) return [...flip, missed.since + missed.wait];
    const isWaiting = !osd.up && isIn(osd) && osd.downSince !== undefined && !hasFlag(ceph, osd, "noout");
    return isWaiting ? [...flip, (osd.downSince ?? 0) + outInterval(ceph)] : flip;
  });
}

const outInterval = (ceph: Ceph): number =>
  Number(ceph.option("mon", "mon_osd_down_out_interval") ?? defaultOutInterval) * 1000;

/** OSDs that came up, went down, or were down for too long. */
export function settleOsds(ceph: Ceph): void {
  let changed = false;
  for (const osd of osds(ceph.cluster)) {
    if (osd.destroyed) continue;
    const found = ceph.daemon("osds", String(osd.id));
    if (found?.daemon.running && !hasDisk(ceph, osd)) Object.assign(found.daemon, { running: false, since: ceph.now });
    const alive = ceph.isAlive("osds", String(osd.id)) && !isFlapping(ceph, osd);
    changed = (osd.up ? goesDown(ceph, osd, alive) : comesUp(ceph, osd, alive)) || changed;
    changed = outByItself(ceph, osd) || changed;
  }
  if (changed) remap(ceph.cluster, ceph.now);
}

function comesUp(ceph: Ceph, osd: Osd, alive: boolean): boolean {
  const since = ceph.daemon("osds", String(osd.id))?.daemon.since ?? 0;
  if (!alive || hasFlag(ceph, osd, "noup") || !ceph.isOver(since, bootTime)) return false;
  const { osdmap } = ceph.cluster;
  const first = osd.upFrom === 0;
  const { crush } = osdmap;
  if (crush.classes[osd.id] === undefined) setClass(crush, osd.id, osd.wantedClass ?? defaultClass(ceph, osd));
  placeOsd(crush, osd.id, crushWeight(osd.size), osd.node);
  osd.up = true;
  osd.upFrom = changeMap(ceph.cluster, ceph.now);
  delete osd.downSince;
  osdmap.upChange = ceph.now;
  // a new one, and one that was marked out because it was down, comes in by itself (FACT 8)
  if ((first || osd.autoOut) && !isIn(osd) && !hasFlag(ceph, osd, "noin")) {
    osd.weight = 1;
    delete osd.new;
    osd.autoOut = false;
    osdmap.inChange = ceph.now;
  }
  return true;
}

/** TiB with four decimals, in units of 1/65536 (recording 10, n 670: 8 GiB are 511). */
const crushWeight = (size: number): number => Math.floor(Number((size / 2 ** 40).toFixed(4)) * 0x10000);

/** Without a class that was named, the kind of disk decides; NVMe counts as ssd. */
function defaultClass(ceph: Ceph, osd: Osd): string {
  const node = ceph.nodeNamed(osd.node);
  return (node && deviceOfOsd(node, osd.uuid))?.disk.type === "hdd" ? "hdd" : "ssd";
}

/** Since when an OSD is not heard, and how long it takes until that is seen. One that runs on is behind a packet filter. */
function missing(ceph: Ceph, osd: Osd): { since: number; wait: number } {
  const { since = 0, withNode, running } = ceph.daemon("osds", String(osd.id))?.daemon ?? {};
  if (running && !ceph.isAlive("osds", String(osd.id)))
    return { since: Math.max(since, filteredSince(ceph)), wait: deadHostTime };
  return { since, wait: withNode === true ? deadHostTime : endTime };
}

function goesDown(ceph: Ceph, osd: Osd, alive: boolean): boolean {
  if (alive || hasFlag(ceph, osd, "nodown")) return false;
  const { since, wait } = missing(ceph, osd);
  if (!ceph.isOver(since, wait)) return false;
  markDown(ceph, osd);
  return true;
}

export function markDown(ceph: Ceph, osd: Osd): void {
  osd.up = false;
  osd.downAt = changeMap(ceph.cluster, ceph.now);
  osd.downSince = ceph.now;
  ceph.cluster.osdmap.upChange = ceph.now;
}

function outByItself(ceph: Ceph, osd: Osd): boolean {
  if (osd.up || !isIn(osd) || osd.downSince === undefined || hasFlag(ceph, osd, "noout")) return false;
  // never at once, not even where nothing takes time: what comes back soon must find its place
  if (ceph.now - osd.downSince < outInterval(ceph)) return false;
  osd.weight = 0;
  osd.autoOut = true;
  changeMap(ceph.cluster, ceph.now);
  ceph.cluster.osdmap.inChange = ceph.now;
  return true;
}

/** The manager keeps its own data in pool `.mgr`, from the first OSD on (recording 10, n 262). */
export function createManagerPool(ceph: Ceph): void {
  const { osdmap, mgr } = ceph.cluster;
  if (mgr.active === undefined || osdmap.poolMax > 0 || !osds(ceph.cluster).some(({ up }) => up)) return;
  const pool = newPool(ceph, { name: ".mgr", pgNum: 1, size: 3 });
  pool.autoscale = "on";
  pool.options = { pg_num_max: 32, pg_num_min: 1 };
  pool.applications = { mgr: {} };
}
