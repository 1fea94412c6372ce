import type { NodeNetwork } from "../world/network.js";
import { portsOf } from "./check-interfaces.js";
import { textOf, wordsOf, type Iface } from "./interfaces.js";
import { activeInterfaces } from "./node-network.js";
import { cidrOf } from "./netmask.js";
import { parseInterfaces } from "./parse-interfaces.js";

/** A network interface that is up. */
interface KernelLink {
  readonly name: string;
  readonly mtu: number;
  /** With prefix lengths. */
  readonly addresses: readonly string[];
  readonly below: Below;
}

/** Where frames of an interface go. */
type Below =
  | { readonly kind: "port" }
  /** Tagged frames pass a port only with one of the ids, if there are any. */
  | { readonly kind: "bridge"; readonly ports: readonly string[]; readonly ids?: ReadonlySet<number> }
  | { readonly kind: "bond"; readonly ports: readonly string[] }
  | { readonly kind: "vlan"; readonly parent: string; readonly id: number | undefined };

/** What the kernel has, beside what the files say. */
export interface Kernel {
  readonly links: ReadonlyMap<string, KernelLink>;
  readonly gateway?: string;
  readonly gateway6?: string;
}

/** What `ifreload -a` makes of the file that it was last given: interfaces that are up, with their addresses. */
export function kernelOf(network: NodeNetwork): Kernel {
  const { ifaces } = parseInterfaces(network.running ?? network.interfaces, network.ports, new Set());
  const active = activeInterfaces(network);
  const cards = new Map(network.ports.map((port) => [port.name, port]));
  const links = new Map<string, KernelLink>();
  let [gateway, gateway6]: (string | undefined)[] = [];
  for (const name of new Set([...active, ...cards.keys()])) {
    if (name === "lo") continue;
    const iface = active.has(name) ? (ifaces[name] ?? {}) : {};
    const below = belowOf(name, iface, cards.has(name));
    if (!below) continue;
    const byHand = cards.get(name)?.addresses ?? [];
    const mtu = Number(textOf(iface, "mtu") ?? 0);
    links.set(name, { name, mtu, below, addresses: [...addressesOf(iface), ...byHand] });
    gateway ??= textOf(iface, "gateway");
    gateway6 ??= textOf(iface, "gateway6");
  }
  for (const [name, link] of links) links.set(name, { ...link, mtu: mtuOf(links, name, new Set()) });
  return {
    links,
    ...(gateway === undefined ? {} : { gateway }),
    ...(gateway6 === undefined ? {} : { gateway6 }),
  };
}

function addressesOf(iface: Iface): string[] {
  return ["", "6"].flatMap((suffix) => {
    const address = textOf(iface, `address${suffix}`);
    const whole = address === undefined ? undefined : cidrOf(address, textOf(iface, `netmask${suffix}`));
    return whole === undefined ? [] : [whole];
  });
}

function belowOf(name: string, iface: Iface, isCard: boolean): Below | undefined {
  if (isCard) return { kind: "port" };
  if (iface.type === "bond" || iface.type === "OVSBond") return { kind: "bond", ports: portsOf(iface) };
  if (iface.type === "OVSBridge") return { kind: "bridge", ports: wordsOf(iface, "ovs_ports") };
  if (iface.type === "bridge") {
    const ids = iface.bridge_vlan_aware === undefined ? {} : { ids: idsOf(textOf(iface, "bridge_vids") ?? "2-4094") };
    return { kind: "bridge", ports: portsOf(iface), ...ids };
  }
  const [, dotted, dottedId] = /^(.+)\.(\d+)$/.exec(name) ?? [];
  if (dotted !== undefined) return { kind: "vlan", parent: dotted, id: Number(dottedId) };
  if (iface.type === "OVSIntPort") {
    const tag = textOf(iface, "ovs_tag");
    return { kind: "vlan", parent: textOf(iface, "ovs_bridge") ?? "", id: tag === undefined ? undefined : Number(tag) };
  }
  const parent = textOf(iface, "vlan-raw-device");
  const id = textOf(iface, "vlan-id") ?? /^vlan(\d+)$/.exec(name)?.[1];
  return parent === undefined || id === undefined ? undefined : { kind: "vlan", parent, id: Number(id) };
}

function idsOf(text: string): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const word of text.split(/[\s,;]+/)) {
    const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
    for (let id = Number(from); id <= Number(to ?? from); id++) ids.add(id);
  }
  return ids;
}

/** Without an MTU of its own an interface has that of what is below it, a bridge the smallest of its ports'. */
function mtuOf(links: ReadonlyMap<string, KernelLink>, name: string, seen: Set<string>): number {
  const link = links.get(name);
  if (!link || link.mtu > 0 || seen.has(name)) return link?.mtu || 1500;
  seen.add(name);
  const { below } = link;
  if (below.kind === "port") return 1500;
  const under = below.kind === "vlan" ? [below.parent] : below.ports;
  const known = under.filter((port) => links.has(port)).map((port) => mtuOf(links, port, seen));
  return known.length === 0 ? 1500 : Math.min(...known);
}

/** A card that frames of an interface leave by. */
interface Exit {
  readonly port: string;
  readonly tag?: number;
  /** The smallest MTU on the way. */
  readonly mtu: number;
}

/** The cards that frames of an interface leave by, and come in by. */
export function exitsOf(network: NodeNetwork, kernel: Kernel, name: string): Exit[] {
  const follow = (at: string, tag: number | undefined, mtu: number, seen: readonly string[]): Exit[] => {
    const link = kernel.links.get(at);
    if (!link || seen.includes(at)) return [];
    const { below } = link;
    const smallest = Math.min(mtu, link.mtu);
    const path = [...seen, at];
    switch (below.kind) {
      case "port":
        if (!network.ports.find((port) => port.name === at)?.up) return [];
        return [{ port: at, mtu: smallest, ...(tag === undefined ? {} : { tag }) }];
      case "bridge":
        if (tag !== undefined && below.ids && !below.ids.has(tag)) return [];
        return below.ports.flatMap((port) => follow(port, tag, smallest, path));
      case "bond":
        return below.ports.flatMap((port) => follow(port, tag, smallest, path));
      case "vlan":
        // a tag within a tag leaves the model
        if (tag !== undefined && below.id !== undefined) return [];
        return follow(below.parent, below.id ?? tag, smallest, path);
    }
  };
  return follow(name, undefined, Infinity, []);
}
