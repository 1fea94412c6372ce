import { portsIn } from "../rule-words";
import { addressRange } from "../../../pve/format/address-range";
import { macroParts } from "../macros";
import type { NodeFilter, FilterPicture } from "./filter-picture";
import { enters, leaves, type FirstPacket } from "./packet-verdict";
import { listOpens, onlyOpens } from "./plain-opening";

/** A connection that must stay possible. */
interface Flow {
  /** Who comes, in a sentence. */
  readonly who: string;
  /** The node that it comes from; undefined: from outside. */
  readonly from?: NodeFilter;
  readonly to: NodeFilter;
  /** What the port is for. */
  readonly what: string;
  readonly packet: FirstPacket;
}

/** Networks of Ceph, where there is any. */
interface CephNetworks {
  readonly networks: readonly string[];
}

export interface Viewpoint {
  /** The addresses from which this program talks, as the nodes see them. */
  readonly addresses: readonly string[];
  /** SSH is configured. */
  readonly ssh: boolean;
  readonly ceph: CephNetworks | undefined;
}

/** A range of ports is looked at where rules make a difference within it: at both ends, and where one of theirs begins or ends. */
function portsWithin(picture: FilterPicture, first: number, last: number): number[] {
  const found = new Set([first, last]);
  const rules = [
    ...picture.rules,
    ...picture.nodes.flatMap((node) => node.rules),
    ...[...picture.groups.values()].flat(),
  ];
  for (const { rule } of rules) {
    const texts = [
      ...(rule.destinationPort === undefined ? [] : [String(rule.destinationPort)]),
      ...(rule.macro === undefined
        ? []
        : (macroParts(rule.macro, 4) ?? []).flatMap((part) => part.destinationPort ?? [])),
    ];
    for (const { from, to } of texts.flatMap((text) => portsIn(text) ?? []))
      for (const port of [from - 1, from, to, to + 1]) if (first < port && port < last) found.add(port);
  }
  return [...found].sort((a, b) => a - b);
}

/** Every way in that must stay open: of this program to the nodes, and of the nodes to each other. */
function flowsOf(picture: FilterPicture, view: Viewpoint): Flow[] {
  const flows: Flow[] = [];
  for (const to of picture.nodes) {
    if (to.address === undefined) continue;
    for (const source of view.addresses)
      for (const [what, port] of [["the API", 8006] as const, ...(view.ssh ? [["SSH", 22] as const] : [])])
        flows.push({
          ...{ who: `${source}, from which this program talks,`, to, what },
          packet: { source, destination: to.address, protocol: "tcp", port },
        });
  }
  const migration = portsWithin(picture, 60000, 60050);
  const osds = view.ceph ? portsWithin(picture, 6800, 7568) : [];
  for (const from of picture.nodes)
    for (const to of picture.nodes) {
      if (from === to) continue;
      const who = `node ${from.name}`;
      if (from.address !== undefined && to.address !== undefined) {
        const ends = { source: from.address, destination: to.address, protocol: "tcp" as const };
        for (const [what, ports] of [
          ["the API", [8006]],
          ["SSH", [22]],
          ["migration", migration],
        ] as const)
          for (const port of ports) flows.push({ who, from, to, what, packet: { ...ends, port } });
      }
      for (const [link, source] of from.links) {
        const destination = to.links.get(link);
        // What a name stands for is not known: that is said beside, and is no cut.
        if (destination === undefined || !isAddress(source) || !isAddress(destination)) continue;
        const port = 5405 + link;
        const packet = { source, destination, protocol: "udp" as const, port, sourcePort: port };
        flows.push({ who, from, to, what: `corosync's link ${link}`, packet });
      }
      for (const network of view.ceph?.networks ?? []) {
        const [source, destination] = [addressIn(from, network), addressIn(to, network)];
        if (source === undefined || destination === undefined) continue;
        for (const port of [3300, 6789, ...osds])
          flows.push({ who, from, to, what: "Ceph", packet: { source, destination, protocol: "tcp", port } });
      }
    }
  return flows;
}

const isAddress = (text: string): boolean => addressRange(text) !== undefined;

function addressIn(node: NodeFilter, network: string): string | undefined {
  const wanted = addressRange(network);
  const addresses = node.cards.flatMap((card) => card.addresses.map((cidr) => cidr.split("/")[0] ?? ""));
  return addresses.find((address) => wanted !== undefined && isWithin(wanted, address));
}

function isWithin(network: NonNullable<ReturnType<typeof addressRange>>, address: string): boolean {
  const one = addressRange(address);
  return one?.family === network.family && network.from <= one.from && one.from <= network.to;
}

