import { nodeState } from "../node/node-state.js";
import { serviceState } from "../node/services.js";
import type { Simulation } from "../simulation.js";
import type { Cluster, NodeState, World } from "../world/world.js";
import { streamsOf } from "../corosync.js";
import { compile } from "./compile.js";
import { keepStreams, stopTracking } from "./connection-tracking.js";
import { whyRefused } from "./kernel-refusals.js";
import { sourcesOf } from "./sources-of.js";

type Daemon = "pve-firewall" | "proxmox-firewall";

/** How often they look at their files (PVE/Service/pve_firewall.pm; run_firewall of proxmox-firewall). */
const periods: Readonly<Record<Daemon, number>> = { "pve-firewall": 10_000, "proxmox-firewall": 5_000 };
const daemons = Object.keys(periods) as Daemon[];

const isRunning = (node: NodeState, daemon: Daemon): boolean => serviceState(node, daemon, true).state === "running";
const isInstalled = (node: NodeState, daemon: Daemon): boolean =>
  serviceState(node, daemon, true)["unit-state"] !== "not-found";

/** Milliseconds until a daemon of the node looks next: each has a rhythm of its own. */
function untilNextLook(simulation: Simulation, node: NodeState, daemon: Daemon): number {
  const period = periods[daemon];
  const own = [...node.name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % period, node.booted % period);
  return period - ((((simulation.clock.now() - own) % period) + period) % period);
}

const waiting = new WeakMap<Simulation, Set<string>>();

/** Lets the node's daemons look when their time has come; with the clock `immediate` that is at once. */
function lookSoon(simulation: Simulation, node: NodeState): void {
  for (const daemon of daemons) {
    if (!isInstalled(node, daemon)) continue;
    if (simulation.clock.mode === "immediate") look(simulation, node, daemon);
    else lookLater(simulation, node, daemon);
  }
}

function lookLater(simulation: Simulation, node: NodeState, daemon: Daemon): void {
  const names = waiting.get(simulation) ?? new Set<string>();
  waiting.set(simulation, names);
  const name = `${node.name} ${daemon}`;
  if (names.has(name)) return;
  names.add(name);
  simulation.clock.schedule(untilNextLook(simulation, node, daemon), () => {
    names.delete(name);
    look(simulation, node, daemon);
  });
}

/**
 * What a daemon does when it looks: the packet filter becomes what the files say. A node without quorum has the files of
 * before, and looks again; what it starts with there is what the files say, for what others have written since is not told
 * apart.
 */
function look(simulation: Simulation, node: NodeState, daemon: Daemon): void {
  if (nodeState(node) === "off") return;
  const now = simulation.clock.now();
  const cluster = simulation.clusterOf(node);
  if (simulation.isQuorate(node)) delete node.filesOfBefore;
  else if (node.firewall) node.filesOfBefore = { files: node.firewall.files, times: node.firewall.times ?? {} };
  if (node.firewallHangs) return;
  if (!isRunning(node, daemon)) return clearFilter(simulation.world, cluster, node, now, daemon);
  if (!simulation.isQuorate(node)) {
    lookLater(simulation, node, daemon);
    if (node.firewall) return;
  }
  const before = node.nftablesAllowed;
  const enable = readFiles(simulation.world, cluster, node, now, daemon);
  // what counts for a minute ends by itself
  if (enable > 1) lookLater(simulation, node, daemon);
  // It looks every five seconds whether it may.
  if (node.nftablesAllowed !== before && isInstalled(node, "proxmox-firewall")) lookSoon(simulation, node);
}

/**
 * Makes the packet filter of what the files say now; returns what `enable` is. What the kernel refuses leaves the filter as
 * it was. Which of the two daemons filters says the option `nftables` of the node, where proxmox-firewall is installed; that one
 * waits until pve-firewall has gone and takes a file away (update_force_nftables_disable_flag).
 */
function readFiles(world: World, cluster: Cluster, node: NodeState, now: number, daemon: Daemon): number {
  const seconds = Math.floor(now / 1000) + (node.clockOffset ?? 0);
  const read = { seconds, files: { ...cluster.firewallFiles }, times: { ...cluster.firewallTimes } };
  const sources = sourcesOf(cluster, node, read);
  const enable = Number(sources.cluster.options["enable"] ?? 0);
  const byNftables = sources.host.options["nftables"] === 1 && isInstalled(node, "proxmox-firewall");
  if (daemon === "pve-firewall") {
    if (enable > 0 && byNftables) node.nftablesAllowed = true;
    else delete node.nftablesAllowed;
  }
  const isMine = (daemon === "proxmox-firewall") === byNftables && (!byNftables || node.nftablesAllowed === true);
  const compiled = isMine ? compile(sources) : undefined;
  if (!compiled) clearFilter(world, cluster, node, now, daemon);
  else if (whyRefused(compiled) === undefined) {
    keepPassing(world, cluster, node, now);
    node.firewall = { ...read, ...(byNftables ? { by: "proxmox-firewall" as const } : {}) };
  }
  return enable;
}

/** The same on all nodes of a world that nothing moves: for who asks what files would do. `seconds`: of all clocks. */
export function readFirewalls(world: World, seconds: number): void {
  for (const node of Object.values(world.nodes)) {
    const cluster = world.clusters[node.cluster];
    if (cluster && isRunning(node, "pve-firewall"))
      readFiles(world, cluster, node, (seconds - (node.clockOffset ?? 0)) * 1000, "pve-firewall");
    // No time has passed, so that nothing was there before.
    delete node.connections;
  }
}

/** Nothing is filtered: a daemon takes its own chains away when it ends, or is switched off. */
function clearFilter(world: World, cluster: Cluster, node: NodeState, now: number, daemon: Daemon): void {
  if (!node.firewall || (node.firewall.by ?? "pve-firewall") !== daemon) return;
  keepPassing(world, cluster, node, now);
  delete node.firewall;
  stopTracking(node, now);
}

const keepPassing = (world: World, { corosync }: Cluster, node: NodeState, now: number): void =>
  keepStreams(node, corosync ? streamsOf(world, corosync, node) : [], now);

/** Files were written: the nodes of the cluster find out. */
export function filesChanged(simulation: Simulation, cluster: Cluster): void {
  for (const node of Object.values(simulation.world.nodes))
    if (simulation.clusterOf(node) === cluster) lookSoon(simulation, node);
}

/** `update` of PVE/Firewall.pm: the node's filter follows at once. */
export function updateNow(simulation: Simulation, node: NodeState): void {
  look(simulation, node, "pve-firewall");
}

/** One of them was started, restarted or stopped. */
export function serviceCommanded(simulation: Simulation, node: NodeState, daemon: Daemon): void {
  look(simulation, node, daemon);
}

/** After a boot, and when the simulator starts: the daemons read what is there. The kernel knows of no connection. */
export function startFirewall(simulation: Simulation, node: NodeState): void {
  delete node.firewall;
  delete node.connections;
  delete node.nftablesAllowed;
  for (const daemon of daemons) if (isInstalled(node, daemon)) look(simulation, node, daemon);
}

/** Goes on with a world that was saved: what a node has not read yet it reads when its time has come. */
export function resumeFirewalls(simulation: Simulation): void {
  for (const node of Object.values(simulation.world.nodes)) {
    if (simulation.clusterOf(node).firewallFiles && !node.firewall)
      for (const daemon of daemons) {
        if (isInstalled(node, daemon)) look(simulation, node, daemon);
      }
    else if (node.firewall) lookSoon(simulation, node);
  }
}
