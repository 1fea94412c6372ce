import { die, paramError } from "../../errors.js";
import type { Call, Handler, Routes } from "../../call.js";
import { digestOf } from "../../random.js";

/** The digest of a file that is not there. */
export const emptyDigest = digestOf("");

const empty: Handler = () => [];

const noJob: Handler = (call) => {
  throw paramError({ id: `No such job '${call.text("id")}'` });
};

/**
 * What is said of a manager that is active and has just told so by its own clock: whoever answers compares that with his
 * own, and where they differ he takes its watchdog for one in standby (`$timestamp_to_status` in PVE/API2/HA/Status.pm).
 */
function activeByClocks({ node, simulation }: Call, of: string): string {
  const behind = (node.clockOffset ?? 0) - (simulation.world.nodes[of]?.clockOffset ?? 0);
  if (behind > 30) return "old timestamp - dead?, watchdog standby";
  return behind < -2 ? "detected time drift!, watchdog standby" : "active, watchdog active";
}

/** Local resource managers that are active, and services (`status` in PVE/API2/HA/Status.pm). */
const highAvailability = (call: Call) => [
  ...(call.cluster.haActive ?? []).map((node) => ({
    ...{ id: `lrm:${node}`, type: "lrm", node, timestamp: 0 },
    status: `${node} (${activeByClocks(call, node)}, Thu Jan  1 00:00:00 2026)`,
  })),
  // Not active, and so said to have its watchdog in standby: it is not fed any more, and fires.
  ...(call.cluster.haLockLost ?? []).map((node) => ({
    ...{ id: `lrm:${node}`, type: "lrm", node, timestamp: 0 },
    status: `${node} (lost_agent_lock, watchdog standby, Thu Jan  1 00:00:00 2026)`,
  })),
  ...Object.entries(call.cluster.haServices ?? {}).map(([sid, { node, state }]) => ({
    ...{ id: `service:${sid}`, type: "service", sid, state, status: `${sid} (${node ?? "---"}, ${state})` },
    ...(node === undefined ? {} : { node }),
  })),
];

/** ACME, HA, metrics and replication. */
export const clusterReads: Routes = {
  "GET /cluster/acme/account": empty,
  "GET /cluster/acme/account/{name}": (call) => {
    throw paramError({ name: `ACME account config file '${call.params["name"] ?? "default"}' does not exist.` });
  },
  "GET /cluster/acme/plugins": () => [{ plugin: "standalone", type: "standalone", digest: emptyDigest }],
  "GET /cluster/acme/plugins/{id}": (call) => {
    const id = call.text("id");
    if (id === "standalone") return { plugin: "standalone", type: "standalone", digest: emptyDigest };
    throw die(`ACME plugin '${id}' not defined`);
  },
  "GET /cluster/ha/groups": () => {
    throw die("cannot index groups: ha groups have been migrated to rules");
  },
  "GET /cluster/ha/groups/{group}": () => {
    throw die("cannot read group: ha groups have been migrated to rules");
  },
  "GET /cluster/ha/resources": empty,
  "GET /cluster/ha/rules": empty,
  "GET /cluster/ha/status/current": (call) => {
    const quorate = call.simulation.isQuorate(call.node) ? 1 : 0;
    const status = quorate ? "OK" : "No quorum on node '" + call.node.name + "'!";
    return [
      { id: "quorum", type: "quorum", node: call.node.name, status, quorate },
      {
        ...{ id: "fencing", type: "fencing", node: call.node.name },
        ...{ status: "standby (CRM watchdog standby)", "armed-state": "standby" },
      },
      ...highAvailability(call),
    ];
  },
  "GET /cluster/ha/status/manager_status": (call) => ({
    quorum: { node: call.node.name, quorate: call.simulation.isQuorate(call.node) ? "1" : "0" },
    manager_status: { node_status: {} },
  }),
  "GET /cluster/jobs/realm-sync": empty,
  "GET /cluster/jobs/realm-sync/{id}": noJob,
  "GET /cluster/metrics/server": empty,
  "GET /cluster/replication": ({ cluster }) => (cluster.replication ?? []).map((job) => ({ ...job })),
  "GET /nodes/{node}/replication": empty,
};
