import { startCorosync } from "../cluster/corosync-daemon.js";
import { renumber } from "../disks/wipe.js";
import { condition } from "../faults.js";
import { startFirewall } from "../firewall/firewall-daemon.js";
import { bootNetwork } from "../network/reload.js";
import { bootKernel } from "../packages/node-packages.js";
import { bootQdevice } from "../qnetd/node-programs.js";
import type { Simulation } from "../simulation.js";
import { bootParameters } from "../ssh/kernel-parameters.js";
import type { NodeState } from "../world/world.js";
import { restartProxy } from "./restart-proxy.js";

/** Milliseconds from the command until the node is gone, and until it is back. */
const shutdownTime = 5_000;
const bootTime = 40_000;

/**
 * Switches a node off, and on again for a reboot. Its guests are stopped; `started` is told when it is up again.
 */
export function powerNode(
  simulation: Simulation,
  node: NodeState,
  command: "reboot" | "shutdown",
  started: () => void,
): void {
  const { clock } = simulation;
  // decided now: a scheduled start is no part of the request any more
  const renamed = condition("disks-renamed", (fault) => fault.node === undefined || fault.node === node.name);
  const boot = (): void => {
    if (renamed) renumber(node);
    switchOn(simulation, node);
    started();
  };
  if (clock.mode === "immediate") {
    switchOff(simulation, node);
    if (command === "reboot") boot();
    return;
  }
  clock.schedule(shutdownTime, () => switchOff(simulation, node));
  if (command === "reboot") clock.schedule(bootTime, boot);
}

function switchOff(simulation: Simulation, node: NodeState): void {
  for (const guest of Object.values(simulation.clusterOf(node).guests)) {
    if (guest.node === node.name) delete guest.running;
  }
  node.state = "off";
}

function switchOn(simulation: Simulation, node: NodeState): void {
  node.state = "online";
  node.booted = simulation.clock.now();
  node.services = {};
  delete node.timers;
  delete node.jobs;
  bootKernel(node);
  bootParameters(node);
  bootNetwork(node);
  startCorosync(node);
  bootQdevice(simulation.clusterOf(node).corosync, node);
  restartProxy(simulation, node);
  if (simulation.isQuorate(node)) delete node.filesAway;
  startFirewall(simulation, node);
}
