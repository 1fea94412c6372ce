import { die, Unbuilt } from "../errors.js";
import type { SdnSection } from "../world/sdn.js";

/** Options of a type of section: `true` for those that it must have (`options` of the plugins in PVE/Network/SDN). */
type Options = Readonly<Record<string, boolean>>;

const optional = (...names: string[]): Options => Object.fromEntries(names.map((name) => [name, false]));
const required = (...names: string[]): Options => Object.fromEntries(names.map((name) => [name, true]));

const everyZone = optional("nodes", "mtu", "dns", "reversedns", "dnszone", "ipam");

const optionsOf: Readonly<Record<string, Readonly<Record<string, Options>>>> = {
  zones: {
    simple: { ...everyZone, ...optional("dhcp") },
    vlan: { ...everyZone, ...required("bridge"), ...optional("bridge-disable-mac-learning") },
    qinq: {
      ...everyZone,
      ...required("tag", "bridge"),
      ...optional("bridge-disable-mac-learning", "vlan-protocol"),
    },
    vxlan: { ...everyZone, ...optional("peers", "vxlan-port", "fabric") },
    evpn: {
      ...everyZone,
      ...required("vrf-vxlan", "controller"),
      ...optional("exitnodes", "exitnodes-local-routing", "exitnodes-primary", "advertise-subnets"),
      ...optional("disable-arp-nd-suppression", "bridge-disable-mac-learning", "rt-import", "vxlan-port", "mac"),
    },
  },
  vnets: { vnet: { ...required("zone"), ...optional("tag", "alias", "vlanaware", "isolate-ports") } },
  subnets: {
    subnet: { ...required("vnet"), ...optional("gateway", "snat", "dnszoneprefix", "dhcp-range", "dhcp-dns-server") },
  },
  controllers: {
    evpn: { ...required("asn"), ...optional("peers", "fabric") },
    bgp: {
      ...required("node", "asn", "peers"),
      ...optional("bgp-multipath-as-path-relax", "ebgp", "ebgp-multihop", "loopback"),
    },
    isis: { ...required("isis-domain", "isis-net", "isis-ifaces", "node"), ...optional("loopback") },
  },
  ipams: {
    pve: {},
    netbox: { ...required("url", "token"), ...optional("fingerprint") },
    phpipam: { ...required("url", "token", "section"), ...optional("fingerprint") },
  },
  dns: {
    powerdns: { ...required("url", "key"), ...optional("ttl", "reversemaskv6", "fingerprint") },
  },
};

function optionsFor(kind: string, type: string): Options {
  const options = optionsOf[kind]?.[type];
  if (!options) throw new Unbuilt(`SDN ${kind} of type ${type}`);
  return options;
}

/** `check_config` of PVE/SectionConfig.pm. */
export function checkSection(
  kind: string,
  type: string,
  given: Readonly<Record<string, string | string[]>>,
  isNew: boolean,
): SdnSection {
  const options = optionsFor(kind, type);
  for (const key of Object.keys(given)) if (!(key in options)) throw die(`unexpected property '${key}'`);
  if (isNew)
    for (const [key, needed] of Object.entries(options))
      if (needed && given[key] === undefined) throw die(`missing value for required option '${key}'`);
  return { type, ...given };
}

/** `delete_from_config`, then what was given. */
export function changeSection(
  kind: string,
  section: SdnSection,
  given: Readonly<Record<string, string | string[]>>,
  deletions: readonly string[],
): void {
  const options = optionsFor(kind, section.type);
  checkSection(kind, section.type, given, false);
  for (const key of deletions) {
    if (!(key in options)) throw die(`no such option '${key}'`);
    if (options[key]) throw die(`unable to delete required option '${key}'`);
    if (given[key] !== undefined) throw die(`cannot set and delete property '${key}' at the same time!`);
    delete section[key];
  }
  Object.assign(section, given);
}
