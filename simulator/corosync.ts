import type { Simulation } from "./simulation.js";
import type { Corosync } from "./world/world.js";

/** The address under which a member is known: the node's own, or its first link when the machine is gone. */
export function addressOfMember(simulation: Simulation, corosync: Corosync, name: string): string | undefined {
  return simulation.world.nodes[name]?.address ?? corosync.nodes[name]?.links["0"];
}
