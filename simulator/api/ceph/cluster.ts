import type { Call, Json, Routes } from "../../call.js";
import { mdsMetadata } from "../../ceph/commands/filesystems.js";
import { mgrMetadata } from "../../ceph/commands/managers.js";
import { monMetadata } from "../../ceph/commands/monitors.js";
import { osdMetadata } from "../../ceph/commands/osd-state.js";
import { releases, releaseOf } from "../../ceph/daemon-metadata.js";
import { osds } from "../../ceph/osdmap.js";
import { checkConfigured, checkInited, connect, type Rados, waiting } from "../../ceph/rados.js";
import { PveError, die, textOf } from "../../errors.js";
import { cephStatus } from "./general.js";

/** Flags by name, with what Proxmox says of them. */
const flags: Readonly<Record<string, string>> = {
  nobackfill: "Backfilling of PGs is suspended.",
  "nodeep-scrub": "Deep Scrubbing is disabled.",
  nodown: "OSD failure reports are being ignored, such that the monitors will not mark OSDs down.",
  noin: "OSDs that were previously marked out will not be marked back in when they start.",
  noout: "OSDs will not automatically be marked out after the configured interval.",
  norebalance: "Rebalancing of PGs is suspended.",
  norecover: "Recovery of PGs is suspended.",
  noscrub: "Scrubbing is disabled.",
  notieragent: "Cache tiering activity is suspended.",
  noup: "OSDs are not allowed to start.",
  pause: "Pauses read and writes.",
};

/** `/cluster/ceph` (PVE/API2/Cluster/Ceph.pm). */
export const cephClusterRoutes: Routes = {
  "GET /cluster/ceph": () => ["flags", "metadata", "restart-bulk", "status"].map((name) => ({ name })),

  "GET /cluster/ceph/status": (call) => cephStatus(call),

  "GET /cluster/ceph/metadata": (call): Json => {
    if (call.params["scope"] === "versions") return { node: versions(call) };
    checkInited(call);
    return { node: versions(call), ...daemons(call) };
  },

  "GET /cluster/ceph/flags": (call) => {
    checkConfigured(call);
    const set = flagsOf(connect(call));
    return Object.entries(flags).map(([name, description]) => ({ name, description, value: set.has(name) ? 1 : 0 }));
  },

  "GET /cluster/ceph/flags/{flag}": (call) => {
    checkConfigured(call);
    return flagsOf(connect(call)).has(call.text("flag")) ? 1 : 0;
  },

  "PUT /cluster/ceph/flags/{flag}": (call) => {
    checkConfigured(call);
    connect(call).json(call.flag("value") ? "osd set" : "osd unset", { key: call.text("flag") });
  },

  "PUT /cluster/ceph/flags": (call) => {
    checkConfigured(call);
    return call.task(
      "cephsetflags",
      "",
      waiting(function* (task) {
        yield 100;
        const rados = connect(call);
        const now = flagsOf(rados);
        let failed = 0;
        for (const name of Object.keys(flags)) {
          if (!call.has(name) || call.flag(name) === now.has(name)) continue;
          const verb = call.flag(name) ? "set" : "unset";
          task.log(`${verb} ${name}`);
          try {
            rados.json(`osd ${verb}`, { key: name });
          } catch (error) {
            if (!(error instanceof PveError)) throw error;
            task.warn(textOf(error));
            failed++;
          }
        }
        if (failed > 0) throw die(`could not set/unset ${failed} flags`);
      }),
    );
  },
};

/** `pause` is both of its halves; Proxmox looks at the one for reading. */
function flagsOf(rados: Rados): Set<string> {
  const set = rados.json<{ flags: string }>("osd dump").flags.split(",");
  return new Set(set.map((flag) => (flag === "pauserd" ? "pause" : flag)));
}

function versions(call: Call): Json {
  return Object.fromEntries(
    Object.values(call.world.nodes)
      .filter((node) => node.ceph?.version !== undefined && call.simulation.clusterOf(node) === call.cluster)
      .map((node) => {
        const str = node.ceph?.version ?? "";
        return [
          node.name,
          { version: { str, parts: str.split(".") }, buildcommit: releases[releaseOf(node)]?.commit ?? "" },
        ];
      }),
  );
}

function daemons(call: Call): Record<string, Json> {
  const { ceph } = connect(call);
  const byHost = (rows: readonly Record<string, unknown>[]): Json =>
    Object.fromEntries(
      rows
        .filter(({ hostname }) => hostname !== undefined)
        .map((row) => [
          `${String(row["name"])}@${String(row["hostname"])}`,
          { ...row, direxists: true, service: true },
        ]),
    );
  return {
    mon: byHost(monMetadata(ceph)),
    mgr: byHost(mgrMetadata(ceph)),
    mds: byHost(mdsMetadata(ceph)),
    osd: osds(ceph.cluster)
      .map((osd) => osdMetadata(ceph, osd))
      .filter(({ hostname }) => hostname !== undefined) as Json[],
  };
}
