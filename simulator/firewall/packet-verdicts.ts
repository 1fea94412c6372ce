import { wayTo, type Way } from "../network/fabric.js";
import type { NodeState, World } from "../world/world.js";
import { isEstablished } from "./connection-tracking.js";
import { judge } from "./netfilter.js";
import type { Packet, Verdict } from "./packet.js";
import { protocolNumber } from "./ip-protocols.js";
import { devicesOf, filterOf } from "./sources-of.js";

/** Who sends: the client, a node, or somebody outside with this address. */
export type FilterSender =
  | { readonly kind: "client" }
  | { readonly kind: "node"; readonly node: string; readonly address?: string }
  | { readonly kind: "guest"; readonly vmid: number; readonly device?: string; readonly address: string }
  | { readonly kind: "outside"; readonly address: string };

/** Whom it is for: an address of a node, or a guest with the address that it has. */
export type FilterReceiver =
  | { readonly kind: "node"; readonly node: string; readonly address?: string }
  | { readonly kind: "guest"; readonly vmid: number; readonly device?: string; readonly address: string };

/** What is sent; the source port is any that no rule names, unless it is given. */
export interface Traffic {
  /** A name or number of /etc/protocols. */
  readonly protocol: string;
  readonly port?: number;
  readonly sourcePort?: number;
  readonly icmp?: { readonly type: number; readonly code: number };
}

/** An ephemeral port. */
const anyPort = 45_678;

/**
 * What the packet filters of the world do with the first packet of a connection, on its way out of a node or guest and
 * into another one. Whether there is a way at all is the network's matter (`network/fabric.ts`).
 */
export function verdictOf(world: World, from: FilterSender, to: FilterReceiver, traffic: Traffic): Verdict {
  const packet = packetOf(world, from, to, traffic);
  if (!packet) return "accept";
  const out = leaving(world, from, packet);
  return out === "accept" ? arriving(world, to, packet) : out;
}

interface Travelling {
  readonly source: string;
  readonly dest: string;
  readonly way: Way | undefined;
  readonly traffic: Traffic;
}

function packetOf(world: World, from: FilterSender, to: FilterReceiver, traffic: Traffic): Travelling | undefined {
  const dest = to.address ?? (to.kind === "node" ? world.nodes[to.node]?.address : undefined);
  if (dest === undefined) return undefined;
  const way = from.kind === "client" || from.kind === "node" ? wayTo(world, from, dest) : undefined;
  const own = from.kind === "client" ? undefined : from.kind === "node" ? from.address : from.address;
  const fallback =
    from.kind === "client"
      ? world.wiring?.client.address.split("/")[0]
      : from.kind === "node"
        ? world.nodes[from.node]?.address
        : undefined;
  const source = own ?? way?.source ?? fallback;
  return source === undefined ? undefined : { source, dest, way, traffic };
}

function packet({ source, dest, traffic }: Travelling, more: Partial<Packet>): Packet {
  const { protocol, port, sourcePort, icmp } = traffic;
  const proto = protocolNumber(protocol);
  if (proto === undefined) throw new Error(`no protocol ${protocol}`);
  return {
    ...{ source, dest, proto, state: "NEW" },
    ...(port === undefined ? {} : { dport: port, sport: sourcePort ?? anyPort }),
    ...(icmp ? { icmp } : {}),
    ...more,
  };
}

function leaving(world: World, from: FilterSender, travelling: Travelling, state: Packet["state"] = "NEW"): Verdict {
  if (from.kind === "guest") return throughBridge(world, from, travelling, "out");
  const node = from.kind === "node" ? world.nodes[from.node] : undefined;
  const filter = node && filterOf(world, node);
  if (!filter) return "accept";
  const own = node && travelling.way?.receiver === node.name;
  const out = own ? "lo" : travelling.way?.out;
  if (isUnhooked(node, "OUTPUT", travelling)) return "accept";
  return judge(filter, "OUTPUT", packet(travelling, { state, ...(out === undefined ? {} : { out }) }));
}

