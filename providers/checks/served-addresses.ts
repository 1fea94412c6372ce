import { inNetworkOf, parseAddress, parseCidr } from "../../pve/format/cidr";

interface Range {
  readonly start: string;
  readonly end: string;
}

/** A subnet whose zone serves DHCP: its IPAM gives guests what is free of the ranges, or of all of it where there are none. */
export interface ServedSubnet {
  readonly vnet: string;
  readonly cidr: string;
  readonly gateway: string | undefined;
  readonly ranges: readonly Range[];
  /** The zone's IPAM; `pve` is the built-in one, in which static addresses of guests are reserved. */
  readonly ipam: string;
}

/** A static address that a guest of the program is to have on a vnet. */
export interface StaticAddress {
  readonly vnet: string;
  readonly ip: string;
}

interface Remembering {
  memory<T>(key: string, make: () => T): T;
}

const makeSubnets = () => new Map<string, ServedSubnet>();
const makeGuests = () => new Map<string, readonly StaticAddress[]>();

/** Subnets of the program that were checked, by URN. */
export const subnetsHere = (process: Remembering) => process.memory("served subnets of the program", makeSubnets);
/** Static addresses of the program's guests that were checked and are new, by URN: the engine checks in no certain order. */
export const staticAddressesHere = (process: Remembering) =>
  process.memory("static addresses of the program", makeGuests);

export function isInSubnet({ vnet, cidr }: ServedSubnet, address: StaticAddress): boolean {
  const [network, ip] = [parseCidr(cidr), parseAddress(address.ip)];
  return address.vnet === vnet && network !== undefined && ip !== undefined && inNetworkOf(network, ip);
}

/** Would the IPAM give the address to any guest, as long as nobody has it there? */
export const isGivenOut = (subnet: ServedSubnet, ip: string): boolean =>
  subnet.ranges.length === 0 ||
  subnet.ranges.some(({ start, end }) => order(start) <= order(ip) && order(ip) <= order(end));

/** Where else a static address is safe, and what happens to it here. */
export function adviceFor(subnet: ServedSubnet, ip: string): string {
  const { vnet, cidr, ranges, ipam } = subnet;
  const what =
    ranges.length === 0
      ? `${cidr}, which has no dhcpRanges, so that DHCP gives out all of it`
      : `${ranges.map(({ start, end }) => `${start} to ${end}`).join(", ")}, which DHCP gives out`;
  const instead =
    ranges.length === 0 ? `write dhcpRanges for ${cidr}, and an address outside of them` : "write one outside";
  return ipam === "pve"
    ? `${ip} is in ${what} in vnet ${vnet}: it is reserved when the VM is made or changed, and that fails where the IPAM ` +
        `has given it to another guest before; ${instead}`
    : `${ip} is in ${what} in vnet ${vnet}, and IPAM ${ipam} would give it to another guest too: addresses are reserved ` +
        `in the built-in one alone; ${instead}`;
}

/** Addresses of one family in their order. */
function order(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? "" : Buffer.from(address.toByteArray()).toString("hex");
}
