import { addressRange } from "../../pve/format/address-range";

/** Protocols by number; the first name is the one that they are compared by. */
const protocols: Readonly<Record<number, readonly string[]>> = {
  1: ["icmp"],
  2: ["igmp"],
  4: ["ipencap"],
  6: ["tcp"],
  8: ["egp"],
  9: ["igp"],
  17: ["udp"],
  33: ["dccp"],
  41: ["ipv6"],
  43: ["ipv6-route"],
  44: ["ipv6-frag"],
  46: ["rsvp"],
  47: ["gre"],
  50: ["esp", "ipsec-esp"],
  51: ["ah", "ipsec-ah"],
  58: ["ipv6-icmp", "icmpv6"],
  59: ["ipv6-nonxt"],
  60: ["ipv6-opts"],
  88: ["eigrp"],
  89: ["ospf", "ospfigp"],
  94: ["ipip"],
  103: ["pim"],
  112: ["vrrp"],
  115: ["l2tp"],
  132: ["sctp"],
  136: ["udplite"],
};

/** The one name of a protocol, by any name or number; its number where none is known here. */
export function protocolOf(text: string): string | undefined {
  if (/^\d{1,3}$/.test(text) && Number(text) < 256) return protocols[Number(text)]?.[0] ?? String(Number(text));
  const name = text.toLowerCase();
  return Object.values(protocols).find((names) => names.includes(name))?.[0];
}

/** Names of /etc/services that people write in rules. */
const services: Readonly<Record<string, number>> = {
  ...{ "ftp-data": 20, ftp: 21, ssh: 22, telnet: 23, smtp: 25, domain: 53, bootps: 67, bootpc: 68, tftp: 69, http: 80 },
  ...{ kerberos: 88, pop3: 110, sunrpc: 111, ntp: 123, imap2: 143, snmp: 161, "snmp-trap": 162, bgp: 179, ldap: 389 },
  ...{ https: 443, "microsoft-ds": 445, submissions: 465, syslog: 514, submission: 587, ldaps: 636, imaps: 993 },
  ...{ pop3s: 995, openvpn: 1194, "ms-sql-s": 1433, nfs: 2049, mysql: 3306, "ms-wbt-server": 3389, postgresql: 5432 },
};

interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** The ports that a text means; undefined where one of them is not known here. */
export function portsIn(text: string): PortRange[] | undefined {
  const found: PortRange[] = [];
  for (const item of text.split(",")) {
    const [, first, last] = /^(\d+)(?::(\d+))?$/.exec(item) ?? [];
    const named = Object.hasOwn(services, item) ? services[item] : undefined;
    const from = first === undefined ? named : Number(first);
    if (from === undefined) return undefined;
    found.push({ from, to: last === undefined ? from : Number(last) });
  }
  return found;
}

export function isPortSpec(text: string): boolean {
  const items = text.split(",");
  const ranges = portsIn(text);
  const numbers = items.reduce((sum, item) => sum + (item.includes(":") ? 2 : 1), 0);
  return ranges !== undefined && numbers <= 15 && ranges.every(({ from, to }) => from <= to && to <= 65535);
}

/** Ports in one spelling: their order, and how often one stands there, mean nothing. */
export function portsText(text: string): string {
  const ranges = portsIn(text);
  if (!ranges) return text;
  const sorted = ranges.sort((a, b) => a.from - b.from || a.to - b.to);
  return [...new Set(sorted.map(({ from, to }) => (from === to ? String(from) : `${from}:${to}`)))].join(",");
}

/** `+dc/name` of a set, `dc/name` of an alias; undefined for addresses. */
export function referenceOf(text: string): { set: boolean; scope: string; name: string } | undefined {
  const [, plus, scope = "", name] = /^(\+?)(?:(guest|dc|sdn)\/)?([A-Za-z][A-Za-z0-9\-_.]+)$/.exec(text) ?? [];
  // Capitals and small letters are the same to Proxmox.
  return name === undefined ? undefined : { set: plus === "+", scope, name: name.toLowerCase() };
}

/** Proxmox takes no other address than the network's own before a length of prefix. */
export const isWholeNetworks = (text: string): boolean =>
  text.split(",").every((item) => {
    const [address = ""] = item.split("/");
    return !item.includes("/") || addressRange(item)?.from === addressRange(address)?.from;
  });

export function isAddressSpec(text: string): boolean {
  if (referenceOf(text)) return true;
  const items = text.split(",");
  const found = items.map(addressRange);
  if (found.some((one) => one === undefined)) return false;
  if (items.length > 1 && items.some((item) => item.includes("-"))) return false;
  return new Set(found.map((one) => one?.family)).size === 1;
}

/** Addresses in one spelling. */
export function addressesText(text: string): string {
  const reference = referenceOf(text);
  if (reference)
    return `${reference.set ? "+" : ""}${reference.scope === "" ? "" : `${reference.scope}/`}${reference.name}`;
  const found = text.split(",").map((item) => addressRange(item));
  if (found.some((one) => one === undefined)) return text.toLowerCase();
  const texts = found.map((one) => (one ? `${one.family}:${one.from.toString(16)}-${one.to.toString(16)}` : ""));
  return [...new Set(texts)].sort().join(",");
}
