import { resolve } from "./cluster/links.js";
import { passesAll } from "./network/fabric.js";
import type { Corosync, NodeState, World } from "./world/world.js";

/** The address under which a member is known; one that never started its cluster file system has told none. */
export function addressOfMember(world: World, name: string): string | undefined {
  return world.nodes[name]?.address;
}

/** The members that corosync knows: those of its file, unless it refuses that. */
export function liveMembers(corosync: Corosync | undefined): string[] {
  return corosync?.refused?.members ?? Object.keys(corosync?.nodes ?? {});
}

/** Whether one of the links between two members carries: corosync sees the other then. */
export function isLinked(world: World, corosync: Corosync, one: NodeState, other: NodeState): boolean {
  const [ours, theirs] = [corosync.nodes[one.name]?.links, corosync.nodes[other.name]?.links];
  let shared = false;
  for (const number in theirs) {
    const [here, there] = [ours?.[number], theirs[number]];
    if (here === undefined || there === undefined) continue;
    shared = true;
    // from and to the very addresses of the link
    const ways = [
      { from: one, to: resolve(one, there) ?? "" },
      { from: other, to: resolve(other, here) ?? "" },
    ];
    if (passesAll(world, ways)) return true;
  }
  return !shared;
}
