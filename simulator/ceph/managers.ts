import type { Ceph } from "./ceph.js";

/** A first manager takes so long to become active, a standby to be seen; a stopped one is replaced at once, a killed one late (FACT 20). */
export const firstTime = 12_000;
export const standbyTime = 6000;
const stoppedTime = 1400;
const killedTime = 31_000;

export const modulesAlwaysOn = [
  ...["balancer", "crash", "devicehealth", "orchestrator", "pg_autoscaler", "progress", "rbd_support", "status"],
  ...["telemetry", "volumes"],
];

/** What a cluster is made with (recording 10). */
export const modulesAtFirst = ["iostat", "nfs", "nvmeof"];

/** When the next change among the managers is due. */
export function managersDue(ceph: Ceph): number[] {
  const { mgr } = ceph.cluster;
  return ceph.nodes.flatMap((node) =>
    Object.entries(node.ceph?.mgrs ?? {}).flatMap(([name, { since, withNode }]) => {
      const alive = ceph.isAlive("mgrs", name);
      if (name === mgr.active) return alive ? [] : [since + (withNode ? killedTime : stoppedTime)];
      return alive && !mgr.standbys.includes(name) ? [since + (mgr.ever ? standbyTime : firstTime)] : [];
    }),
  );
}

/** Who is active, who waits. */
export function settleManagers(ceph: Ceph): void {
  const { mgr } = ceph.cluster;
  const all = ceph.nodes.flatMap((node) => Object.entries(node.ceph?.mgrs ?? {}));
  const alive = all.filter(([name]) => ceph.isAlive("mgrs", name));
  const active = mgr.active;
  if (active !== undefined && !alive.some(([name]) => name === active)) {
    const found = ceph.daemon("mgrs", active)?.daemon;
    const wait = found?.withNode === true ? killedTime : stoppedTime;
    if (ceph.isOver(found?.since ?? 0, wait)) {
      delete mgr.active;
      mgr.epoch++;
      mgr.goneSince = ceph.now;
    }
  }
  const standbys = mgr.standbys.filter((name) => alive.some(([other]) => other === name));
  if (standbys.length !== mgr.standbys.length) mgr.epoch++;
  mgr.standbys = standbys;
  for (const [name, { since }] of alive) {
    if (name === mgr.active || mgr.standbys.includes(name)) continue;
    if (!ceph.isOver(since, mgr.ever ? standbyTime : firstTime)) continue;
    mgr.standbys.push(name);
    mgr.standbys.sort();
    mgr.epoch++;
  }
  if (mgr.active === undefined) promote(ceph);
}

/** The first standby takes over. */
export function promote(ceph: Ceph): void {
  const { mgr } = ceph.cluster;
  const next = mgr.standbys.shift();
  if (next === undefined) return;
  mgr.active = next;
  mgr.activeSince = ceph.now;
  mgr.ever = true;
  mgr.epoch++;
  delete mgr.goneSince;
}
