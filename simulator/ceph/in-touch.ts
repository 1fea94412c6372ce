import { tcpVerdict } from "../firewall/packet-verdicts.js";
import type { CephCluster, Monitor } from "../world/ceph.js";
import type { NodeState, World } from "../world/world.js";
import { addressesIn } from "./networks.js";

/** What is asked of a Ceph cluster here. */
interface Machines {
  readonly simulation: { readonly world: World };
  readonly cluster: CephCluster;
  readonly nodes: readonly NodeState[];
  daemon(kind: "mons", id: string): { readonly node: NodeState } | undefined;
  option(section: string, name: string): string | undefined;
}

/** Where monitors listen, and the first port of the other daemons (ms_bind_port_min). */
const monitorPorts = [3300, 6789];
const firstPort = 6800;
/** So many machines must miss an OSD before it is taken for down (mon_osd_min_down_reporters). */
const reporters = 2;

const connects = (world: World, from: NodeState, to: NodeState, address: string, ports: readonly number[]): boolean =>
  from === to || ports.some((port) => tcpVerdict(world, from, to, address, port) === "accept");

/** Whether the packet filters let a daemon do its part: find monitors, be one of their majority, or be heard by other OSDs. */
export function isInTouch(ceph: Machines, kind: "mons" | "mgrs" | "mdss" | "osds", node: NodeState): boolean {
  const { world } = ceph.simulation;
  const monitors = ceph.cluster.monmap.mons.flatMap((mon) => {
    const found = ceph.daemon("mons", mon.name);
    return found ? [{ mon, at: found.node }] : [];
  });
  const finds = (from: NodeState, { mon, at }: { mon: Monitor; at: NodeState }): boolean =>
    connects(world, from, at, mon.address, monitorPorts);
  if (kind === "mons") {
    const own = monitors.find(({ at }) => at === node);
    // either of two monitors may begin the connection
    const met = monitors.filter((other) => finds(node, other) || (own !== undefined && finds(other.at, own)));
    return met.length > monitors.length / 2;
  }
  if (!monitors.some((monitor) => finds(node, monitor))) return false;
  return kind !== "osds" || deafTo(ceph, node) < reporters;
}

/** How many machines with OSDs cannot reach those of this one, on one of Ceph's networks. */
function deafTo(ceph: Machines, node: NodeState): number {
  const networks = ["public_network", "cluster_network"].map((name) => ceph.option("global", name));
  const addresses = networks.flatMap((network) =>
    network === undefined ? [] : addressesIn(node, network).slice(0, 1),
  );
  const others = ceph.nodes.filter((other) => other !== node && Object.keys(other.ceph?.osds ?? {}).length > 0);
  return others.filter((other) =>
    addresses.some((address) => !connects(ceph.simulation.world, other, node, address, [firstPort])),
  ).length;
}

/** Since when somebody is cut off: the last moment at which a filter was made. In simulated milliseconds. */
export function filteredSince(ceph: Machines): number {
  return Math.max(
    0,
    ...ceph.nodes.map(({ firewall, clockOffset = 0 }) => ((firewall?.seconds ?? 0) - clockOffset) * 1000),
  );
}
