import { parseProperties } from "./property-string.js";

/** Addresses of one network device: `ip` is `dhcp` or CIDR, `ip6` is `dhcp`, `auto` or CIDR. */
export interface IpConfig {
  ip?: string;
  gw?: string;
  ip6?: string;
  gw6?: string;
}

/** Parses an `ipconfigN` option; undefined where qemu-server ignores it, DHCP where it says nothing. */
export function parseIpConfig(text: string): IpConfig | undefined {
  const { ip, gw, ip6, gw6 } = parseProperties(text);
  if ((gw && (!ip || ip === "dhcp")) || (gw6 && (!ip6 || ip6 === "dhcp" || ip6 === "auto"))) return undefined;
  if (!ip && !ip6) return { ip: "dhcp", ip6: "dhcp" };
  return { ...(ip ? { ip } : {}), ...(gw ? { gw } : {}), ...(ip6 ? { ip6 } : {}), ...(gw6 ? { gw6 } : {}) };
}

/** Netmask of a prefix length: 24 is 255.255.255.0. */
export function netmask(prefix: number): string {
  return [0, 8, 16, 24]
    .map((shift) => 256 - 2 ** (8 - Math.min(8, Math.max(0, prefix - shift))))
    .map((octet) => (octet === 256 ? 0 : octet))
    .join(".");
}
