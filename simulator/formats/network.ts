import net from "node:net";
import type { Format } from "./format.js";

const no = (what: string): string => `value does not look like a valid ${what}`;
const dnsLabel = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const dnsName = new RegExp(`^(?:${dnsLabel}\\.)*${dnsLabel}$`);

const isIpv4 = (text: string): boolean => net.isIPv4(text);
const isIpv6 = (text: string): boolean => net.isIPv6(text) && !text.includes("%");
export const isIp = (text: string): boolean => isIpv4(text) || isIpv6(text);
export const isDnsName = (text: string): boolean => dnsName.test(text);

/** A prefix of at least 8 bits: shorter ones are refused (pve_verify_cidrv4 in PVE/JSONSchema.pm). */
export function isCidrv4(text: string): boolean {
  const [address = "", bits = ""] = text.split("/");
  return /^\d+$/.test(bits) && isIpv4(address) && Number(bits) > 7 && Number(bits) <= 32;
}

export function isCidrv6(text: string): boolean {
  const [address = "", bits = ""] = text.split("/");
  return /^\d+$/.test(bits) && isIpv6(address) && Number(bits) > 7 && Number(bits) <= 128;
}

/** The number of bits of a dotted netmask, or undefined. */
export function netmaskBits(text: string): number | undefined {
  if (!isIpv4(text)) return undefined;
  const bits = text
    .split(".")
    .map((octet) => Number(octet).toString(2).padStart(8, "0"))
    .join("");
  const ones = bits.indexOf("0");
  const length = ones === -1 ? 32 : ones;
  return bits.slice(length).includes("1") ? undefined : length;
}

const is =
  (test: (text: string) => boolean, failure: string): Format =>
  (text) =>
    test(text) ? undefined : failure;

function vlanFailure(text: string): string | undefined {
  const range = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (!range) return `invalid VLAN configuration '${text}'`;
  const [, first = "", last] = range;
  for (const tag of [first, last]) {
    if (tag !== undefined && (Number(tag) < 2 || Number(tag) > 4094)) return `invalid VLAN tag '${tag}'`;
  }
  return last !== undefined && Number(first) >= Number(last)
    ? `VLAN range must go from lower to higher tag '${text}'`
    : undefined;
}

/** Addresses and interfaces, from PVE/JSONSchema.pm. */
export const networkFormats: Readonly<Record<string, Format>> = {
  ip: is(isIp, no("IP address")),
  ipv4: is(isIpv4, no("IPv4 address")),
  ipv6: is(isIpv6, no("IPv6 address")),
  ipv4mask: is((text) => netmaskBits(text) !== undefined, no("IP netmask")),
  CIDRv4: is(isCidrv4, no("IPv4 CIDR network")),
  CIDRv6: is(isCidrv6, no("IPv6 CIDR network")),
  CIDR: is((text) => isCidrv4(text) || isCidrv6(text), no("CIDR network")),
  "pve-ipv4-config": is((text) => /^(dhcp|manual)$/.test(text) || isCidrv4(text), no("ipv4 network configuration")),
  "pve-ipv6-config": is(
    (text) => /^(auto|dhcp|manual)$/.test(text) || isCidrv6(text),
    no("ipv6 network configuration"),
  ),
  "dns-name": is(isDnsName, no("DNS name")),
  address: (text) => (isIp(text) || isDnsName(text) ? undefined : `value does not look like a valid address: ${text}`),
  "mac-addr": is((text) => /^[a-f0-9][02468ace](?::[a-f0-9]{2}){5}$/i.test(text), no("unicast MAC address")),
  "pve-iface": (text) =>
    /^[a-z][a-z0-9_]{1,20}([:.]\d+)?$/i.test(text) ? undefined : `invalid network interface name '${text}'`,
  "pve-bridge-id": (text) => (/^[-_.\w]+$/.test(text) ? undefined : `invalid bridge ID '${text}'`),
  "pve-vlan-id-or-range": vlanFailure,
  "mac-prefix": (text) =>
    /^[a-f0-9][02468ace](?::[a-f0-9]{2}){0,2}:?$/i.test(text)
      ? undefined
      : "value is not a valid unicast MAC address prefix",
};
