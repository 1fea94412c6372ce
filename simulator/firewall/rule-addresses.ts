import net from "node:net";
import { numberOf } from "../network/prefixes.js";
import { canonical } from "../sdn/subnet-addresses.js";
import { die } from "../errors.js";

export type IpVersion = 4 | 6;

/** The family of an address as the patterns IPV4RE and IPV6RE of PVE/Tools.pm take it. */
export function versionOf(address: string): IpVersion | undefined {
  if (net.isIPv4(address)) return 4;
  return net.isIPv6(address) && !address.includes("%") ? 6 : undefined;
}

const unusable = "value does not look like a valid IP address or CIDR network";

/** An address or network without the prefix length that says no more than the address (parse_ip_or_cidr). */
export function parseIpOrCidr(text: string): { cidr: string; version: IpVersion } {
  const [, address = "", length] = /^([^/]+)(\/\d+)?$/.exec(text) ?? [];
  const version = versionOf(address);
  if (version === undefined) throw die(unusable);
  return { cidr: length === (version === 4 ? "/32" : "/128") ? address : text, version };
}

/** The network of an address: bits beyond the prefix length are gone (clean_cidr). */
export function cleanCidr(cidr: string): string {
  const [address = "", length] = cidr.split("/");
  const number = numberOf(address);
  // a length of 0 is none to Perl
  if (!number || length === undefined || Number(length) === 0 || Number(length) > number.bits) return cidr;
  const rest = BigInt(number.bits - Number(length));
  return `${addressText((number.value >> rest) << rest, number.bits)}/${length}`;
}

function addressText(value: bigint, bits: number): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(16 * (7 - index))) & 0xffffn).toString(16));
  return canonical(groups.join(":"));
}

/** Why a text is no address and no network; undefined when it is one (pve_verify_ip_or_cidr). */
export function cidrFailure(text: string): string | undefined {
  const [, address = ""] = /^([^/]+)(?:\/\d+)?$/.exec(text) ?? [];
  return versionOf(address) === undefined ? unusable : elementFailure(cleanCidr(text));
}

const inBits = (value: bigint, bits: number): string => value.toString(2).padStart(bits, "0");

/** Why Net::IP takes an element of a list for no address; its texts. */
function elementFailure(element: string): string | undefined {
  const slash = /^(\S+?)(\/\S+)$/.exec(element);
  if (slash) return networkFailure(slash[1] ?? "", slash[2] ?? "");
  const range = /^(.+?)\s*-\s*(.+)$/.exec(element);
  if (range) return rangeFailure(range[1] ?? "", range[2] ?? "");
  return addressFailure(element);
}

function networkFailure(address: string, lengthText: string): string | undefined {
  const wrong = addressFailure(address);
  if (wrong !== undefined) return wrong;
  const number = numberOf(address);
  const length = /^\/(\d+)$/.exec(lengthText)?.[1];
  if (!number || length === undefined) return unreadable;
  if (Number(length) > number.bits) return `Prefix length ${length} is longer than IP address (${number.bits})`;
  const rest = BigInt(number.bits - Number(length));
  return (number.value >> rest) << rest === number.value
    ? undefined
    : `Invalid prefix ${inBits(number.value, number.bits)}/${length}`;
}

function rangeFailure(first: string, last: string): string | undefined {
  const wrong = addressFailure(first) ?? addressFailure(last);
  if (wrong !== undefined) return wrong;
  const [from, to] = [numberOf(first), numberOf(last)];
  if (!from || !to) return unreadable;
  if (from.bits !== to.bits) return `Begin and End addresses have different IP versions - ${first} - ${last}`;
  return from.value <= to.value ? undefined : `Begin address is greater than End address ${first} - ${last}`;
}

const unreadable = "Invalid IP address";

/** Of abbreviated IPv4 addresses (`10.1`), which Net::IP would complete, the simulator knows nothing. */
function addressFailure(address: string): string | undefined {
  if (versionOf(address) !== undefined) return undefined;
  if (address.includes(":")) return `Invalid IP address ${address}`;
  if (!/^[\d.]+$/.test(address)) return `Invalid chars in IP ${address}`;
  if (address.startsWith(".")) return `Invalid IP ${address} - starts with a dot`;
  if (address.endsWith(".")) return `Invalid IP ${address} - ends with a dot`;
  if (address.includes("..")) return `Empty quad in IP address ${address}`;
  const quads = address.split(".");
  const large = quads.find((quad) => Number(quad) > 255);
  if (quads.length <= 4 && large !== undefined) return `Invalid quad in IP address ${address} - ${large}`;
  return `${unreadable} ${address}`;
}

const longestName = 64;

/**
 * The family of the addresses in a rule's `source` or `dest`; undefined for a set or an alias (parse_address_list). A
 * network whose address has bits beyond its length is refused here, though an alias may be one.
 */
export function parseAddressList(text: string): IpVersion | undefined {
  if (/^\+\S+$/.test(text)) {
    if (text.length > longestName + 1) throw die("ipset name too long");
    return undefined;
  }
  if (/^(?:dc\/|guest\/)?[A-Za-z][A-Za-z0-9\-_]+$/.test(text)) {
    if (text.length > longestName) throw die("alias name too long");
    return undefined;
  }
  const elements = text.split(",");
  if (elements.at(-1) === "") throw die("extraneous commas in list");
  let version: IpVersion | undefined;
  for (const element of elements) {
    const failure = elementFailure(element);
    if (failure !== undefined) throw die(`invalid IP address: ${failure}`);
    const own: IpVersion = element.includes(":") ? 6 : 4;
    if (version !== undefined && own !== version)
      throw die(`detected mixed ipv4/ipv6 addresses in address list '${text}'`);
    version = own;
  }
  if (elements.length > 1 && elements.some((element) => element.includes("-")))
    throw die("you can't use a range in a list");
  return version;
}
