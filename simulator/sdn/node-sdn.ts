import { kernelOf } from "../network/kernel.js";
import type { NodeSdn, SdnConfig, SdnSection } from "../world/sdn.js";
import type { Cluster, NodeState } from "../world/world.js";
import { hasDnsmasq } from "./dhcp.js";
import { isIpv4, partsOfSubnet } from "./subnet-addresses.js";
import { runningSdn } from "./sdn.js";

const text = (section: SdnSection | undefined, key: string): string | undefined => {
  const value = section?.[key];
  return typeof value === "string" ? value : undefined;
};

/** Whether a zone is on this node: without a list it is on all. */
const isOnNode = (zone: SdnSection, node: string): boolean => text(zone, "nodes")?.split(",").includes(node) ?? true;

/** /etc/network/interfaces reads the file of SDN. */
const isSourced = (node: NodeState): boolean =>
  /^source \/etc\/network\/interfaces\.d\/(?:sdn|\*)/m.test(node.network.interfaces);

/**
 * What a reload writes to /etc/network/interfaces.d/sdn (generate_etc_network_config in PVE/Network/SDN/Zones.pm);
 * `warn` gets what the plugins warn of. Undefined: nothing was ever applied.
 */
export function generateSdn(cluster: Cluster, node: NodeState, warn: (line: string) => void): NodeSdn | undefined {
  if (!cluster.sdn?.running) return undefined;
  const generated = generate(runningSdn(cluster), node, warn);
  return { version: runningSdn(cluster).version, ...generated };
}

function generate(config: SdnConfig, node: NodeState, warn: (line: string) => void): Omit<NodeSdn, "version"> {
  const { links } = kernelOf(node.network);
  const ifaces: Record<string, string[]> = {};
  const served: string[] = [];
  for (const id of Object.keys(config.vnets).sort()) {
    const vnet = config.vnets[id] as SdnSection;
    const name = text(vnet, "zone") ?? "";
    const zone = config.zones[name];
    if (!zone) {
      warn(`can't generate vnet '${id}': zone ${name} don't exist`);
      continue;
    }
    if (!isOnNode(zone, node.name)) continue;
    const bridge = text(zone, "bridge");
    if (bridge !== undefined && !links.has(bridge)) {
      warn(`zone ${name} : vnet ${id} : can't find bridge ${bridge}`);
      continue;
    }
    Object.assign(ifaces, ifacesOf(config, id, zone));
    if (text(zone, "dhcp") !== undefined && isServed(config, id)) served.push(id);
  }
  return { ifaces, ...(served.length > 0 && hasDnsmasq(node) ? { dhcp: served } : {}) };
}

function ifacesOf(config: SdnConfig, id: string, zone: SdnSection): Record<string, string[]> {
  const vnet = config.vnets[id] as SdnSection;
  const subnets = Object.entries(config.subnets).filter(([, subnet]) => subnet["vnet"] === id);
  const layer3 = zone.type === "simple" || zone.type === "evpn";
  const gateways = subnets.flatMap(([subnet, section]) => {
    const gateway = text(section, "gateway");
    return gateway === undefined ? [] : [{ ...partsOfSubnet(subnet), gateway, snat: text(section, "snat") === "1" }];
  });
  const [alias, mtu, tag] = [text(vnet, "alias"), text(zone, "mtu"), text(vnet, "tag")];
  const below =
    zone.type === "vxlan" || zone.type === "evpn" ? `vxlan_${id}` : zone.type === "simple" ? "none" : `ln_${id}`;
  const options = [
    ...(layer3 ? gateways.map(({ gateway, mask }) => `address ${gateway}/${mask}`) : []),
    ...(zone.type === "simple"
      ? gateways
          .filter(({ snat }) => snat)
          .map(({ cidr, gateway }) => {
            const program = isIpv4(gateway) ? "iptables" : "ip6tables";
            return `post-up ${program} -t nat -A POSTROUTING -s '${cidr}' -o vmbr0 -j SNAT`;
          })
      : []),
    ...[`bridge_ports ${below}`, "bridge_stp off", "bridge_fd 0"],
    ...(text(vnet, "vlanaware") === "1" ? ["bridge-vlan-aware yes", "bridge-vids 2-4094"] : []),
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
    ...(alias === undefined ? [] : [`alias ${alias}`]),
    ...(layer3 && gateways.some(({ gateway }) => isIpv4(gateway)) ? ["ip-forward on"] : []),
  ];
  const carrier = below.startsWith("vxlan_")
    ? { [below]: [`vxlan-id ${tag ?? ""}`] }
    : below.startsWith("ln_")
      ? { [below]: [`vlan ${tag ?? ""} of ${text(zone, "bridge") ?? ""}`] }
      : {};
  return { [id]: options, ...carrier };
}

