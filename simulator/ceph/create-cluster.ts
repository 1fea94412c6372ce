import type { RandomState } from "../random.js";
import type { CephCluster } from "../world/ceph.js";
import { newCrushMap } from "./crush.js";
import { newKey } from "./keys.js";
import { modulesAtFirst } from "./managers.js";

/** What the first monitor's `--mkfs` makes: a cluster without OSDs. */
export function newCluster(random: RandomState, fsid: string, adminKey: string, now: number): CephCluster {
  return {
    ...{ fsid, created: now },
    monmap: { epoch: 1, modified: now, electionEpoch: 3, quorumSince: now, mons: [] },
    mgr: { epoch: 1, activeSince: 0, ever: false, standbys: [], modules: [...modulesAtFirst] },
    osdmap: {
      ...{ epoch: 1, modified: now, flags: [], groupFlags: {}, osds: {}, pools: {}, poolMax: 0, crush: newCrushMap() },
      erasureProfiles: { default: { k: "2", m: "2", plugin: "isa", technique: "reed_sol_van" } },
      ...{ upmaps: {}, nearfullRatio: 0.85, backfillfullRatio: 0.9, fullRatio: 0.95, requireMinCompat: "luminous" },
      ...{ upChange: now, inChange: now },
    },
    fs: { epoch: 1, created: now, nextId: 1, filesystems: [] },
    auth: {
      "client.admin": { key: adminKey, caps: { mds: "allow *", mgr: "allow *", mon: "allow *", osd: "allow *" } },
      ...Object.fromEntries(
        ["mds", "mgr", "osd", "rbd", "rbd-mirror", "rgw"].map((kind) => [
          `client.bootstrap-${kind}`,
          { key: newKey(random), caps: { mon: `allow profile bootstrap-${kind}` } },
        ]),
      ),
    },
    ...{ config: [], configVersion: 1, configKeys: {}, pgs: {}, stores: {}, mutes: [] },
    autoscaler: { ranAt: now, wants: {} },
    ...{ settledAt: now, log: [] },
  };
}
