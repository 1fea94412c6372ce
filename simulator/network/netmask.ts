import { netmaskBits } from "../formats/network.js";

/** Address with prefix length, from an address and a mask in either notation. */
export function cidrOf(address: string, mask: string | undefined): string | undefined {
  if (/\/\d+$/.test(address)) return address;
  if (mask === undefined) return undefined;
  if (/^\d+$/.test(mask)) return `${address}/${mask}`;
  const bits = netmaskBits(mask);
  return bits === undefined ? undefined : `${address}/${bits}`;
}

/** Kinds of IPv6 addresses that no host can have, as Net::IP calls them; undefined for those it can. */
export function unusableIpv6(address: string): string | undefined {
  const first = Number.parseInt(address.split(":")[0] || "0", 16);
  if (/^[0:]+$/.test(address)) return "UNSPECIFIED";
  if (/^[0:]+:0*1$/.test(address)) return "LOOPBACK";
  if ((first & 0xff00) === 0xff00) return "MULTICAST";
  const usable = (first & 0xe000) === 0x2000 || (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80;
  return usable ? undefined : "RESERVED";
}
