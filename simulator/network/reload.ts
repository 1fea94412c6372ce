import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import { clientReaches } from "./fabric.js";
import { prepareDhcp } from "../sdn/dhcp.js";
import { generateSdn } from "../sdn/node-sdn.js";
import type { TaskRun } from "../tasks.js";
import { applyInterfaces } from "./node-network.js";

/** The task of a reload: what is staged becomes the file, SDN's file is written anew, and `ifreload` reads both. */
export function* reloadTask(simulation: Simulation, node: NodeState, task: TaskRun): Generator<number, void, void> {
  // the file first, whatever becomes of the rest
  const { network } = node;
  if (network.slowReload !== undefined) network.running ??= network.interfaces;
  applyInterfaces(network);
  yield 500;
  const sdn = generateSdn(simulation.clusterOf(node), node, (line) => task.log(line));
  if (sdn) network.sdn = sdn;
  prepareDhcp(simulation.clusterOf(node), node);
  yield 100;
  beginReload(simulation, node);
  yield 500;
}

/** `ifreload -a`: the kernel gets what /etc/network/interfaces says now; whoever is cut off by it loses the connection. */
export function reloadNetwork(simulation: Simulation, node: NodeState): void {
  node.network.running = node.network.interfaces;
  takeSdn(node);
  hangUp(simulation, node);
}

/** What the reload task does: `ifreload` reads the file at once, and the kernel may have it later. */
function beginReload(simulation: Simulation, node: NodeState): void {
  const { network } = node;
  const { slowReload } = network;
  if (slowReload === undefined) return reloadNetwork(simulation, node);
  delete network.slowReload;
  const reloading = { text: network.interfaces, until: simulation.clock.now() + slowReload };
  network.reloading = reloading;
  simulation.clock.schedule(slowReload, () => {
    if (network.reloading !== reloading) return;
    delete network.reloading;
    network.running = reloading.text;
    takeSdn(node);
    hangUp(simulation, node);
  });
}

/** It reads the file of SDN too. */
function takeSdn({ network }: NodeState): void {
  if (network.sdn) network.sdnRunning = network.sdn;
}

/** Ends the open connections of a node that the client cannot reach any more. */
function hangUp(simulation: Simulation, node: NodeState): void {
  if (clientReaches(simulation.world, node)) return;
  for (const end of simulation.connections.get(node.name) ?? []) end();
}

/** A boot takes up staged changes (pvenetcommit.service), and forgets what was set by hand. */
export function bootNetwork(node: NodeState): void {
  const { network } = node;
  applyInterfaces(network);
  delete network.running;
  delete network.reloading;
  takeSdn(node);
  for (const port of network.ports) delete port.addresses;
}
