import type { Call } from "../call.js";
import type { Ha, HaService } from "../world/ha.js";
import type { Cluster } from "../world/world.js";
import { haOf } from "./ha-files.js";

/** A moment as Perl's `localtime` prints it, of a node whose zone is UTC. */
function timeText(seconds: number): string {
  const [day, date, month, year, time] = new Date(seconds * 1000).toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${String(Number(date)).padStart(2)} ${time} ${year}`;
}

/**
 * What is said of a manager that is active and has just told so by its own clock: whoever answers compares that with his
 * own, and where they differ he takes its watchdog for one in standby (`$timestamp_to_status` in PVE/API2/HA/Status.pm).
 */
function activeByClocks({ node, simulation }: Call, of: string): string {
  const behind = (node.clockOffset ?? 0) - (simulation.world.nodes[of]?.clockOffset ?? 0);
  if (behind > 30) return "old timestamp - dead?, watchdog standby";
  return behind < -2 ? "detected time drift!, watchdog standby" : "active, watchdog active";
}

/** `get_verbose_service_state` in PVE/HA/Tools.pm. */
function verboseState(service: HaService | undefined, requested: string | undefined, isThere: boolean): string {
  if (requested === undefined) return "deleting";
  if (requested === "ignored") return "ignored";
  if (!isThere) return "not found";
  if (!service) return "queued";
  const { state, running } = service;
  if (state === "stopped") return requested === "started" ? "starting" : requested === "disabled" ? "disabled" : state;
  if (state === "started" && !running) return "starting";
  if (state === "started" && (requested === "stopped" || requested === "disabled")) return "stopping";
  if (state === "error" && requested === "disabled") return "clearing error flag";
  return state;
}

/** What was asked for, with Proxmox's defaults. */
const requested = ({ resources }: Ha, sid: string): string | undefined => {
  const resource = resources[sid];
  if (!resource) return undefined;
  return resource["state"] === undefined || resource["state"] === "enabled" ? "started" : resource["state"];
};

function serviceRow(cluster: Cluster, sid: string) {
  const ha = haOf(cluster);
  const service = ha.manager?.services[sid];
  const resource = ha.resources[sid];
  const guest = cluster.guests[sid.split(":")[1] ?? ""];
  const node = service?.node ?? (resource ? guest?.node : undefined);
  const state = verboseState(service, requested(ha, sid), guest !== undefined);
  const { max_restart = "1", max_relocate = "1", failback = "1", comment } = resource ?? {};
  return {
    ...{ id: `service:${sid}`, type: "service", sid, state, status: `${sid} (${node ?? "---"}, ${state})` },
    ...(node === undefined ? {} : { node }),
    ...(service ? { crm_state: service.state } : {}),
    ...(resource
      ? {
          request_state: requested(ha, sid) ?? "started",
          max_restart: Number(max_restart),
          max_relocate: Number(max_relocate),
          failback: Number(failback),
          ...(comment === undefined ? {} : { comment }),
        }
      : {}),
  };
}

/** `GET /cluster/ha/status/current` (`status` in PVE/API2/HA/Status.pm). */
export function currentStatus(call: Call) {
  const { cluster, node } = call;
  const ha = haOf(cluster);
  const { manager } = ha;
  const quorate = call.simulation.isQuorate(node) ? 1 : 0;
  const hasWork = Object.keys(ha.resources).length > 0 || Object.keys(manager?.services ?? {}).length > 0;
  // A master without services stops feeding its watchdog.
  const armed = manager !== undefined && hasWork && quorate === 1;
  const armedState = armed ? "armed" : "standby";
  const active = [...new Set([...(cluster.haActive ?? []), ...Object.keys(ha.active)])];
  const lost = cluster.haLockLost ?? [];
  const seen = [...new Set([...active, ...lost, ...Object.keys(manager?.nodes ?? {})])].sort();
  const lrm = (name: string, status: string, timestamp = manager?.timestamp ?? 0) => ({
    ...{ id: `lrm:${name}`, type: "lrm", node: name, timestamp },
    status: `${name} (${status}, ${timeText(timestamp)})`,
  });
  return [
    {
      ...{ id: "quorum", type: "quorum", node: node.name, quorate },
      status: quorate ? "OK" : `No quorum on node '${node.name}'!`,
    },
    ...(manager
      ? [
          {
            ...{ id: "master", type: "master", node: manager.master, timestamp: manager.timestamp },
            status: `${manager.master} (${armed ? "active" : "idle"}, ${timeText(manager.timestamp)})`,
          },
        ]
      : []),
    {
      ...{ id: "fencing", type: "fencing", node: manager?.master ?? node.name },
      ...{ status: `${armedState} (CRM watchdog ${armed ? "active" : "standby"})`, "armed-state": armedState },
    },
    ...seen.map((name) => {
      if (active.includes(name)) return lrm(name, activeByClocks(call, name));
      // Not active, and so said to have its watchdog in standby: it is not fed any more, and fires.
      return lrm(name, lost.includes(name) ? "lost_agent_lock, watchdog standby" : "idle, watchdog standby");
    }),
    ...[...new Set([...Object.keys(manager?.services ?? {}), ...Object.keys(ha.resources)])]
      .sort()
      .map((sid) => serviceRow(cluster, sid)),
    ...Object.entries(cluster.haServices ?? {}).map(([sid, { node: at, state }]) => ({
      ...{ id: `service:${sid}`, type: "service", sid, state, status: `${sid} (${at ?? "---"}, ${state})` },
      ...(at === undefined ? {} : { node: at }),
    })),
  ];
}

/** `GET /cluster/ha/status/manager_status`: the file, and that of each local resource manager. */
export function managerStatus({ cluster, node, simulation }: Call) {
  const { manager, active } = haOf(cluster);
  const quorum = { node: node.name, quorate: simulation.isQuorate(node) ? "1" : "0" };
  if (!manager) return { quorum, manager_status: { node_status: {} } };
  const services = Object.entries(manager.services).map(([sid, { state, node: at, target, running }]) => [
    sid,
    { state, node: at, ...(target === undefined ? {} : { target }), ...(running ? { running: 1 } : {}) },
  ]);
  const { master, timestamp, nodes } = manager;
  return {
    quorum,
    manager_status: {
      ...{ master_node: master, timestamp, node_status: { ...nodes } },
      service_status: Object.fromEntries(services) as Record<string, { state: string; node: string }>,
    },
    lrm_status: Object.fromEntries(
      Object.keys(nodes).map((name) => [
        name,
        {
          mode: "active",
          state: active[name] === undefined ? "wait_for_agent_lock" : "active",
          timestamp,
          results: {},
        },
      ]),
    ),
  };
}
