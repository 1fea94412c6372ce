import { partsOf } from "../rule-meaning";
import { portsIn, protocolOf, referenceOf } from "../rule-words";
import { addressRange } from "../../../pve/format/address-range";
import type { Rule } from "../rule.model";
import type { NodeFilter, FilterPicture } from "./filter-picture";

/** The first packet of a connection. */
export interface FirstPacket {
  readonly source: string;
  readonly destination: string;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /** Left out where it may be any: a rule that asks for one then lets nothing in, and keeps everything out. */
  readonly sourcePort?: number | undefined;
}

type Entry = FilterPicture["rules"][number];

/** Does the node let it in? The chain PVEFW-HOST-IN (pve-firewall, src/PVE/Firewall.pm, enable_host_firewall). */
export const enters = (picture: FilterPicture, node: NodeFilter, packet: FirstPacket): boolean =>
  passes(picture, node, packet, "in");

/** Does the node let it out? PVEFW-HOST-OUT, likewise. */
export const leaves = (picture: FilterPicture, node: NodeFilter, packet: FirstPacket): boolean =>
  passes(picture, node, packet, "out");

const isFiltering = ({ options }: FilterPicture, node: NodeFilter): boolean =>
  Number(options["enable"] ?? 0) > 0 && node.options["enable"] !== "0";

function passes(picture: FilterPicture, node: NodeFilter, packet: FirstPacket, direction: "in" | "out"): boolean {
  // What its own rules say is not known, and whether a change can be told from them is looked at as a whole.
  if (node.unread !== undefined || !isFiltering(picture, node)) return true;
  const byNftables = isByNftables(node);
  if (byNftables && direction === "in" && isFirstOfNftables(picture, node, packet)) return true;
  // proxmox-firewall knows of none: what it names is let in as everybody is, and may be shut out.
  const blacklist = byNftables ? undefined : picture.sets.get("blacklist");
  if (direction === "in" && blacklist && isInSet(picture, node, blacklist, packet.source)) return false;
  const card = cardOf(node, direction === "in" ? packet.source : packet.destination);
  const look = { picture, node, packet, direction, card };
  for (const entry of [...node.rules, ...picture.rules]) {
    const found = verdictOf(look, entry);
    if (found !== undefined) return found;
  }
  if (!byNftables && isStandard(look)) return true;
  const policy = picture.options[`policy_${direction}`] ?? (direction === "in" ? "DROP" : "ACCEPT");
  return policy === "ACCEPT";
}

interface Look {
  readonly picture: FilterPicture;
  readonly node: NodeFilter;
  readonly packet: FirstPacket;
  readonly direction: "in" | "out";
  readonly card: string | undefined;
}

/** True: let through; false: kept out; undefined: the next rule decides. */
function verdictOf(look: Look, { rule, broken }: Entry): boolean | undefined {
  if (rule.enabled === false || broken) return undefined;
  if (rule.interface !== undefined && rule.interface !== look.card) return undefined;
  if (rule.group === undefined) return meets(look, rule) ? rule.action === "ACCEPT" : undefined;
  for (const inner of look.picture.groups.get(rule.group.toLowerCase()) ?? []) {
    if (inner.rule.enabled === false || inner.broken) continue;
    if (meets(look, inner.rule)) return inner.rule.action === "ACCEPT";
  }
  return undefined;
}

/** Is the rule about this packet? Where that cannot be told, no rule lets it in and each one keeps it out. */
function meets(look: Look, rule: Rule): boolean {
  const { picture, node, packet, direction } = look;
  if (rule.direction !== direction) return false;
  const unsure = rule.action !== "ACCEPT";
  const family = addressRange(packet.source)?.family ?? 4;
  for (const [text, address] of [
    [rule.source, packet.source],
    [rule.destination, packet.destination],
  ] as const) {
    if (text === undefined) continue;
    const found = isAmong(picture, node, text, address);
    if (found === "broken") return false;
    if (!(found ?? unsure)) return false;
  }
  const parts = partsOf(rule, family);
  if (!parts) return unsure;
  return parts.some(({ protocol, destinationPort, sourcePort, icmpType }) => {
    if (protocol !== "" && protocolOf(protocol) !== packet.protocol) return false;
    if (icmpType !== undefined) return false;
    if (destinationPort !== undefined && !isPort(destinationPort, packet.port, unsure)) return false;
    return sourcePort === undefined || isPort(sourcePort, packet.sourcePort, unsure);
  });
}

function isPort(text: string, port: number | undefined, unsure: boolean): boolean {
  const ranges = portsIn(text);
  if (!ranges || port === undefined) return unsure;
  return ranges.some(({ from, to }) => from <= port && port <= to);
}

/** `broken`: a name leads to nothing, and Proxmox passes over the rule; undefined: a set that is not known here. */
function isAmong(
  picture: FilterPicture,
  node: NodeFilter,
  text: string,
  address: string,
): boolean | "broken" | undefined {
  const reference = referenceOf(text);
  if (!reference) return text.split(",").some((item) => isWithin(addressRange(item), address));
  if (reference.scope === "sdn") return picture.sdnSets.has(reference.name) ? undefined : "broken";
  if (reference.scope === "guest") return "broken";
  if (!reference.set) {
    const cidr = aliasOf(picture, reference.name);
    return cidr === undefined ? "broken" : isWithin(addressRange(cidr), address);
  }
  // What the node adds to it by itself comes after rules were read: without an entry of its own no rule may name it.
  const set = picture.sets.get(reference.name);
  return set
    ? isInSet(picture, node, withOwnNetwork(picture, node, reference.name, set), address)
    : picture.sdnSets.has(reference.name) && reference.scope === ""
      ? undefined
      : "broken";
}

