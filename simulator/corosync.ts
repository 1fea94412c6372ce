import { hasAddress, resolve } from "./cluster/links.js";
import { linkPasses, portOfLink } from "./firewall/packet-verdicts.js";
import { passesAll } from "./network/fabric.js";
import { nodeState } from "./node/node-state.js";
import type { Corosync, CorosyncNode, NodeState, World } from "./world/world.js";

/** The address under which a member is known; one that never started its cluster file system has told none. */
export function addressOfMember(world: World, name: string): string | undefined {
  return world.nodes[name]?.address;
}

/** The members that corosync knows: those of its file, unless it refuses that. */
export function liveMembers(corosync: Corosync | undefined): string[] {
  return corosync?.refused?.members ?? Object.keys(corosync?.nodes ?? {});
}

/** What corosync works with: its file, unless it refuses that. */
export const liveNodes = (corosync: Corosync): Record<string, CorosyncNode> =>
  corosync.refused?.nodes ?? corosync.nodes;

/** Whether one of the links between two members carries: corosync sees the other then. */
export function isLinked(world: World, corosync: Corosync, one: NodeState, other: NodeState): boolean {
  const nodes = liveNodes(corosync);
  const [ours, theirs] = [nodes[one.name]?.links ?? {}, nodes[other.name]?.links ?? {}];
  const shared = Object.keys(theirs).filter((number) => ours[number] !== undefined);
  return shared.length === 0 || shared.some((number) => isLinkUp(world, corosync, one, other, number));
}

/** Whether one link carries, from and to its very addresses. */
export function isLinkUp(world: World, corosync: Corosync, one: NodeState, other: NodeState, number: string): boolean {
  const ends = linkEnds(corosync, one, other, number);
  if (!ends) return false;
  const { own, to } = ends;
  // knet binds to the address: one that is not the node's own carries nothing.
  if (world.wiring && !(hasAddress(one, own) && hasAddress(other, to))) return false;
  const ways = [
    { from: one, to },
    { from: other, to: own },
  ];
  return passesAll(world, ways) && linkPasses(world, { node: one, address: own }, { node: other, address: to }, number);
}

/** The addresses of both ends of a link, by the file. */
function linkEnds(
  corosync: Corosync,
  one: NodeState,
  other: NodeState,
  number: string,
): { readonly own: string; readonly to: string } | undefined {
  const nodes = liveNodes(corosync);
  const [here, there] = [nodes[one.name]?.links[number], nodes[other.name]?.links[number]];
  if (here === undefined || there === undefined) return undefined;
  return { own: resolve(other, here) ?? "", to: resolve(one, there) ?? "" };
}

/** Streams of corosync between a node and those that it is in touch with at this moment. */
export function streamsOf(
  world: World,
  corosync: Corosync,
  node: NodeState,
): { readonly own: string; readonly other: string; readonly port: number }[] {
  const isSilent = (one: NodeState): boolean =>
    one.corosyncStopped !== undefined || ["off", "isolated"].includes(nodeState(one));
  if (isSilent(node)) return [];
  return liveMembers(corosync).flatMap((name) => {
    const other = world.nodes[name];
    if (!other || other === node || other.cluster !== node.cluster || isSilent(other)) return [];
    return Object.keys(liveNodes(corosync)[node.name]?.links ?? {}).flatMap((number) => {
      const ends = linkEnds(corosync, node, other, number);
      if (!ends || !isLinkUp(world, corosync, node, other, number)) return [];
      return [{ own: ends.own, other: ends.to, port: portOfLink(number) }];
    });
  });
}
