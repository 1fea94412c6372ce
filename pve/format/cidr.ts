import net from "node:net";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** An address with the length of its network's prefix: `10.0.0.5/24`. */
interface Cidr {
  readonly address: Address;
  readonly family: 4 | 6;
  readonly prefix: number;
}

/** An address and nothing else: ipaddr.js by itself also takes `10.1`, `0x7f000001` and a zone. */
export const parseAddress = (text: string): Address | undefined =>
  net.isIP(text) === 0 || text.includes("%") ? undefined : ipaddr.parse(text);

export function parseCidr(text: string): Cidr | undefined {
  const [address = "", length = "", ...rest] = text.split("/");
  const parsed = parseAddress(address);
  if (!parsed || rest.length > 0 || !/^\d+$/.test(length)) return undefined;
  const family = parsed.kind() === "ipv4" ? 4 : 6;
  const prefix = Number(length);
  return prefix >= 1 && prefix <= (family === 4 ? 32 : 128) ? { address: parsed, family, prefix } : undefined;
}

/** The one spelling that all spellings of an address have in common; a text that is no address stays. */
export const oneSpelling = (text: string): string => parseAddress(text)?.toString() ?? text;

/** The address so many places after this one, or undefined where there are no more. */
export function addressAfter(address: Address, places: number): Address | undefined {
  const bytes = address.toByteArray();
  let carry = places;
  for (let i = bytes.length - 1; i >= 0 && carry > 0; i--) {
    const sum = (bytes[i] ?? 0) + carry;
    bytes[i] = sum % 256;
    carry = Math.floor(sum / 256);
  }
  return carry > 0 ? undefined : ipaddr.fromByteArray(bytes);
}

/** The network that an address with a prefix is in, in its one spelling; undefined for anything else. */
export function networkOf(text: string): string | undefined {
  const cidr = parseCidr(text);
  if (!cidr) return undefined;
  const { address, family, prefix } = cidr;
  const kind = family === 4 ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${kind.networkAddressFromCIDR(`${address.toString()}/${prefix}`).toString()}/${prefix}`;
}

/** Are they in the same network? */
export const inNetworkOf = ({ address, prefix }: Cidr, other: Address): boolean =>
  address.kind() === other.kind() && other.match(address, prefix);

/** Why an IPv4 address cannot be a machine's own: it names its network, or everybody in it. */
export function unusable({ address, family, prefix }: Cidr): string | undefined {
  if (family === 6 || prefix >= 31) return undefined;
  const cidr = `${address.toString()}/${prefix}`;
  if (ipaddr.IPv4.networkAddressFromCIDR(cidr).toString() === address.toString())
    return "is the address of the network itself";
  return ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString() === address.toString()
    ? "is the broadcast address of its network"
    : undefined;
}
