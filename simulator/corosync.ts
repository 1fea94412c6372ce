import type { Simulation } from "./simulation.js";

/** The address under which a member is known; one that never started its cluster file system has told none. */
export function addressOfMember(simulation: Simulation, name: string): string | undefined {
  return simulation.world.nodes[name]?.address;
}
