import { isProxmoxError, wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { ClusterView } from "../cluster-view";

/** Why a node cannot be taken out of its cluster. Each of these is read as a whole: what fails is thrown, and is not "none". */
export async function whatKeeps(pve: Pve, view: ClusterView, name: string): Promise<string[]> {
  const [guests, jobs, services, ceph] = await Promise.all([
    guestsOn(pve, name),
    replicationTo(pve, name),
    highAvailability(pve, name),
    cephOn(pve, view.local, name),
  ]);
  return [...votesWithout(view, name), ...guests, ...jobs, ...services, ...ceph];
}

/** The quorum as it is while the node is away, and still counted: so it is when its corosync has ended. */
function votesWithout(view: ClusterView, name: string): string[] {
  const { local, members, quorate, qdevice } = view;
  if (name === local)
    return [`proxmox:endpoints lead to it, and no node removes itself: set them to nodes that stay in the cluster`];
  if (qdevice)
    return [
      "the cluster has a QDevice, which must be away while a node leaves: pvecm qdevice remove, and set it up again",
    ];
  if (!quorate) return ["the cluster has no quorum: bring nodes back first"];
  const sum = (list: typeof members): number => list.reduce((votes, one) => votes + one.votes, 0);
  const all = sum(members);
  const left = sum(members.filter((one) => one.name !== name && one.online));
  if (left * 2 > all) return [];
  return [`the nodes that stay and are online have ${left} of ${all} votes: without it there would be no quorum`];
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

/** A local resource manager that is active holds the watchdog: it would reset the machine when corosync ends there. */
async function highAvailability(pve: Pve, name: string): Promise<string[]> {
  const rows = wire.list(await pve.api.cluster.ha.status.current.$get());
  const own = rows.filter((row) => wire.string(row["node"]) === name);
  const services = own.filter(({ type }) => type === "service").map((row) => wire.string(row["sid"]) ?? "");
  const active = own.some(({ type, status }) => type === "lrm" && / \(active\b/.test(wire.string(status) ?? ""));
  return [
    ...(services.length === 0 ? [] : [`it has HA services (${services.sort().join(", ")}): move or remove them`]),
    ...(active && services.length === 0
      ? ["its HA manager is still active, and would reset it: wait until it is idle (ha-manager status)"]
      : []),
  ];
}

/** Daemons by what Ceph and ceph.conf know of them, running or not. */
async function cephOn(pve: Pve, local: string, name: string): Promise<string[]> {
  const { ceph } = pve.api.nodes.$(local);
  const [monitors, managers, metadata, tree] = await Promise.all([
    ifCeph(async () => wire.list(await ceph.mon.$get())),
    ifCeph(async () => wire.list(await ceph.mgr.$get())),
    ifCeph(async () => wire.list(await ceph.mds.$get())),
    ifCeph(async () => wire.object(await ceph.osd.$get())),
  ]);
  const here = (rows: readonly wire.WireObject[] | undefined): boolean =>
    (rows ?? []).some((row) => wire.string(row["host"]) === name || wire.string(row["name"]) === name);
  const osds = osdsUnder((tree?.["root"] ?? {}) as wire.WireObject, name);
  return [
    ...(here(monitors) ? ["it has a Ceph monitor: remove it"] : []),
    ...(here(managers) ? ["it has a Ceph manager: remove it"] : []),
    ...(here(metadata) ? ["it has a Ceph metadata server: remove it"] : []),
    ...(osds.length === 0 ? [] : [`it has Ceph OSDs (${osds.join(", ")}): remove them`]),
  ];
}

function osdsUnder(bucket: wire.WireObject, host: string, within = false): string[] {
  const inside = within || (bucket["type"] === "host" && wire.string(bucket["name"]) === host);
  const own = inside && bucket["type"] === "osd" ? [wire.string(bucket["name"]) ?? `osd.${String(bucket["id"])}`] : [];
  const children = Array.isArray(bucket["children"]) ? (bucket["children"] as wire.WireObject[]) : [];
  return [...own, ...children.flatMap((child) => osdsUnder(child, host, inside))];
}

/** No Ceph was ever configured or installed: Proxmox says so in its own words. Any other failure is thrown. */
async function ifCeph<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isProxmoxError(error, "unsupported", "not-found")) return undefined;
    throw error;
  }
}
