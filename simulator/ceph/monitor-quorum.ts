import type { Monitor } from "../world/ceph.js";
import type { Ceph } from "./ceph.js";
import { changeMonmap } from "./monmap.js";

/** A new monitor joins after so long, one that restarts sooner; one that ends is missed after so long (FACT 19). */
export const joinTime = 5500;
const rejoinTime = 1000;
const leaveTime = 14_000;
/** Without a majority the survivors still answer what they knew for so long (FACT 18). */
const staleTime = 15_000;

interface Quorum {
  /** `lost`: every command hangs. */
  readonly state: "ok" | "stale" | "lost";
  /** In the order of their ranks. */
  readonly members: readonly Monitor[];
}

const byRank = (a: Monitor, b: Monitor): number => compareAddresses(a.address, b.address);

function compareAddresses(a: string, b: string): number {
  const parts = (address: string): number[] => address.split(".").map(Number);
  const [left, right] = [parts(a), parts(b)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

/** The monitors of the map: their rank follows their address. */
export const ranked = (ceph: Ceph): Monitor[] =>
  ceph.cluster.monmap.mons.filter(({ joining }) => !joining).sort(byRank);

export function quorumOf(ceph: Ceph): Quorum {
  const mons = ranked(ceph);
  const situation = mons.map((mon) => {
    const found = ceph.daemon("mons", mon.name);
    const alive = ceph.isAlive("mons", mon.name) && !gone(ceph, mon);
    const since = found?.daemon.since ?? 0;
    // the first monitor is a quorum of its own as soon as it runs
    const joined = alive && (mons.length === 1 || ceph.isOver(since, rejoinTime));
    return { mon, joined, leaving: !alive && !ceph.isOver(since, leaveTime), lostFor: alive ? 0 : ceph.now - since };
  });
  const majority = Math.floor(mons.length / 2) + 1;
  const joined = situation.filter((each) => each.joined);
  const shown = situation.filter((each) => each.joined || each.leaving).map(({ mon }) => mon);
  if (joined.length >= majority) return { state: "ok", members: shown };
  const latest = Math.min(...situation.filter((each) => each.lostFor > 0).map(({ lostFor }) => lostFor));
  if (joined.length > 0 && latest < staleTime && !ceph.instant && shown.length >= majority)
    return { state: "stale", members: shown };
  return { state: "lost", members: [] };
}

function gone(ceph: Ceph, mon: Monitor): boolean {
  return ceph.simulation.faults
    .standing("monitor-gone")
    .some(({ monitor }) => monitor === undefined || monitor === mon.name);
}

/** New monitors come into the map once they have found the others. */
export function joinMonitors(ceph: Ceph): void {
  if (quorumOf(ceph).state !== "ok") return;
  for (const mon of ceph.cluster.monmap.mons) {
    if (!mon.joining || !ceph.isAlive("mons", mon.name) || !ceph.isOver(mon.added, joinTime)) continue;
    delete mon.joining;
    changeMonmap(ceph);
  }
}

/** When the next monitor joins. */
export const monitorsDue = (ceph: Ceph): number[] =>
  ceph.cluster.monmap.mons.flatMap(({ joining, added }) => (joining ? [added + joinTime] : []));

export const isLost = (ceph: Ceph): boolean => quorumOf(ceph).state === "lost";
