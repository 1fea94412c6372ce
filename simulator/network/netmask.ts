/** Prefix length of a dotted netmask; undefined when it is none. */
export function netmaskBits(mask: string): number | undefined {
  const octets = mask.split(".");
  if (octets.length !== 4 || !octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)) {
    return undefined;
  }
  const bits = octets.map((octet) => Number(octet).toString(2).padStart(8, "0")).join("");
  const ones = bits.replace(/0*$/, "");
  return ones.includes("0") ? undefined : ones.length;
}

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
