import { nodeState } from "../node/node-state.js";
import { serviceState } from "../node/services.js";
import type { Simulation } from "../simulation.js";
import type { Cluster, NodeState, World } from "../world/world.js";
import { compile } from "./compile.js";
import { whyRefused } from "./kernel-refusals.js";
import { sourcesOf } from "./sources-of.js";

/** pve-firewall looks at its files every ten seconds (PVE/Service/pve_firewall.pm). */
const period = 10_000;

const isRunning = (node: NodeState): boolean => serviceState(node, "pve-firewall", true).state === "running";

/** Milliseconds until the node's pve-firewall looks next: each node's has a rhythm of its own. */
function untilNextLook(simulation: Simulation, node: NodeState): number {
  const own = [...node.name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % period, node.booted % period);
  return period - ((((simulation.clock.now() - own) % period) + period) % period);
}

const waiting = new WeakMap<Simulation, Set<string>>();

/** Lets the node's pve-firewall look when its time has come; with the clock `immediate` that is at once. */
function lookSoon(simulation: Simulation, node: NodeState): void {
  if (simulation.clock.mode === "immediate") look(simulation, node);
  else lookLater(simulation, node);
}

function lookLater(simulation: Simulation, node: NodeState): void {
  const names = waiting.get(simulation) ?? new Set<string>();
  waiting.set(simulation, names);
  if (names.has(node.name)) return;
  names.add(node.name);
  simulation.clock.schedule(untilNextLook(simulation, node), () => {
    names.delete(node.name);
    look(simulation, node);
  });
}

/**
 * What pve-firewall does when it looks: the packet filter becomes what the files say. A node without quorum has the files of
 * before, and looks again; what it starts with there is what the files say, for what others have written since is not told
 * apart.
 */
function look(simulation: Simulation, node: NodeState): void {
  if (nodeState(node) === "off") return;
  if (!isRunning(node)) return clearFilter(node);
  if (!simulation.isQuorate(node)) {
    lookLater(simulation, node);
    if (node.firewall) return;
  }
  const enable = readFiles(simulation.clusterOf(node), node, simulation.clock.seconds() + (node.clockOffset ?? 0));
  // what counts for a minute ends by itself
  if (enable > 1) lookLater(simulation, node);
}

/**
 * Makes the packet filter of what the files say now; returns what `enable` is. What the kernel refuses leaves the filter as
 * it was.
 */
function readFiles(cluster: Cluster, node: NodeState, seconds: number): number {
  const read = { seconds, files: { ...cluster.firewallFiles } };
  const sources = sourcesOf(cluster, node, read);
  const compiled = compile(sources);
  if (!compiled) clearFilter(node);
  else if (whyRefused(compiled) === undefined) node.firewall = read;
  return Number(sources.cluster.options["enable"] ?? 0);
}

/** The same on all nodes of a world that nothing moves: for who asks what files would do. `seconds`: of all clocks. */
export function readFirewalls(world: World, seconds: number): void {
  for (const node of Object.values(world.nodes)) {
    const cluster = world.clusters[node.cluster];
    if (cluster && isRunning(node)) readFiles(cluster, node, seconds);
  }
}

/** Nothing is filtered: pve-firewall takes its chains away when it ends, or is switched off. */
function clearFilter(node: NodeState): void {
  delete node.firewall;
}

/** Files were written: the nodes of the cluster find out. */
export function filesChanged(simulation: Simulation, cluster: Cluster): void {
  for (const node of Object.values(simulation.world.nodes))
    if (simulation.clusterOf(node) === cluster) lookSoon(simulation, node);
}

/** `update` of PVE/Firewall.pm: the node's filter follows at once. */
export function updateNow(simulation: Simulation, node: NodeState): void {
  look(simulation, node);
}

/** pve-firewall was started, restarted or stopped. */
export function serviceCommanded(simulation: Simulation, node: NodeState): void {
  look(simulation, node);
}

/** After a boot, and when the simulator starts: the daemon reads what is there. */
export function startFirewall(simulation: Simulation, node: NodeState): void {
  clearFilter(node);
  look(simulation, node);
}

/** Goes on with a world that was saved: what a node has not read yet it reads when its time has come. */
export function resumeFirewalls(simulation: Simulation): void {
  for (const node of Object.values(simulation.world.nodes)) {
    if (simulation.clusterOf(node).firewallFiles && !node.firewall) look(simulation, node);
    else if (node.firewall) lookSoon(simulation, node);
  }
}
