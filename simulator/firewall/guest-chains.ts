import type { IpVersion } from "./rule-addresses.js";
import type { FirewallConf, SetEntry } from "./firewall-conf.js";
import { addGroupRule } from "./group-chains.js";
import { addNeighbourDiscovery, isFor, orLeaveOut } from "./filters.js";
import { add, addPolicy, addRule, clearMark, createChain, logLevel, type ChainPlace, type Ruleset } from "./ruleset.js";
import { setName } from "./set-names.js";
import { addSets, type Sets } from "./address-sets.js";
import type { GuestDevice, LocalGuest, Whole } from "./rule-sources.js";
import { says } from "./verify-rule.js";

/** What DHCP needs, which passes unless `dhcp` is 0: from port to port, as the guest sends it. */
const dhcp: Readonly<Record<IpVersion, { readonly client: number; readonly server: number }>> = {
  4: { client: 68, server: 67 },
  6: { client: 546, server: 547 },
};

/** The chains of a guest's devices. */
export function addGuestChains(ruleset: Ruleset, version: IpVersion, sources: Whole, guest: LocalGuest): void {
  for (const device of guest.devices)
    for (const direction of ["in", "out"] as const) addDevice(ruleset, version, sources, guest, device, direction);
}

function addDevice(
  ruleset: Ruleset,
  version: IpVersion,
  { cluster, limit }: Whole,
  { vmid, conf }: LocalGuest,
  device: GuestDevice,
  direction: "in" | "out",
): void {
  const { options } = conf;
  const chain = `${device.iface}-${direction.toUpperCase()}`;
  const place: ChainPlace = { ruleset, chain, version, names: { cluster, own: conf, vmid }, logLimit: limit };
  const isOut = direction === "out";
  createChain(ruleset, chain);
  add(ruleset, chain, "", `-j CONNMARK --set-mark ${vmid}`);
  const accept = isOut ? "-g PVEFW-SET-ACCEPT-MARK" : "-j ACCEPT";
  const { client, server } = dhcp[version];
  const [from, to] = isOut ? [client, server] : [server, client];
  if (options["dhcp"] !== 0) add(ruleset, chain, `-p udp --sport ${from} --dport ${to}`, accept);
  if (isOut) addSenderFilters(ruleset, chain, version, vmid, conf, device);
  addNeighbourDiscovery(ruleset, chain, version, options, accept, !isOut || options["radv"] === 1);
  for (const rule of conf.rules) {
    if ((says(rule.iface) && rule.iface !== device.id) || !isFor(rule, version)) continue;
    if (rule.type === "group") addGroupRule(place, { ...rule, iface: "" }, direction, isOut ? "RETURN" : "ACCEPT");
    else if (rule.type === direction)
      orLeaveOut(() =>
        addRule(place, {
          rule,
          actions: { REJECT: "PVEFW-reject", ...(isOut ? { ACCEPT: "PVEFW-SET-ACCEPT-MARK" } : {}) },
        }),
      );
  }
  const policy = String((isOut ? options["policy_out"] : options["policy_in"]) ?? (isOut ? "ACCEPT" : "DROP"));
  const level = logLevel(options[`log_level_${direction}`]);
  addPolicy(place, policy, level, isOut ? "PVEFW-SET-ACCEPT-MARK" : "ACCEPT");
  const [bridge, word] = isOut ? ["PVEFW-FWBR-OUT", "in"] : ["PVEFW-FWBR-IN", "out"];
  add(ruleset, bridge, `-m physdev --physdev-is-bridged --physdev-${word} ${device.iface}`, `-j ${chain}`);
}

/** A guest sends with its own MAC address, and with those of its filter's addresses if it has one. */
function addSenderFilters(
  ruleset: Ruleset,
  chain: string,
  version: IpVersion,
  vmid: number,
  { options, ipsets }: FirewallConf,
  { id, mac }: GuestDevice,
): void {
  if (options["macfilter"] !== 0) add(ruleset, chain, `-m mac ! --mac-source ${mac}`, "-j DROP");
  if (version === 6 && options["radv"] !== 1)
    add(ruleset, chain, "-p icmpv6 --icmpv6-type router-advertisement", "-j DROP");
  if (options["ipfilter"] === 1 || ipsets[`ipfilter-${id}`])
    add(ruleset, chain, `-m set ! --match-set ${setName(vmid, `ipfilter-${id}`, version)} src`, "-j DROP");
  add(ruleset, chain, "", clearMark);
}

/** A guest's sets, and those that filter what its devices may send from (compile_ipsets). */
export function guestSets(sets: Sets, { vmid, conf, devices }: LocalGuest, cluster: FirewallConf): void {
  const filters: Record<string, SetEntry[]> = {};
  const tables: Record<string, readonly SetEntry[]> = { ...conf.ipsets };
  for (const { id, mac, addresses } of devices) {
    const name = `ipfilter-${id}`;
    if (conf.options["ipfilter"] === 1) tables[name] ??= [];
    filters[name] = [
      ...[{ cidr: linkLocal(mac) }, { cidr: "fe80::/10", nomatch: 1 as const }],
      ...addresses.map((cidr) => ({ cidr })),
    ];
  }
  addSets(sets, vmid, tables, { cluster, own: conf }, filters);
}

/** The address that IPv6 makes of a MAC address. */
function linkLocal(mac: string): string {
  const [a = "", b, c, d, e, f] = mac.split(":");
  const first = (Number.parseInt(a, 16) ^ 2).toString(16).padStart(2, "0");
  return `fe80::${first}${b}:${c}FF:FE${d}:${e}${f}`;
}
