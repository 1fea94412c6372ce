import { isProxmoxError, wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import { votesOf, type ClusterView } from "../cluster-view";
import { deadBesideQdevice, withoutQdevice } from "../qdevice/two-nodes";

/** Why a node cannot be taken out of its cluster. Each of these is read as a whole: what fails is thrown, and is not "none". */
export async function whatKeeps(pve: Pve, view: ClusterView, name: string, hasConf: CephConf): Promise<string[]> {
  const [data, jobs, services] = await Promise.all([
    dataOn(pve, view.local, name, hasConf),
    replicationTo(pve, name),
    highAvailability(pve, view, name),
  ]);
  return [...twinOf(view, name), ...votesWithout(view, name), ...data, ...jobs, ...services];
}

/**
 * The same where the whole cluster goes: nobody is left whose quorum or number it could be.
 *
 * @param own the node itself: its HA manager tells when it was there last by that node's clock, which no other one is held
 * against there
 */
export async function whatHolds(
  pve: Pve,
  view: ClusterView,
  name: string,
  hasConf: CephConf,
  own: Pve,
): Promise<string[]> {
  const [data, jobs, services] = await Promise.all([
    dataOn(pve, view.local, name, hasConf),
    replicationTo(pve, name),
    highAvailability(own, view, name),
  ]);
  return [...data, ...jobs, ...services];
}

/** Whether /etc/pve/ceph.conf is there: one for the whole cluster, and no request tells of it where Ceph is not installed. */
type CephConf = () => Promise<boolean>;

/** What would be lost with it: guests and daemons of Ceph. */
export async function dataOn(pve: Pve, local: string, name: string, hasConf: CephConf): Promise<string[]> {
  return (await Promise.all([guestsOn(pve, name), cephOn(pve, local, name, hasConf)])).flat();
}

/** Removing a number ends the corosync that has it, whoever that is. */
function twinOf({ members }: ClusterView, name: string): string[] {
  const id = members.find((one) => one.name === name)?.nodeId;
  const twin = members.find((one) => one.name !== name && one.nodeId === id);
  if (!twin) return [];
  return [
    `it has the node id ${twin.nodeId}, which is that of ${twin.name} too: removing it would end corosync on ${twin.name}. Take its entry out of /etc/pve/corosync.conf by hand, with a higher config_version`,
  ];
}

/** The quorum as it is while the node is away, and still counted: so it is when its corosync has ended. */
function votesWithout(view: ClusterView, name: string): string[] {
  const { local, members, quorate, qdevice } = view;
  if (name === local)
    return [`proxmox:endpoints lead to it, and no node removes itself: set them to nodes that stay in the cluster`];
  if (qdevice) {
    const isAway = members.some((one) => one.name === name && !one.online);
    const dead = isAway ? `. ${deadBesideQdevice(name)}` : "";
    return [`the cluster has a QDevice, which must be away while a node leaves: ${withoutQdevice}${dead}`];
  }
  if (!quorate) return ["the cluster has no quorum: bring nodes back first"];
  const all = votesOf(members);
  const left = votesOf(members.filter((one) => one.name !== name && one.online));
  if (left * 2 > all) return [];
  return [
    `the nodes that stay and are online have ${left} of ${all} votes: without it there would be no quorum. Of two nodes none is taken out, dead or not, before a third one has joined`,
  ];
}

/** Of the whole cluster: those of a node that is away are known too. */
export async function guestsOn(pve: Pve, name: string): Promise<string[]> {
  const rows = await pve.api.cluster.resources.$get({ type: "vm" });
  const own = rows.filter((row) => wire.string(row["node"]) === name).map((row) => wire.string(row["id"]) ?? "");
  return own.length === 0 ? [] : [`it has guests (${own.sort().join(", ")}): move or remove them`];
}

async function replicationTo(pve: Pve, name: string): Promise<string[]> {
  const rows = wire.list(await pve.api.cluster.replication.$get());
  const jobs = rows
    .filter((row) => [row["target"], row["source"]].some((node) => wire.string(node) === name))
    .map((row) => wire.string(row["id"]) ?? "");
  return jobs.length === 0 ? [] : [`replication jobs lead to it or from it (${jobs.sort().join(", ")}): remove them`];
}

/**
 * A local resource manager holds the watchdog unless it is idle: it would reset the machine when corosync ends there. In
 * maintenance, or without its lock, it is not idle. Of a node that is away it resets nothing any more.
 */
async function highAvailability(pve: Pve, { members }: ClusterView, name: string): Promise<string[]> {
  const rows = wire.list(await pve.api.cluster.ha.status.current.$get());
  const own = rows.filter((row) => wire.string(row["node"]) === name);
  const services = own.filter(({ type }) => type === "service").map((row) => wire.string(row["sid"]) ?? "");
  const isOnline = members.find((one) => one.name === name)?.online !== false;
  const states = own.filter(({ type }) => type === "lrm").map(({ status }) => wire.string(status) ?? "");
  const active = isOnline && states.some((status) => !isIdle(status));
  const drifts = states.some((status) => status.includes(drift));
  return [
    ...(services.length === 0 ? [] : [`it has HA services (${services.sort().join(", ")}): move or remove them`]),
    ...(active && services.length === 0
      ? [
          drifts
            ? "whether its HA manager is idle is not known, because its clock is ahead of that of the node that was asked: set the clocks, or it would be reset where it is not"
            : "its HA manager is not idle, and would reset it: wait until it is idle (ha-manager status)",
        ]
      : []),
  ];
}

const drift = "detected time drift";

/**
 * One that has lost its lock, and one that tells a time to come, are said to have their watchdogs in standby too: the first
 * one's is about to fire, and the other one's may well be held (`status` in PVE/API2/HA/Status.pm).
 */
function isIdle(status: string): boolean {
  return (
    !status.includes("lost_agent_lock") &&
    !status.includes(drift) &&
    / \((?:idle|old timestamp)\b|watchdog (?:standby|released)/.test(status)
  );
}

/** Daemons by what Ceph and ceph.conf know of them, running or not; OSDs by their host, and by their place in the CRUSH map. */
async function cephOn(pve: Pve, local: string, name: string, hasConf: CephConf): Promise<string[]> {
  const { ceph } = pve.api.nodes.$(local);
  const first = await ifAny(async () => wire.list(await ceph.mon.$get()), hasConf);
  if (first === "none") return [];
  if (first === "hidden")
    return [
      `Ceph is configured (/etc/pve/ceph.conf), and not installed on ${local}, which cannot tell what of it is on ${name}: set proxmox:endpoints to a node with Ceph`,
    ];
  const [managers, servers, tree, all] = await Promise.all([
    ceph.mgr.$get().then(wire.list),
    ceph.mds.$get().then(wire.list),
    ceph.osd.$get().then(wire.object),
    pve.api.cluster.ceph.metadata.$get({ scope: "all" }).then(wire.object),
  ]);
  const here = (rows: readonly wire.WireObject[]): boolean =>
    rows.some((row) => wire.string(row["host"]) === name || wire.string(row["name"]) === name);
  const byHost = wire.list(all["osd"]).filter((row) => wire.string(row["hostname"]) === name);
  const osds = new Set([
    ...osdsUnder((tree["root"] ?? {}) as wire.WireObject, name),
    ...byHost.map((row) => `osd.${String(row["id"])}`),
  ]);
  return [
    ...(here(first) ? ["it has a Ceph monitor: remove it"] : []),
    ...(here(managers) ? ["it has a Ceph manager: remove it"] : []),
    ...(here(servers) ? ["it has a Ceph metadata server: remove it"] : []),
    ...(osds.size === 0 ? [] : [`it has Ceph OSDs (${[...osds].sort().join(", ")}): remove them`]),
  ];
}

function osdsUnder(bucket: wire.WireObject, host: string, within = false): string[] {
  const inside = within || (bucket["type"] === "host" && wire.string(bucket["name"]) === host);
  const own = inside && bucket["type"] === "osd" ? [wire.string(bucket["name"]) ?? `osd.${String(bucket["id"])}`] : [];
  const children = Array.isArray(bucket["children"]) ? (bucket["children"] as wire.WireObject[]) : [];
  return [...own, ...children.flatMap((child) => osdsUnder(child, host, inside))];
}

/**
 * Without /etc/pve/ceph.conf, which is one for all members, there is no Ceph. That the node which answers has no packages
 * says nothing of the others: then the file itself is looked at. Any other failure is thrown.
 */
async function ifAny<T>(read: () => Promise<T>, hasConf: CephConf): Promise<T | "none" | "hidden"> {
  try {
    return await read();
  } catch (error) {
    if (isProxmoxError(error, "not-found") && error.message.includes("missing '/etc/pve/ceph.conf'")) return "none";
    if (isProxmoxError(error, "unsupported")) return (await hasConf()) ? "hidden" : "none";
    throw error;
  }
}
