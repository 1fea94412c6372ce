import { listedState } from "../../ha/ha-resources.js";
import type { Call, Json, Routes } from "../../call.js";
import { condition } from "../../faults.js";
import { lastReported } from "../../guest-reports.js";
import type { ResourceRow } from "../../resource-row.js";
import {
  guestRow,
  memberNames,
  nodeListRow,
  nodeRow,
  onlineOnce,
  poolsByGuest,
  storageRow,
  storagesByNode,
} from "../../resources.js";
import type { Simulation } from "../../simulation.js";
import type { Guest } from "../../world/guest.js";

function resources(call: Call): Json {
  const type = call.params["type"];
  const wanted = (kind: string): boolean => type === undefined || type === kind;
  const pools = poolRows(call);
  const guests = guestRows(call, pools);
  const { simulation, rights, cluster } = call;
  const members = memberNames(simulation, call.node);
  return [
    ...(wanted("pool") ? pools.values() : []),
    ...(wanted("vm") ? guests : []),
    ...(wanted("node") ? members.map((name) => nodeResource(call, name)) : []),
    ...(wanted("storage")
      ? storagesByNode(cluster, members)
          .filter(({ storage }) => rights.has(`/storage/${storage.id}`, "Datastore.Audit"))
          .map(({ storage, node }) => storageRow(simulation, storage, node))
      : []),
    ...(wanted("network") && rights.has("/sdn/zones/localnetwork", "SDN.Audit") ? members.map(localNetwork) : []),
  ];
}

function nodeResource(call: Call, name: string): ResourceRow {
  const row = nodeRow(call.simulation, name, call.rights.has(`/nodes/${name}`, "Sys.Audit"), call.node);
  return { ...row, "cgroup-mode": 2 };
}

function localNetwork(node: string): ResourceRow {
  return {
    ...{ id: `network/${node}/zone/localnetwork`, type: "network", "network-type": "zone" },
    ...{ network: "localnetwork", node, status: "ok" },
  };
}

function poolRows(call: Call): Map<string, ResourceRow> {
  const names = Object.keys(call.cluster.pools).sort();
  const seen = names.filter((name) => call.rights.has(`/pool/${name}`, "Pool.Audit"));
  return new Map(seen.map((name) => [name, { id: `/pool/${name}`, pool: name, type: "pool" }]));
}

/** The caller's guests; those that run add to their pool's row, seen or not. */
function guestRows(call: Call, pools: Map<string, ResourceRow>): ResourceRow[] {
  const rows: ResourceRow[] = [];
  const poolOf = poolsByGuest(call.cluster);
  const isUp = onlineOnce(call.simulation);
  for (const guest of Object.values(call.cluster.guests)) {
    const row = reportedRow(call.simulation, guest, isUp);
    const pool = poolOf.get(guest.vmid);
    const sum = pool === undefined ? undefined : pools.get(pool);
    if (sum && row["uptime"]) addUsage(sum, row);
    if (!call.rights.has(`/vms/${guest.vmid}`, "VM.Audit")) continue;
    for (const key of ["lock", "tags"]) if (guest.config[key] !== undefined) row[key] = guest.config[key];
    if (pool !== undefined && call.rights.has(`/pool/${pool}`, "Pool.Audit")) row["pool"] = pool;
    Object.assign(row, listedState(call.cluster, guest.type, guest.vmid));
    rows.push(row);
  }
  return rows;
}

/** What a node last reported of a guest: nothing yet of one that is newer than the last report. */
function reportedRow(simulation: Simulation, guest: Guest, isUp: (name: string) => boolean): ResourceRow {
  const lag = condition("lag");
  if (!lag) return guestRow(simulation, guest, isUp);
  const row = lastReported(simulation, guest, lag.seconds * 1000);
  const { vmid, type, node } = guest;
  return row ? { ...row } : { id: `${type}/${vmid}`, vmid, node, type, status: "unknown" };
}

function addUsage(sum: ResourceRow, row: ResourceRow): void {
  const of = (from: ResourceRow, key: string): number => Number(from[key] ?? 0);
  const [oldMax, max] = [of(sum, "maxcpu"), of(row, "maxcpu")];
  sum["uptime"] = Math.max(of(sum, "uptime"), of(row, "uptime"));
  sum["cpu"] = (of(sum, "cpu") * oldMax + of(row, "cpu") * max) / (oldMax + max);
  for (const key of ["mem", "maxmem", "maxcpu"]) sum[key] = of(sum, key) + of(row, key);
}

export const resourceRoutes: Routes = {
  "GET /cluster/resources": resources,
  "GET /nodes": (call) =>
    memberNames(call.simulation, call.node).map((name) =>
      nodeListRow(call.simulation, name, call.rights.has(`/nodes/${name}`, "Sys.Audit"), call.node),
    ),
};