function withOwnNetwork(
  picture: FilterPicture,
  node: NodeFilter,
  name: string,
  set: readonly Entryish[],
): readonly Entryish[] {
  const own = name === "management" ? localNetwork(picture, node) : undefined;
  return own === undefined ? set : [...set, { cidr: own }];
}

interface Entryish {
  readonly cidr: string;
  readonly noMatch?: boolean | undefined;
}

/** The network of the cluster has no alias unless somebody gives it one, whatever Proxmox takes it for. */
const aliasOf = ({ aliases }: FilterPicture, name: string): string | undefined => aliases.get(name);

/** What Proxmox takes for the network of the cluster: the alias of this name, or the one that the node's address is in. */
function localNetwork(picture: FilterPicture, { cards, address }: NodeFilter): string | undefined {
  const named = picture.aliases.get("local_network");
  if (named !== undefined || address === undefined) return named;
  return cards.flatMap((card) => card.addresses).find((cidr) => isWithin(addressRange(cidr), address));
}

/**
 * In a set of the kernel the narrowest network that an address is in decides; of one that stands there twice the last entry. Of
 * nftables the exceptions are a set of their own, and each of them keeps out (to_nft_objects of proxmox-firewall's object.rs).
 */
function isInSet(picture: FilterPicture, node: NodeFilter, set: readonly Entryish[], address: string): boolean {
  const found: { readonly size: bigint; readonly isIn: boolean }[] = [];
  for (const { cidr, noMatch = false } of set) {
    const reference = referenceOf(cidr);
    const text = reference ? aliasOf(picture, reference.name) : cidr;
    const network = text === undefined ? undefined : addressRange(text);
    if (network && isWithin(network, address)) found.push({ size: network.to - network.from, isIn: !noMatch });
  }
  if (isByNftables(node)) return found.length > 0 && found.every(({ isIn }) => isIn);
  return found.reduce((best, one) => (one.size <= best.size ? one : best), found[0] ?? { size: 0n, isIn: false }).isIn;
}

const isByNftables = ({ options }: NodeFilter): boolean => options["nftables"] === "1";

function isWithin(network: ReturnType<typeof addressRange>, address: string): boolean {
  const one = addressRange(address);
  return network !== undefined && one?.family === network.family && network.from <= one.from && one.from <= network.to;
}

/** The card that leads to an address: its own network's, the default gateway's. */
function cardOf({ cards }: NodeFilter, address: string): string | undefined {
  const near = cards.find((card) => card.addresses.some((cidr) => isWithin(addressRange(cidr), address)));
  return (near ?? cards.find(({ gateway }) => gateway))?.name;
}

const managementPorts = [
  [8006, 8006],
  [5900, 5999],
  [3128, 3128],
  [22, 22],
  [60000, 60050],
] as const;

/**
 * proxmox-firewall lets in the management and corosync before all rules, and lets out nothing by itself
 * (default-in and default-out of its proxmox-firewall.nft).
 */
function isFirstOfNftables(picture: FilterPicture, node: NodeFilter, { protocol, port, source }: FirstPacket): boolean {
  if (protocol === "udp") return 5405 <= port && port <= 5412;
  if (!managementPorts.slice(0, 4).some(([from, to]) => from <= port && port <= to)) return false;
  return isInSet(
    picture,
    node,
    withOwnNetwork(picture, node, "management", picture.sets.get("management") ?? []),
    source,
  );
}

/** What Proxmox lets through after all rules: the management of the nodes, and corosync. */
function isStandard({ picture, node, packet, direction }: Look): boolean {
  const { source, destination, protocol, port } = packet;
  const peer = direction === "in" ? source : destination;
  if (protocol === "tcp") {
    // What goes out is let through to the own network alone, and without migration.
    const ports = direction === "in" ? managementPorts : managementPorts.slice(0, 4);
    if (!ports.some(([from, to]) => from <= port && port <= to)) return false;
    if (direction === "out") return isWithin(addressRange(localNetwork(picture, node) ?? ""), peer);
    const set = withOwnNetwork(picture, node, "management", picture.sets.get("management") ?? []);
    return isInSet(picture, node, set, peer);
  }
  if (port < 5404 || port > 5405) return false;
  const own = direction === "in" ? destination : source;
  return [...node.links].some(
    ([link, address]) =>
      sameAddress(address, own) &&
      picture.nodes.some((other) => other.name !== node.name && sameAddress(other.links.get(link), peer)),
  );
}

function sameAddress(one: string | undefined, other: string): boolean {
  const [left, right] = [one === undefined ? undefined : addressRange(one), addressRange(other)];
  return left !== undefined && right !== undefined && left.family === right.family && left.from === right.from;
}
