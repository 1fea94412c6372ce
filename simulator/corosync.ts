import type { Simulation } from "./simulation.js";
import type { Corosync } from "./world/world.js";

/** The address under which a member is known; one that never started its cluster file system has told none. */
export function addressOfMember(simulation: Simulation, name: string): string | undefined {
  return simulation.world.nodes[name]?.address;
}

/** The members that corosync knows: those of its file, unless it refuses that. */
export function liveMembers(corosync: Corosync | undefined): string[] {
  return corosync?.refused?.members ?? Object.keys(corosync?.nodes ?? {});
}