/** Corosync sends both ways all the time, from the same port: what a node sends itself opens the way for the answer. */
function isOpen(picture: FilterPicture, { from, to, packet }: Flow): boolean {
  const leavesIt = !from || leaves(picture, from, packet);
  if (leavesIt && enters(picture, to, packet)) return true;
  const { source, destination, sourcePort, port } = packet;
  if (!from || sourcePort === undefined || sourcePort !== port) return false;
  const answer = { ...packet, source: destination, destination: source };
  return leaves(picture, to, answer) && (leavesIt || enters(picture, from, answer));
}

/** Whom a change shuts out, a line each. */
export interface ShutOut {
  readonly lines: readonly string[];
  /** Those of them that cut a link of corosync: no look from outside sees that while the link is established. */
  readonly cut: readonly string[];
}

/** What a change shuts out that was let in before. */
export function shutOut(before: FilterPicture, after: FilterPicture, view: Viewpoint): ShutOut {
  const lost = new Map<string, Set<number>>();
  const cut = new Set<string>();
  // By name: both pictures have the same nodes.
  const wasOpen = new Map(flowsOf(before, view).map((flow) => [keyOf(flow), isLetThrough(before, flow)]));
  for (const flow of flowsOf(after, view)) {
    const was = wasOpen.get(keyOf(flow)) ?? isLetThrough(before, inPicture(before, flow));
    if (!was || isLetThrough(after, flow)) continue;
    const words = `${flow.who} no longer reaches ${flow.what} of ${flow.to.name} (${flow.packet.destination}, ${flow.packet.protocol} `;
    lost.set(words, (lost.get(words) ?? new Set()).add(flow.packet.port));
    if (flow.packet.sourcePort !== undefined) cut.add(words);
  }
  const lineOf = ([words, ports]: readonly [string, ReadonlySet<number>]): string =>
    `${words}${portWords([...ports])})`;
  return {
    lines: [...[...lost].map(lineOf), ...untold(before, after), ...untoldWays(before, after, view)],
    cut: [...lost].filter(([words]) => cut.has(words)).map(lineOf),
  };
}

/**
 * Nobody sees a cut of corosync, so there a node whose own rules are not known is looked at with those of the datacenter: what they
 * cut is cut, unless its own say otherwise.
 */
function isLetThrough(picture: FilterPicture, flow: Flow): boolean {
  if (flow.packet.sourcePort === undefined) return isOpen(picture, flow);
  const read = ({ unread: _, ...node }: NodeFilter): NodeFilter => node;
  return isOpen(picture, { ...flow, to: read(flow.to), ...(flow.from ? { from: read(flow.from) } : {}) });
}

/** Ways whose ends are not known: links by names that nobody resolves, and Ceph of nodes whose addresses could not be read. */
function untoldWays(before: FilterPicture, after: FilterPicture, { ceph }: Viewpoint): string[] {
  const opens = onlyOpens(before, after);
  const lines: string[] = [];
  const touched = after.nodes.filter(({ name, options, rules }) => {
    const was = before.nodes.find((node) => node.name === name);
    return !opens || was?.options !== options || (was.rules !== rules && !listOpens(was.rules, rules));
  });
  if (touched.length === 0 || Number(after.options["enable"] ?? 0) === 0) return [];
  for (const { name, links } of after.nodes)
    for (const [link, address] of links)
      if (!isAddress(address))
        lines.push(
          `whether corosync's link ${link} of ${name} stays cannot be told, for it is not known what ${address} stands for`,
        );
  const unread = after.nodes.filter((node) => node.unread !== undefined);
  for (const { name } of ceph ? unread : [])
    if (touched.some((node) => node.name !== name))
      lines.push(`whether Ceph still passes to and from ${name} cannot be told, for its addresses cannot be read`);
  return lines;
}

/** Nodes of whom it cannot be told, because what they have of their own could not be read. */
function untold(before: FilterPicture, after: FilterPicture): string[] {
  const opens = onlyOpens(before, after);
  return after.nodes.flatMap(({ name, unread, options, rules }) => {
    if (unread === undefined) return [];
    const own = before.nodes.find((node) => node.name === name);
    const isChanged = own?.options !== options || own.rules !== rules;
    if (opens && !isChanged) return [];
    return [`whom ${name} still lets in cannot be told, for its own firewall cannot be read: ${unread}`];
  });
}

function inPicture(picture: FilterPicture, flow: Flow): Flow {
  const find = (name: string) => picture.nodes.find((node) => node.name === name);
  const [from, to] = [flow.from && find(flow.from.name), find(flow.to.name)];
  return { ...flow, ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

const keyOf = ({ who, to, what, packet }: Flow): string =>
  [who, to.name, what, packet.source, packet.destination, packet.port].join(" ");

const portWords = (ports: readonly number[]): string => {
  const sorted = [...ports].sort((a, b) => a - b);
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)];
  return sorted.length > 3 ? `ports among ${first} to ${last}` : `port ${sorted.join(", ")}`;
};
