import { isLinked, liveMembers } from "./corosync.js";
import { shownFingerprint } from "./http/served-certificate.js";
import { nodeState } from "./node/node-state.js";
import { storageStatus } from "./storage/activation.js";
import { isEnabled, storages } from "./storage/sections.js";
import type { Storage } from "./storage/types.js";
import type { ResourceRow } from "./resource-row.js";
import type { Simulation } from "./simulation.js";
import type { Guest } from "./world/guest.js";
import type { Cluster, NodeState } from "./world/world.js";

const MiB = 2 ** 20;

/** The names of a cluster's nodes: those of corosync.conf, or the standalone node itself. */
export function memberNames(simulation: Simulation, node: NodeState): string[] {
  const { corosync } = simulation.clusterOf(node);
  return corosync ? liveMembers(corosync) : [node.name];
}

/** Whether a node is seen as a member that is up, by another or, if none is named, by any other. */
export function isOnline(simulation: Simulation, name: string, from?: NodeState): boolean {
  if (name === from?.name) return true;
  const node = simulation.world.nodes[name];
  const state = node && nodeState(node);
  if (from?.corosyncStopped) return from.corosyncStopped.seen.includes(name);
  if (node?.corosyncStopped || node?.filesAway) return false;
  if (from?.state === "isolated" || !node || (state !== "online" && state !== "stopped")) return false;
  // One that is only on the list, as after a join that was broken off, is seen by nobody there.
  if (from && from.cluster !== node.cluster) return false;
  const { corosync } = simulation.clusterOf(node);
  if (!corosync) return true;
  const others = from ? [from] : liveMembers(corosync).flatMap((other) => simulation.world.nodes[other] ?? []);
  const seeing = others.filter((other) => other !== node && other.cluster === node.cluster && other.state !== "off");
  return seeing.length === 0 || seeing.some((other) => isLinked(simulation.world, corosync, other, node));
}

/** The same for a list of many guests: each node is looked at once. */
export function onlineOnce(simulation: Simulation): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const online = known.get(name) ?? isOnline(simulation, name);
    known.set(name, online);
    return online;
  };
}

export function nodeRow(simulation: Simulation, name: string, audit: boolean, from?: NodeState): ResourceRow {
  const node = simulation.world.nodes[name];
  const online = isOnline(simulation, name, from);
  const row: ResourceRow = {
    id: `node/${name}`,
    node: name,
    type: "node",
    status: node?.silentStatistics ? "unknown" : online ? "online" : "offline",
    level: "",
  };
  if (!node || !audit) return row;
  const { cpus, memory, memoryUsed, rootTotal, rootUsed } = node.hardware;
  const full = { maxcpu: cpus, maxmem: memory, maxdisk: rootTotal };
  if (!online) return { ...row, ...full };
  const uptime = Math.floor((simulation.clock.now() - node.booted) / 1000);
  return { ...row, ...full, uptime, cpu: 0.01, mem: memoryUsed, disk: rootUsed };
}

/** The row of GET /nodes: with the fingerprint of the certificate that the node has, if not that it serves. */
export function nodeListRow(simulation: Simulation, name: string, audit: boolean, from?: NodeState): ResourceRow {
  const row = nodeRow(simulation, name, audit, from);
  const machine = simulation.world.nodes[name];
  const isHere = machine !== undefined && (from === undefined || machine.cluster === from.cluster);
  const kept = from && simulation.clusterOf(from).keptCertificates?.[name];
  const pin = isHere ? shownFingerprint(simulation, name) : kept;
  return pin === undefined ? row : { ...row, ssl_fingerprint: pin };
}

/** A guest as pvestatd broadcasts it. */
export function guestRow(
  simulation: Simulation,
  guest: Guest,
  isUp = (name: string): boolean => isOnline(simulation, name),
): ResourceRow {
  const { vmid, type, config, node } = guest;
  if (!isUp(node)) return { id: `${type}/${vmid}`, vmid, node, type, status: "unknown" };
  const running = guest.running !== undefined;
  const memory = Number(/^(?:current=)?(\d+)/.exec(config["memory"] ?? "")?.[1] ?? 512) * MiB;
  const configured = Number(config["sockets"] ?? 1) * Number(config["cores"] ?? 1);
  const cpus = Math.min(configured, simulation.world.nodes[node]?.hardware.cpus ?? configured);
  return {
    id: `${type}/${vmid}`,
    vmid,
    node,
    type,
    status: running ? "running" : "stopped",
    name: config["name"] ?? `VM ${vmid}`,
    template: Number(config["template"] ?? 0),
    maxcpu: Number(config["vcpus"] ?? cpus),
    maxmem: memory,
    maxdisk: bootDiskSize(config),
    uptime: guest.running ? Math.floor((simulation.clock.now() - guest.running.since) / 1000) : 0,
    cpu: 0,
    mem: running ? Math.floor(memory / 4) : 0,
    memhost: running ? Math.floor(memory / 4) : 0,
    disk: 0,
    netin: 0,
    netout: 0,
    diskread: 0,
    diskwrite: 0,
  };
}

/** The size of the first disk that is booted from. */
function bootDiskSize(config: Readonly<Record<string, string>>): number {
  const order = /order=([^,]*)/.exec(config["boot"] ?? "")?.[1]?.split(";") ?? [];
  for (const key of config["bootdisk"] === undefined ? order : [config["bootdisk"]]) {
    const drive = config[key] ?? "";
    if (!/^(ide|sata|scsi|virtio)\d+$/.test(key) || drive.includes("media=cdrom")) continue;
    return parseSize(/(?:^|,)size=([^,]+)/.exec(drive)?.[1] ?? "0");
  }
  return 0;
}

function parseSize(text: string): number {
  const [, number = "0", unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)/.exec(text) ?? [];
  return Math.floor(Number(number) * 1024 ** (unit === "" ? 0 : "KMGT".indexOf(unit) + 1));
}

export function storageRow(simulation: Simulation, storage: Storage, node: string): ResourceRow {
  const status = isOnline(simulation, node) ? storageStatus(simulation.world, node, storage) : undefined;
  const row: ResourceRow = {
    id: `storage/${node}/${storage.id}`,
    ...{ storage: storage.id, node, type: "storage", plugintype: storage.type },
    shared: storage.options["shared"] ? 1 : 0,
    content: storage.content.join(","),
    status: "unknown",
  };
  return status?.active ? { ...row, status: "available", maxdisk: status.total, disk: status.used } : row;
}

/** Every storage of a cluster with the nodes that may use it. */
export function storagesByNode(cluster: Cluster, nodes: readonly string[]): { storage: Storage; node: string }[] {
  return storages(cluster).flatMap((storage) =>
    nodes.filter((node) => isEnabled(storage, node)).map((node) => ({ storage, node })),
  );
}

/** The pools of all guests that are in one. */
export function poolsByGuest(cluster: Cluster): ReadonlyMap<number, string> {
  const pools = new Map<number, string>();
  for (const [name, { vms }] of Object.entries(cluster.pools))
    for (const vmid of vms) if (!pools.has(vmid)) pools.set(vmid, name);
  return pools;
}

/** The pool of a guest. */
export function poolOf(cluster: Cluster, vmid: number): string | undefined {
  return Object.keys(cluster.pools).find((name) => cluster.pools[name]?.vms.includes(vmid));
}

/** Puts a guest into a pool; it may have been put there before it existed. */
export function joinPool(cluster: Cluster, name: string, vmid: number): void {
  const pool = cluster.pools[name];
  if (pool && !pool.vms.includes(vmid)) pool.vms.push(vmid);
}
