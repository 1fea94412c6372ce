import type { NodeState } from "../world/world.js";

/** A stream of UDP between two addresses, from and to the same port on both sides. */
interface Stream {
  readonly own: string;
  readonly other: string;
  readonly port: number;
}

const nameOf = ({ own, other, port }: Stream): string => `${own} ${other} ${port}`;

/** A stream that was answered is remembered so long after its last packet (net/netfilter/nf_conntrack_proto_udp.c, UDP_CT_REPLIED). */
const rememberedMs = 120_000;

/**
 * Whether a node's kernel takes the packets of a stream for those of a connection that is there. Each packet prolongs that,
 * those of the other side too, and a program that begins anew sends from the same port: a restart of corosync changes nothing.
 */
export const isEstablished = ({ connections }: NodeState, stream: Stream): boolean =>
  connections?.streams.includes(nameOf(stream)) === true;

/**
 * The chains of a node are about to change: streams that pass now are known to its kernel from now on, whatever the new ones
 * say. A kernel without chains tracks nothing: its module has no hooks as long as no rule asks for the state of a connection.
 */
export function keepStreams(node: NodeState, passing: readonly Stream[], now: number): void {
  const { connections, firewall } = node;
  const isForgotten = connections?.untracked !== undefined && now - connections.untracked > rememberedMs;
  const streams = new Set(isForgotten ? [] : connections?.streams);
  if (firewall) for (const stream of passing) streams.add(nameOf(stream));
  if (streams.size > 0) node.connections = { streams: [...streams].sort() };
  else delete node.connections;
}

/** The chains have gone, and nothing prolongs what is remembered. */
export function stopTracking({ connections }: NodeState, now: number): void {
  if (connections) connections.untracked ??= now;
}