function arriving(world: World, to: FilterReceiver, travelling: Travelling, state: Packet["state"] = "NEW"): Verdict {
  if (to.kind === "guest") return throughBridge(world, to, travelling, "in");
  const node = world.nodes[to.node];
  const filter = node && filterOf(world, node);
  if (!filter) return "accept";
  if (isUnhooked(node, "INPUT", travelling)) return "accept";
  const { way } = travelling;
  const own = way?.sender === node.name;
  const incoming = own ? "lo" : (way?.in ?? interfaceOf(world, node, travelling.dest));
  return judge(filter, "INPUT", packet(travelling, { state, ...(incoming === undefined ? {} : { in: incoming }) }));
}

/** Does this chain of the kernel go through the filter no more? */
const isUnhooked = (node: NodeState | undefined, hook: "INPUT" | "OUTPUT", { dest }: Travelling): boolean =>
  node?.firewall?.unhooked?.includes(`${dest.includes(":") ? 6 : 4} ${hook}`) === true;

/** The interface that has an address, for whoever comes from outside. */
function interfaceOf(world: World, node: NodeState, address: string): string | undefined {
  return wayTo(world, { kind: "node", node: node.name }, address)?.in;
}

/** A device with `firewall=1` has a bridge of its own, whose two ports are the guest's and the way to the others. */
function throughBridge(
  world: World,
  { vmid, device = "net0" }: { readonly vmid: number; readonly device?: string },
  travelling: Travelling,
  direction: "in" | "out",
): Verdict {
  for (const cluster of Object.values(world.clusters)) {
    const guest = cluster.guests[vmid];
    const node = guest && world.nodes[guest.node];
    const filter = node && filterOf(world, node);
    const found = guest && devicesOf(guest).find(({ id }) => id === device);
    if (!filter || !found) continue;
    const outside = `fwln${vmid}i${device.replace("net", "")}`;
    const ports =
      direction === "in"
        ? { physIn: outside, physOut: found.iface }
        : { physIn: found.iface, physOut: outside, mac: found.mac };
    return judge(filter, "FORWARD", packet(travelling, ports));
  }
  return "accept";
}

/** What becomes of a new connection from one node to an address of another. */
export function tcpVerdict(world: World, from: NodeState, to: NodeState, address: string, port: number): Verdict {
  if (!from.firewall && !to.firewall) return "accept";
  const receiver = { kind: "node", node: to.name, address } as const;
  return verdictOf(world, { kind: "node", node: from.name }, receiver, { protocol: "tcp", port });
}

/** What becomes of a new connection of the client to a port of a node. */
export function clientVerdict(world: World, node: NodeState, port: number): Verdict {
  if (!node.firewall || !world.wiring) return "accept";
  return verdictOf(world, { kind: "client" }, { kind: "node", node: node.name }, { protocol: "tcp", port });
}

/** An end of a corosync link. */
interface LinkEnd {
  readonly node: NodeState;
  readonly address: string;
}

/** The port of a link: each link of knet has the next one (corosync.conf(5), mcastport). */
export const portOfLink = (number: string): number => 5405 + Number(number);

/**
 * Whether corosync's packets go both ways between two addresses. Both ends send from the port that they receive at, and
 * what one has sent out makes its kernel take the other's packets for answers. So a link carries when both may send, or
 * when one may send and the other may receive; a kernel that knows the stream already lets both pass.
 */
export function linkPasses(world: World, one: LinkEnd, other: LinkEnd, number = "0"): boolean {
  if (!one.node.firewall && !other.node.firewall) return true;
  const port = portOfLink(number);
  const state = (end: LinkEnd, peer: LinkEnd): Packet["state"] =>
    isEstablished(end.node, { own: end.address, other: peer.address, port }) ? "ESTABLISHED" : "NEW";
  const sends = (from: LinkEnd, to: LinkEnd): { out: boolean; in: boolean } => {
    const sender = { kind: "node", node: from.node.name, address: from.address } as const;
    const receiver = { kind: "node", node: to.node.name, address: to.address } as const;
    const travelling = packetOf(world, sender, receiver, { protocol: "udp", port, sourcePort: port });
    if (!travelling) return { out: true, in: true };
    return {
      out: leaving(world, sender, travelling, state(from, to)) === "accept",
      in: arriving(world, receiver, travelling, state(to, from)) === "accept",
    };
  };
  const [there, back] = [sends(one, other), sends(other, one)];
  return (there.out && back.out) || (there.out && there.in) || (back.out && back.in);
}
