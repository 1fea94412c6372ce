import { numberOf, prefixWith } from "../network/prefixes.js";
import { icmpTypes, icmpv6Types, matchesIcmpType } from "./icmp-types.js";
import type { Packet, Passage } from "./packet.js";
import { portOfService } from "./service-ports.js";
import { protocolNumber } from "./ip-protocols.js";
import type { Sets } from "./address-sets.js";

/** Whether a rule is for a packet. */
export type Match = (passage: Passage) => boolean;

/** The words of a rule before its target. What is not known here fails: nothing is passed over. */
export function matcherOf(text: string): Match {
  const words = text === "" ? [] : text.split(" ");
  const matches: Match[] = [];
  while (words.length > 0) matches.push(nextMatch(words));
  return (passage) => matches.every((match) => match(passage));
}

const always: Match = () => true;

/** Kinds of match that only say where the next words belong. */
const plainModules = new Set([
  "tcp",
  "icmp",
  "icmpv6",
  "ipv6-icmp",
  "iprange",
  "set",
  "addrtype",
  "conntrack",
  "mark",
  "mac",
]);

function nextMatch(words: string[]): Match {
  const word = words.shift() ?? "";
  if (word === "!") {
    const match = nextMatch(words);
    return (passage) => !match(passage);
  }
  const take = (): string => words.shift() ?? "";
  if (word === "-m" || word === "--match") {
    const module = take();
    if (module === "limit") return limit(words);
    if (module === "physdev" || module === "multiport" || plainModules.has(module)) return always;
    throw new Error(`the packet filter does not know the match ${module}`);
  }
  return optionMatch(word, take);
}

/** How often something is logged makes no difference to a verdict. */
function limit(words: string[]): Match {
  while (words[0]?.startsWith("--limit")) words.splice(0, 2);
  return always;
}

function optionMatch(word: string, take: () => string): Match {
  switch (word) {
    case "-i":
      return ifaceMatch(take(), ({ in: name }) => name);
    case "-o":
      return ifaceMatch(take(), ({ out }) => out);
    case "--physdev-is-bridged":
      return ({ packet: { physIn, physOut } }) => physIn !== undefined && physOut !== undefined;
    case "--physdev-in":
      return ifaceMatch(take(), ({ physIn }) => physIn);
    case "--physdev-out":
      return ifaceMatch(take(), ({ physOut }) => physOut);
    case "-s":
      return networksMatch(take(), ({ source }) => source);
    case "-d":
      return networksMatch(take(), ({ dest }) => dest);
    case "--src-range":
      return rangeMatch(take(), ({ source }) => source);
    case "--dst-range":
      return rangeMatch(take(), ({ dest }) => dest);
    case "--match-set":
      return setMatch(take(), take());
    case "-p":
      return protocolMatch(take());
    case "--dport":
    case "--dports":
      return portsMatch(take(), ({ dport }) => dport);
    case "--sport":
    case "--sports":
      return portsMatch(take(), ({ sport }) => sport);
    case "--icmp-type":
      return icmpMatch(take(), icmpTypes);
    case "--icmpv6-type":
      return icmpMatch(take(), icmpv6Types);
    case "--dst-type":
      return typeMatch(take(), ({ dest }) => dest);
    case "--src-type":
      return typeMatch(take(), ({ source }) => source);
    case "--ctstate":
      return stateMatch(take());
    case "--mark":
      return markMatch(take());
    case "--mac-source":
      return macMatch(take());
    case "--tcp-flags":
      return flagsMatch(take(), take());
    default:
      throw new Error(`the packet filter does not know ${word}`);
  }
}

/** `fwln+` is every name that begins so. */
function ifaceMatch(wanted: string, of: (packet: Packet) => string | undefined): Match {
  const start = wanted.endsWith("+") ? wanted.slice(0, -1) : undefined;
  return ({ packet }) => {
    const name = of(packet);
    return name !== undefined && (start === undefined ? name === wanted : name.startsWith(start));
  };
}

