import { nodeState } from "../node/node-state.js";
import type { NodeState, World } from "../world/world.js";
import { prefixWith, sameAddress } from "./prefixes.js";
import { nodeHost, otherHosts, type Host, type HostAddress } from "./hosts.js";

/** A way through the network, there and back. */
interface Path {
  /** The largest packet that the sender may send. */
  readonly mtu: number;
  /** The largest packet that gets through. */
  readonly carries: number;
  /** What both ends settle on for a connection. */
  readonly agreed: number;
  readonly from: string;
  readonly way: Way;
}

/** Who and what is at the ends of a way. */
export interface Way {
  /** The address that the sender sends from. */
  readonly source: string;
  /** The interfaces that a packet leaves by and comes in by; the router's and the client's have no names. */
  readonly out: string;
  readonly in: string;
  readonly sender: string;
  readonly receiver: string;
}

interface Hop {
  readonly source: HostAddress;
  readonly target: HostAddress;
  readonly owner: Host;
  readonly carries: number;
}

/** The world's network as it is now. */
class Fabric {
  readonly hosts = new Map<string, Host>();
  private readonly router: Host;
  readonly client: Host;
  private readonly found = new Map<string, Map<string, Path | undefined>>();

  constructor(
    world: World,
    wiring: NonNullable<World["wiring"]>,
    readonly state: readonly unknown[],
  ) {
    ({ router: this.router, client: this.client } = otherHosts(wiring));
    for (const node of Object.values(world.nodes)) this.hosts.set(node.name, nodeHost(wiring, node));
  }

  path(from: Host, address: string): Path | undefined {
    const known = this.found.get(from.name) ?? new Map<string, Path | undefined>();
    this.found.set(from.name, known);
    if (!known.has(address)) known.set(address, this.search(from, address));
    return known.get(address);
  }

  pathFromNode(name: string, address: string): Path | undefined {
    const host = this.hosts.get(name);
    return host && this.path(host, address);
  }

  private search(from: Host, address: string): Path | undefined {
    const there = this.route(from, address);
    const [first, last] = [there?.[0], there?.at(-1)];
    if (!there || !first || !last) return undefined;
    const back = last.owner === from ? [] : this.route(last.owner, first.source.address);
    if (!back || (back.length > 0 && back.at(-1)?.owner !== from)) return undefined;
    const hops = [...there, ...back];
    const agreed = Math.min(first.source.mtu, last.target.mtu, ...(hops.length > 2 ? [1500] : []));
    const carries = Math.min(last.target.mtu, ...hops.map((hop) => hop.carries));
    const way = {
      ...{ source: first.source.address, out: first.source.interface, in: last.target.interface },
      ...{ sender: from.name, receiver: last.owner.name },
    };
    return { mtu: first.source.mtu, carries, agreed, from: first.source.address, way };
  }

  private route(from: Host, address: string): Hop[] | undefined {
    const own = from.addresses.find((one) => sameAddress(one.address, address));
    if (own) return [{ source: own, target: own, owner: from, carries: Infinity }];
    const near = this.hop(from, address);
    if (near !== "elsewhere") return near && [near];
    const router = address.includes(":") ? from.gateway6 : from.gateway;
    const gateway = router === undefined ? undefined : this.hop(from, router);
    if (!gateway || gateway === "elsewhere" || !gateway.owner.forwards) return undefined;
    const onward = this.hop(gateway.owner, address);
    return onward === undefined || onward === "elsewhere" ? undefined : [gateway, onward];
  }

  /** Within a network: whoever has the address, unless two have it. */
  private hop(from: Host, address: string): Hop | "elsewhere" | undefined {
    const routes = from.addresses
      .map((source) => ({ source, prefix: prefixWith(source.cidr, address) ?? -1 }))
      .filter(({ prefix }) => prefix >= 0)
      .sort((a, b) => b.prefix - a.prefix);
    const source = routes[0]?.source;
    if (!source) return "elsewhere";
    const owners = [...this.hosts.values(), this.router, this.client].flatMap((owner) =>
      owner.addresses
        .filter((target) => sameAddress(target.address, address))
        .flatMap((target) => {
          const carries = carriesBetween(source, target);
          return carries > 0 ? [{ source, target, owner, carries }] : [];
        }),
    );
    const twice = this.isTaken(source, from);
    return owners.length === 1 && !twice ? owners[0] : undefined;
  }

