import { tcpVerdict } from "../firewall/packet-verdicts.js";
import { nodeReaches } from "../network/fabric.js";
import { reloadTask } from "../network/reload.js";
import { nodeState } from "../node/node-state.js";
import type { Simulation } from "../simulation.js";
import type { TaskRun } from "../tasks.js";
import type { NodeState } from "../world/world.js";
import { dhcpFailure } from "./node-sdn.js";

/**
 * The task of an apply: it begins the reload of each member and waits for none, so that it ends well whatever becomes of
 * them ($create_reload_network_worker in PVE/API2/Network/SDN.pm).
 */
export function* applyTask(simulation: Simulation, asked: NodeState, task: TaskRun): Generator<number, void, void> {
  const cluster = simulation.clusterOf(asked);
  const members = Object.keys(cluster.corosync?.nodes ?? { [asked.name]: {} }).sort();
  for (const name of members) {
    task.log(`${name}: reloading network config`);
    const node = simulation.world.nodes[name];
    if (!node || !answers(simulation, asked, node)) {
      task.log(`command 'pvesh set /nodes/${name}/network --regenerate-frr 0' failed: exit code 255`);
      continue;
    }
    const failure = dhcpFailure(cluster, node);
    if (failure !== undefined) task.log(failure);
    simulation.startTask(node, "srvreload", "networking", "root@pam", (run) => reloadTask(simulation, node, run));
    yield 300;
  }
}

function answers(simulation: Simulation, asked: NodeState, node: NodeState): boolean {
  if (node === asked) return true;
  const state = nodeState(node);
  const { world } = simulation;
  const reached = asked.state !== "isolated" && nodeReaches(world, asked, node.address);
  return state === "online" && reached && tcpVerdict(world, asked, node, node.address, 8006) === "accept";
}