/** Whether an address is in a network; a single address is a network too. */
function isWithin(network: string, address: string): boolean {
  const bits = network.includes(":") ? 128 : 32;
  return prefixWith(network.includes("/") ? network : `${network}/${bits}`, address) !== undefined;
}

function networksMatch(text: string, of: (packet: Packet) => string): Match {
  const networks = text.split(",");
  return ({ packet }) => networks.some((network) => isWithin(network, of(packet)));
}

function rangeMatch(text: string, of: (packet: Packet) => string): Match {
  const [first, last] = text.split("-").map(numberOf);
  return ({ packet }) => {
    const own = numberOf(of(packet));
    if (!first || !last || !own || own.bits !== first.bits) return false;
    return own.value >= first.value && own.value <= last.value;
  };
}

/** Of all networks of a set that an address is in, the smallest decides (hash:net of ipset). */
function isInSet(sets: Sets, name: string, address: string): boolean {
  const set = sets.get(name);
  if (!set) throw new Error(`the packet filter has no set ${name}`);
  let [best, found] = [-1, false];
  for (const [network, { nomatch }] of set) {
    const bits = network.includes(":") ? 128 : 32;
    const length = network.includes("/") ? Number(network.split("/")[1]) : bits;
    if (length <= best || !isWithin(network, address)) continue;
    [best, found] = [length, !nomatch];
  }
  return found;
}

function setMatch(name: string, direction: string): Match {
  return ({ packet, sets }) => isInSet(sets, name, direction === "src" ? packet.source : packet.dest);
}

function protocolMatch(name: string): Match {
  const number = protocolNumber(name);
  if (number === undefined) throw new Error(`the packet filter does not know the protocol ${name}`);
  return ({ packet }) => packet.proto === number;
}

function portsMatch(text: string, of: (packet: Packet) => number | undefined): Match {
  const ranges = text.split(",").map((part) => {
    const [first = "", last = first] = part.split(":");
    return [first, last].map((port) => (/^\d+$/.test(port) ? Number(port) : portOfService(port)));
  });
  return ({ packet }) => {
    const port = of(packet);
    return port !== undefined && ranges.some(([first = -1, last = -1]) => port >= first && port <= last);
  };
}

function icmpMatch(text: string, table: typeof icmpTypes): Match {
  const wanted = /^\d+$/.test(text) ? { type: Number(text) } : table.get(text);
  if (!wanted) throw new Error(`the packet filter does not know the type ${text} of ICMP`);
  return ({ packet: { icmp } }) => icmp !== undefined && matchesIcmpType(wanted, icmp.type, icmp.code);
}

/** The node's own broadcast addresses are not known here; nothing that asks for a verdict sends there. */
function typeMatch(type: string, of: (packet: Packet) => string): Match {
  return ({ packet }) => {
    const address = of(packet);
    if (type === "BROADCAST") return address === "255.255.255.255";
    if (type === "MULTICAST") return isWithin("224.0.0.0/4", address) || isWithin("ff00::/8", address);
    return false;
  };
}

function stateMatch(text: string): Match {
  const states = text.split(",");
  return ({ packet }) => states.includes(packet.state);
}

function markMatch(text: string): Match {
  const [value = 0, mask = 0xffffffff] = text.split("/").map(Number);
  return ({ mark }) => (mark & mask) >>> 0 === value >>> 0;
}

function macMatch(text: string): Match {
  return ({ packet: { mac } }) => mac?.toUpperCase() === text.toUpperCase();
}

/** The first packet of a connection has SYN and nothing else; one that belongs to a connection has ACK. */
function flagsMatch(mask: string, wanted: string): Match {
  const looked = mask.split(",");
  const set = new Set(wanted === "NONE" ? [] : wanted.split(","));
  return ({ packet }) => {
    const own = packet.state === "NEW" ? "SYN" : "ACK";
    return looked.every((flag) => (flag === own) === set.has(flag));
  };
}
