import { PveError } from "../errors.js";
import { canonical } from "../sdn/subnet-addresses.js";
import { parseIpOrCidr, type IpVersion } from "./rule-addresses.js";
import type { FirewallConf, SetEntry } from "./firewall-conf.js";
import { setName } from "./set-names.js";
import { aliasIn, type Scope } from "./verify-rule.js";

/** The kernel's sets by name: networks, and those that are none of it (`nomatch`). */
export type Sets = Map<string, Map<string, { readonly nomatch: boolean }>>;

/** Puts sets of a file into the kernel's, each of them twice: for IPv4 and for IPv6 (generate_ipset_chains). */
export function addSets(
  sets: Sets,
  vmid: number,
  tables: Readonly<Record<string, readonly SetEntry[]>>,
  scope: Scope,
  more: Readonly<Record<string, readonly SetEntry[]>> = {},
): void {
  for (const [name, own] of Object.entries(tables)) {
    const found: Record<IpVersion, Map<string, { readonly nomatch: boolean }>> = { 4: new Map(), 6: new Map() };
    for (const entry of [...own, ...(more[name] ?? [])]) {
      if (entry.errors) continue;
      const network = networkOf(entry.cidr, scope);
      if (network) found[network.version].set(network.cidr, { nomatch: entry.nomatch !== undefined });
    }
    for (const version of [4, 6] as const) sets.set(setName(vmid, name, version), found[version]);
  }
}

/** The network of an entry; what is none, or an alias that is not there, is left out. */
function networkOf(text: string, scope: Scope): { cidr: string; version: IpVersion } | undefined {
  const [, prefix, name] = /^(dc\/|guest\/)?([A-Za-z][A-Za-z0-9\-_]+)$/.exec(text) ?? [];
  const cidr = name === undefined ? text : aliasIn(scope, prefix, name.toLowerCase())?.cidr;
  if (cidr === undefined) return undefined;
  try {
    const parsed = parseIpOrCidr(cidr);
    if (parsed.version === 4) return parsed;
    const [address = "", length] = parsed.cidr.split("/");
    return { version: 6, cidr: `${canonical(address)}${length === undefined ? "" : `/${length}`}` };
  } catch (error) {
    if (error instanceof PveError) return undefined;
    throw error;
  }
}

/** The cluster's own sets and those of SDN. */
export function addClusterSets(sets: Sets, conf: FirewallConf): void {
  const scope: Scope = { cluster: conf, own: undefined };
  addSets(sets, 0, conf.ipsets, scope);
  addSets(sets, 0, Object.fromEntries(Object.entries(conf.sdn ?? {}).map(([name, set]) => [name, set.entries])), scope);
}
