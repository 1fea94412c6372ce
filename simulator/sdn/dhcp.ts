import { packagesOf } from "../packages/node-packages.js";
import type { Cluster, NodeState } from "../world/world.js";
import { addressesOfMac, givingZone, subnetWith } from "./ipam.js";
import { runningSdn } from "./sdn.js";
import { isIpv4, partsOfSubnet } from "./subnet-addresses.js";

export const hasDnsmasq = (node: NodeState): boolean => packagesOf(node).installed["dnsmasq"] !== undefined;

/** What a reload makes for the dnsmasq of each zone; who a zone's server knows stays (before_configure). */
export function prepareDhcp(cluster: Cluster, node: NodeState): void {
  if (!hasDnsmasq(node)) return;
  const { zones } = runningSdn(cluster);
  for (const [id, zone] of Object.entries(zones))
    if (zone["dhcp"] !== undefined) (node.network.ethers ??= {})[id] ??= {};
}

/**
 * Tells a node's dnsmasq what the IPAM has for a device (add_ip_mapping in PVE/Network/SDN/Dhcp/Dnsmasq.pm): once when
 * the device comes up there. What has another address by now goes, whosever it is; a device that is known stays as it is.
 * Where no reload has made the zone's folder, the server is not told, and the guest starts all the same.
 */
export function tellDhcp(cluster: Cluster, node: NodeState, vnet: string, mac: string): void {
  const zone = givingZone(cluster, vnet);
  const known = zone === undefined ? undefined : node.network.ethers?.[zone];
  const addresses = addressesOfMac(cluster, vnet, mac).map(({ ip }) => ip);
  if (known === undefined || addresses.length === 0) return;
  for (const [one, had] of Object.entries(known)) {
    const now = addressesOfMac(cluster, vnet, one).map(({ ip }) => ip);
    const isOther = (ip: string): boolean => now.some((other) => isIpv4(other) === isIpv4(ip) && other !== ip);
    if (now.length === 0 || had.some(isOther)) delete known[one];
  }
  known[mac.toUpperCase()] ??= addresses;
}

/** What the dnsmasq of a node gives a device on a vnet, with the length of the prefix: it ignores devices that it does not know. */
export function offeredAddresses(cluster: Cluster, node: NodeState, vnet: string, mac: string): string[] {
  if (!node.network.sdnRunning?.dhcp?.includes(vnet)) return [];
  const zone = runningSdn(cluster).vnets[vnet]?.["zone"];
  const known = typeof zone === "string" ? node.network.ethers?.[zone]?.[mac.toUpperCase()] : undefined;
  return (known ?? []).flatMap((ip) => {
    const subnet = subnetWith(cluster, vnet, ip);
    if (subnet === undefined) return [];
    // DHCPv6 gives an address alone; the network comes by router advertisements.
    return [`${ip}/${isIpv4(ip) ? partsOfSubnet(subnet).mask : "128"}`];
  });
}
