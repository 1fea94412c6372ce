import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import { clientReaches } from "./fabric.js";
import { applyInterfaces } from "./node-network.js";

/** `ifreload -a`: the kernel gets what /etc/network/interfaces says now; whoever is cut off by it loses the connection. */
export function reloadNetwork(simulation: Simulation, node: NodeState): void {
  node.network.running = node.network.interfaces;
  hangUp(simulation, node);
}

/** What the reload task does: `ifreload` reads the file at once, and the kernel may have it later. */
export function beginReload(simulation: Simulation, node: NodeState): void {
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
    hangUp(simulation, node);
  });
}

/** Ends the open connections of a node that the client cannot reach any more. */
function hangUp(simulation: Simulation, node: NodeState): void {
  if (clientReaches(simulation.world, node)) return;
  for (const end of simulation.connections.get(node.name) ?? []) end();
}

/** A boot takes up staged changes (pvenetcommit.service), and forgets what was set by hand. */
export function bootNetwork({ network }: NodeState): void {
  applyInterfaces(network);
  delete network.running;
  delete network.reloading;
  for (const port of network.ports) delete port.addresses;
}