/** dnsmasq gets an interface with its first subnet; one of IPv6 takes a gateway (configure_subnet, configure_vnet). */
const isServed = (config: SdnConfig, vnet: string): boolean =>
  Object.entries(config.subnets).some(
    ([id, subnet]) =>
      subnet["vnet"] === vnet && (isIpv4(partsOfSubnet(id).network) || text(subnet, "gateway") !== undefined),
  );

/** What stands between a node and serving DHCP, as the reload says it; undefined when nothing does. */
export function dhcpFailure(cluster: Cluster, node: NodeState): string | undefined {
  const { zones } = runningSdn(cluster);
  const wanted = Object.values(zones).some((zone) => text(zone, "dhcp") !== undefined);
  if (!wanted || hasDnsmasq(node)) return undefined;
  return "Could not run before_regenerate for DHCP plugin dnsmasq cannot reload with missing 'dnsmasq' package ";
}

/** Interfaces of SDN that the kernel has, with what they were made from. */
export function sdnInterfaces(node: NodeState): Readonly<Record<string, readonly string[]>> {
  return isSourced(node) ? (node.network.sdnRunning?.ifaces ?? {}) : {};
}

interface Status {
  readonly zones: Readonly<Record<string, string>>;
  readonly vnets: Readonly<Record<string, { zone: string; status: string; statusmsg: string | null }>>;
}

/** How a node stands to what was applied (status in PVE/Network/SDN/Zones.pm). */
export function sdnStatus(cluster: Cluster, node: NodeState): Status {
  const config = runningSdn(cluster);
  if (config.version === 0) return { zones: {}, vnets: {} };
  const own = node.network.sdn?.version;
  const late =
    own === undefined
      ? "local sdn network configuration is not yet generated, please reload"
      : own < config.version
        ? "local sdn network configuration is too old, please reload"
        : undefined;
  const zones: Record<string, string> = {};
  const vnets: Record<string, { zone: string; status: string; statusmsg: string | null }> = {};
  for (const [id, zone] of Object.entries(config.zones))
    if (isOnNode(zone, node.name)) zones[id] = late === undefined ? "available" : "pending";
  for (const [id, vnet] of Object.entries(config.vnets)) {
    const name = text(vnet, "zone") ?? "";
    const zone = config.zones[name];
    if (!zone || !isOnNode(zone, node.name)) continue;
    if (late !== undefined) {
      vnets[id] = { zone: name, status: "pending", statusmsg: late };
      continue;
    }
    const problem = problemOf(node, id, zone);
    vnets[id] = { zone: name, status: problem === undefined ? "available" : "error", statusmsg: problem ?? null };
    if (problem !== undefined) zones[name] = "error";
  }
  return { zones, vnets };
}

/** What `ifquery --check` finds of a vnet. */
function problemOf(node: NodeState, vnet: string, zone: SdnSection): string | undefined {
  const bridge = text(zone, "bridge");
  if (bridge !== undefined && !kernelOf(node.network).links.has(bridge)) return `missing ${bridge}`;
  const wanted = isSourced(node) ? node.network.sdn?.ifaces[vnet] : undefined;
  if (!wanted) return "vnet is not generated. Please check the 'reload network' task log.";
  const there = sdnInterfaces(node)[vnet];
  return there?.join("\n") === wanted.join("\n") ? undefined : `error ${vnet}`;
}

/** Vnets for lists of bridges of a node (get_local_vnets in PVE/Network/SDN.pm): whatever the kernel has. */
export function localVnets(cluster: Cluster, node: NodeState) {
  const { vnets, zones } = runningSdn(cluster);
  return Object.keys(vnets)
    .sort()
    .flatMap((id) => {
      const name = text(vnets[id], "zone");
      const zone = zones[name ?? ""];
      if (name === undefined || !zone || !isOnNode(zone, node.name)) return [];
      const flags = { vlanaware: text(vnets[id], "vlanaware") === "1" ? 1 : 0, ipam: text(zone, "ipam") ? 1 : 0 };
      return [
        {
          zone: name,
          row: { iface: id, type: "vnet", active: "1", comments: text(vnets[id], "alias") ?? null, ...flags },
        },
      ];
    });
}
