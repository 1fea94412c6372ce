import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import { Ceph } from "./ceph.js";
import { runAutoscaler, autoscalerInterval } from "./autoscaler.js";
import { metadataServersDue, settleFileSystems } from "./filesystems.js";
import { managersDue, settleManagers } from "./managers.js";
import { createManagerPool, osdsDue, settleOsds } from "./osd-processes.js";
import { pools } from "./osdmap.js";
import { peer } from "./peering.js";
import { stepPool } from "./pg-numbers.js";
import { joinMonitors, monitorsDue, quorumOf } from "./monitor-quorum.js";
import { osdVolumes } from "./osd-volumes.js";
import { endMove, holdMoves, startMoves } from "./recovery.js";

/** More steps than any change needs: with the immediate clock they all happen at once. */
const mostSteps = 20_000;

/** The Ceph cluster of a node, calculated up to now; undefined before its first monitor. */
export function settledCeph(simulation: Simulation, node: NodeState): Ceph | undefined {
  const proxmox = simulation.clusterOf(node);
  if (!proxmox.ceph) return undefined;
  const ceph = new Ceph(simulation, proxmox, proxmox.ceph);
  settle(ceph);
  return ceph;
}

/** Calculates the model up to now: daemons that started or ended, PGs that peer, copies that arrive, each at its moment. */
export function settle(ceph: Ceph): void {
  const { cluster } = ceph;
  const now = ceph.now;
  followMachines(ceph);
  forgetLostStores(ceph);
  // nobody changes a map without quorum
  if (quorumOf(ceph).state !== "lost") {
    ceph.moment = ceph.instant ? now : Math.min(cluster.settledAt, now);
    for (let step = 0; step < mostSteps && happens(ceph, now); step++);
    ceph.moment = undefined;
  }
  cluster.settledAt = now;
}

/** What happens at this moment, and the moment of what comes next; false when that is not yet. */
function happens(ceph: Ceph, now: number): boolean {
  const { cluster } = ceph;
  const moment = ceph.now;
  joinMonitors(ceph);
  settleManagers(ceph);
  settleOsds(ceph);
  createManagerPool(ceph);
  settleFileSystems(ceph);
  holdMoves(cluster);
  startMoves(cluster, moment, isStuck(ceph));
  const due = nextEvent(ceph);
  if (due === undefined) return false;
  if (due.at > now && !(ceph.instant && due.kind === "pg")) return false;
  ceph.moment = Math.max(moment, Math.min(due.at, now));
  due.run(ceph.moment);
  return true;
}

const isStuck = (ceph: Ceph): boolean => ceph.simulation.faults.standing("backfill-stuck").length > 0;

/** What was on a volume that is gone, or on a disk that is dead, nobody has any more. */
function forgetLostStores(ceph: Ceph): void {
  const { stores } = ceph.cluster;
  const alive = new Set(
    ceph.nodes.flatMap((node) =>
      osdVolumes(node)
        .filter(({ lv, device }) => lv.startsWith("osd-block-") && device !== undefined && !device.disk.dead)
        .map(({ volume }) => volume.tags?.["ceph.osd_fsid"]),
    ),
  );
  for (const [uuid, { onVolume }] of Object.entries(stores)) if (onVolume && !alive.has(uuid)) delete stores[uuid];
}

/** Processes end with their machine, and those whose unit is enabled start with it. */
function followMachines(ceph: Ceph): void {
  for (const node of ceph.nodes) {
    const up = ceph.isReachable(node);
    for (const kind of ["mons", "mgrs", "mdss", "osds"] as const) {
      for (const daemon of Object.values(node.ceph?.[kind] ?? {})) {
        if (!up && daemon.running) Object.assign(daemon, { running: false, since: ceph.now, withNode: true });
        else if (up && !daemon.running && daemon.withNode === true) {
          delete daemon.withNode;
          if (daemon.enabled) Object.assign(daemon, { running: true, since: ceph.now });
        }
      }
    }
  }
}

interface Event {
  readonly at: number;
  readonly kind: "pg" | "autoscaler" | "daemon";
  readonly run: (now: number) => void;
}

function nextEvent(ceph: Ceph): Event | undefined {
  const { cluster } = ceph;
  let next: Event | undefined;
  const consider = (event: Event): void => {
    if (!next || event.at < next.at) next = event;
  };
  for (const [id, pg] of Object.entries(cluster.pgs)) {
    if (pg.peeringUntil !== undefined && (!next || pg.peeringUntil < next.at))
      consider({ at: pg.peeringUntil, kind: "pg", run: (now) => peer(cluster, id, pg, now) });
    const ends = pg.moving?.ends;
    if (ends !== undefined && (!next || ends < next.at))
      consider({ at: ends, kind: "pg", run: (now) => endMove(cluster, id, pg, now) });
  }
  for (const pool of pools(cluster)) {
    const at = pool.stepAt;
    if (at !== undefined) consider({ at, kind: "pg", run: (now) => stepPool(cluster, pool, now) });
  }
  if (cluster.mgr.active !== undefined) {
    const at = Math.max(cluster.autoscaler.ranAt + autoscalerInterval, cluster.mgr.activeSince);
    consider({ at, kind: "autoscaler", run: (now) => runAutoscaler(ceph, now) });
  }
  const daemons = [...managersDue(ceph), ...osdsDue(ceph), ...monitorsDue(ceph), ...metadataServersDue(ceph)].filter(
    (at) => at > ceph.now,
  );
  // with the immediate clock a daemon is where it will be, and keeps nothing else waiting
  if (daemons.length > 0 && !ceph.instant) consider({ at: Math.min(...daemons), kind: "daemon", run: () => undefined });
  return next;
}
