import { die } from "../errors.js";
import { parseRange } from "./ranges.js";
import type { Cluster } from "../world/world.js";
import type { Sdn, SdnAddress, SdnSection } from "../world/sdn.js";
import { between, canonical, isIn, isIpv4, partsOfSubnet, spanOf } from "./subnet-addresses.js";
import { runningSdn } from "./sdn.js";

/**
 * The built-in IPAM (PVE/Network/SDN/Ipams/PVEPlugin.pm): what it knows changes at once, whatever is staged. Servers
 * elsewhere keep their own books, of which nothing is simulated.
 */
type Entries = Record<string, SdnAddress>;

function entriesOf(sdn: Sdn, subnet: string): Entries {
  const { zone, cidr } = partsOfSubnet(subnet);
  const networks = sdn.addresses[zone];
  if (!networks) throw die(`zone '${zone}' doesn't exist in IPAM DB`);
  const entries = networks[cidr];
  if (!entries) throw die(`subnet '${cidr}' doesn't exist in IPAM DB`);
  return entries;
}

export const isBuiltIn = (sdn: Sdn, zone: SdnSection | undefined): boolean =>
  zone?.["ipam"] !== undefined && (zone["ipam"] === "pve" || sdn.ipams[String(zone["ipam"])]?.type === "pve");

export function addSubnet(sdn: Sdn, subnet: string): void {
  const { zone, cidr } = partsOfSubnet(subnet);
  (sdn.addresses[zone] ??= {})[cidr] ??= {};
}

export function removeSubnet(sdn: Sdn, subnet: string): void {
  const entries = entriesOf(sdn, subnet);
  const { zone, cidr } = partsOfSubnet(subnet);
  const left = Object.values(entries);
  if (left.length > 1 || (left[0] && !left[0].gateway)) throw die(`cannot delete subnet '${cidr}', not empty`);
  delete sdn.addresses[zone]?.[cidr];
}

export function addAddress(sdn: Sdn, subnet: string, address: string, entry: SdnAddress): void {
  const entries = entriesOf(sdn, subnet);
  const ip = canonical(address);
  const there = entries[ip];
  if (there && !(entry.gateway && there.gateway)) throw die(`IP '${ip}' already exist`);
  entries[ip] = entry;
}

export function removeAddress(sdn: Sdn, subnet: string, address: string): void {
  const entries = entriesOf(sdn, subnet);
  const ip = canonical(address);
  if (!entries[ip]) throw die(`IP '${ip}' does not exist in IPAM DB`);
  delete entries[ip];
}

/** Subnets of a vnet that were applied, by id. */
function subnetsOfVnet(cluster: Cluster, vnet: string): [string, SdnSection][] {
  return Object.entries(runningSdn(cluster).subnets)
    .filter(([, subnet]) => subnet["vnet"] === vnet)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The applied subnet of a vnet that an address is in. */
export function subnetWith(cluster: Cluster, vnet: string, address: string): string | undefined {
  return subnetsOfVnet(cluster, vnet).find(([id]) => isIn(partsOfSubnet(id).cidr, address))?.[0];
}

/** The zone of a vnet, when it gives its guests addresses. */
export function givingZone(cluster: Cluster, vnet: string): string | undefined {
  const sdn = cluster.sdn;
  const zone = sdn?.vnets[vnet]?.["zone"];
  if (sdn === undefined || typeof zone !== "string") return undefined;
  const section = sdn.zones[zone];
  return section?.["ipam"] && section["dhcp"] && isBuiltIn(sdn, section) ? zone : undefined;
}

/**
 * The addresses that a device has in the IPAM of its vnet's zone, one of a family: that which it got last
 * (get_ips_from_mac, which reads the cache of MAC addresses).
 */
export function addressesOfMac(cluster: Cluster, vnet: string, mac: string): { subnet: string; ip: string }[] {
  const zone = givingZone(cluster, vnet);
  if (zone === undefined) return [];
  const found = new Map<boolean, { subnet: string; ip: string }>();
  for (const [cidr, entries] of Object.entries(cluster.sdn?.addresses[zone] ?? {}))
    for (const [ip, entry] of Object.entries(entries))
      if (entry.mac?.toUpperCase() === mac.toUpperCase())
        found.set(isIpv4(ip), { subnet: `${zone}-${cidr.replace("/", "-")}`, ip });
  return [...found.values()];
}

/** Who gets an address. */
interface Owner {
  readonly vmid: number;
  readonly mac: string;
  readonly hostname?: string;
}

/**
 * Gives a new device an address of each family that its vnet has subnets of (add_next_free_cidr). What there is none for is
 * told: making a device goes on without, a start does not.
 */
export function giveAddresses(
  cluster: Cluster,
  vnet: string,
  owner: Owner,
  families: readonly (4 | 6)[] = [4, 6],
): string | undefined {
  const zone = givingZone(cluster, vnet);
  if (zone === undefined) return undefined;
  const given: (() => void)[] = [];
  for (const family of families) {
    const own = subnetsOfVnet(cluster, vnet).filter(([id]) => isIpv4(partsOfSubnet(id).network) === (family === 4));
    if (own.length === 0 || own.some(([id, subnet]) => giveAddress(cluster, id, subnet, owner, given))) continue;
    for (const takeBack of given) takeBack();
    return `can't find any free ip in zone ${zone} for IPv${family}`;
  }
  return undefined;
}

function giveAddress(cluster: Cluster, id: string, subnet: SdnSection, owner: Owner, given: (() => void)[]): boolean {
  const { zone, cidr } = partsOfSubnet(id);
  const entries = cluster.sdn?.addresses[zone]?.[cidr];
  if (!entries) return false;
  const ranges = subnet["dhcp-range"] as string[] | undefined;
  const spans = ranges?.map(parseRange) ?? [spanOf(cidr)];
  for (const { first, last } of spans)
    for (const ip of between(first, last)) {
      if (entries[ip]) continue;
      entries[ip] = { ...owner };
      given.push(() => delete entries[ip]);
      return true;
    }
  return false;
}

/** The addresses of a device that goes are free again (del_ips_from_mac). */
export function freeAddresses(cluster: Cluster, vnet: string, mac: string): void {
  const { sdn } = cluster;
  if (sdn) for (const { subnet, ip } of addressesOfMac(cluster, vnet, mac)) removeAddress(sdn, subnet, ip);
}