  /** Somebody else has the address too, in the same network: answers go astray. */
  private isTaken(source: HostAddress, from: Host): boolean {
    return [...this.hosts.values(), this.router, this.client].some(
      (other) =>
        other !== from &&
        other.addresses.some((one) => sameAddress(one.address, source.address) && carriesBetween(source, one) > 0),
    );
  }
}

function carriesBetween(one: HostAddress, other: HostAddress): number {
  return one.places.reduce((best, place) => {
    const same = other.places.filter(({ network }) => network === place.network);
    return Math.max(best, ...same.map(({ mtu }) => Math.min(mtu, place.mtu)));
  }, 0);
}

const fabrics = new WeakMap<World, Fabric>();

/** All that a way depends on; compared by value, for the world is changed from many sides. Asked for often: see `isCurrent`. */
function walk(world: World, wiring: NonNullable<World["wiring"]>, visit: (value: unknown) => void): void {
  for (const name in world.nodes) {
    const network = world.nodes[name]?.network;
    visit(name);
    visit(network?.running ?? network?.interfaces);
    for (const { name: port, up, addresses } of network?.ports ?? []) {
      visit(port);
      visit(up);
      visit(addresses?.join());
    }
  }
  for (const key in wiring.ports) {
    const plug = wiring.ports[key];
    visit(key);
    visit(plug?.switch);
    visit(plug?.native);
    visit(plug?.tagged?.join());
  }
  for (const name in wiring.switches) {
    visit(name);
    visit(wiring.switches[name]?.mtu);
  }
  const { client, router } = wiring;
  for (const one of [client, ...router]) {
    visit(one.address);
    visit(one.switch);
    visit(one.vlan);
  }
  visit(client.mtu);
  visit(client.gateway);
}

function isCurrent({ state }: Fabric, world: World, wiring: NonNullable<World["wiring"]>): boolean {
  let at = 0;
  let same = true;
  walk(world, wiring, (value) => {
    if (value !== state[at++]) same = false;
  });
  return same && at === state.length;
}

function fabricOf(world: World): Fabric | undefined {
  const { wiring } = world;
  if (!wiring) return undefined;
  const known = fabrics.get(world);
  if (known && isCurrent(known, world, wiring)) return known;
  const state: unknown[] = [];
  walk(world, wiring, (value) => state.push(value));
  const fabric = new Fabric(world, wiring, state);
  fabrics.set(world, fabric);
  return fabric;
}

/** The way from a node to an address; undefined when nothing gets there, or no answer comes back. */
export function pathFrom(world: World, node: NodeState, address: string): Path | undefined {
  return fabricOf(world)?.pathFromNode(node.name, address);
}

/** A connection comes about only if what both ends take for the largest packet gets through. */
const connects = (path: Path | undefined): boolean => path !== undefined && path.agreed <= path.carries;

/** Whether a connection from the client to a node's address comes about. Without wiring everybody reaches everybody. */
export function clientReaches(world: World, node: NodeState): boolean {
  const fabric = fabricOf(world);
  return !fabric || connects(fabric.path(fabric.client, node.address));
}

/** Whether a connection from one node to an address of another comes about. */
export function nodeReaches(world: World, from: NodeState, address: string): boolean {
  return !world.wiring || connects(pathFrom(world, from, address));
}

/** Whether small packets pass from each node to its address: all that corosync needs, which finds out the MTU itself. */
export function passesAll(world: World, ways: readonly { from: NodeState; to: string }[]): boolean {
  const fabric = fabricOf(world);
  return !fabric || ways.every(({ from, to }) => fabric.pathFromNode(from.name, to) !== undefined);
}

/** The ends of the way from the client or a node to an address; undefined without wiring, or when there is no way. */
export function wayTo(
  world: World,
  from: { readonly kind: "client" } | { readonly kind: "node"; readonly node: string },
  address: string,
): Way | undefined {
  const fabric = fabricOf(world);
  const path = from.kind === "client" ? fabric?.path(fabric.client, address) : fabric?.pathFromNode(from.node, address);
  return path?.way;
}

/** The node that has an address on an interface that is up. */
function ownerOf(world: World, address: string): NodeState | undefined {
  const fabric = fabricOf(world);
  const found = [...(fabric?.hosts.values() ?? [])].find(({ addresses }) =>
    addresses.some((one) => sameAddress(one.address, address)),
  );
  return found && world.nodes[found.name];
}

/** Whether a ping to this address is answered by something that runs. */
export function isAnswering(world: World, address: string): boolean {
  const owner = ownerOf(world, address);
  return !owner || nodeState(owner) !== "off";
}
