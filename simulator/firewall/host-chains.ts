import type { IpVersion } from "./rule-addresses.js";
import { addConnections, addInputFilters, addNeighbourDiscovery, ifaceOf, isFor, orLeaveOut } from "./filters.js";
import { addGroupRule } from "./group-chains.js";
import { add, addPolicy, addRule, createChain, logLevel, type ChainPlace, type Ruleset } from "./ruleset.js";
import { setName } from "./set-names.js";
import type { Whole } from "./rule-sources.js";

const corosyncPorts = "-p udp --dport 5404:5405";
/** What others ask of a node: its API, consoles, SPICE, SSH. */
const management = [8006, "5900:5999", 3128, 22] as const;
const migration = "60000:60050";
/** What a node asks of others. Migration is not among it: it passes by the policy alone. */
const asked = [8006, 22, "5900:5999", 3128] as const;

/**
 * The chains of the node itself (enable_host_firewall): the node's own rules before those of the cluster, then what
 * Proxmox itself needs, then the policy. What passes returns, for a bridge's packets have more chains to go through.
 */
export function addHostChains(ruleset: Ruleset, version: IpVersion, sources: Whole): void {
  addInput(ruleset, version, sources);
  addOutput(ruleset, version, sources);
  add(ruleset, "PVEFW-OUTPUT", "", "-j PVEFW-HOST-OUT");
  add(ruleset, "PVEFW-INPUT", "", "-j PVEFW-HOST-IN");
}

function placeOf(ruleset: Ruleset, chain: string, version: IpVersion, { cluster, host, limit }: Whole): ChainPlace {
  return { ruleset, chain, version, names: { cluster, own: host }, logLimit: limit };
}

function addInput(ruleset: Ruleset, version: IpVersion, sources: Whole): void {
  const chain = "PVEFW-HOST-IN";
  const { cluster, host } = sources;
  createChain(ruleset, chain);
  const level = logLevel(host.options["log_level_in"]);
  add(ruleset, chain, "-i lo", "-j ACCEPT");
  addConnections(ruleset, chain, false);
  addNeighbourDiscovery(ruleset, chain, version, host.options, "-j RETURN", true);
  addInputFilters(ruleset, chain, version, sources, level);
  add(ruleset, chain, "-p igmp", "-j RETURN");
  addRules(placeOf(ruleset, chain, version, sources), sources, "in");
  const fromManagement = `-m set --match-set ${setName(0, "management", version)} src`;
  for (const ports of [...management, migration])
    add(ruleset, chain, `${fromManagement} -p tcp --dport ${ports}`, "-j RETURN");
  addCorosync(ruleset, chain, version, sources, (own, other) => `-d ${own} -s ${other}`);
  const policy = String(cluster.options["policy_in"] ?? "DROP");
  addPolicy(placeOf(ruleset, chain, version, sources), policy, level, "RETURN");
}

function addOutput(ruleset: Ruleset, version: IpVersion, sources: Whole): void {
  const chain = "PVEFW-HOST-OUT";
  const { cluster, host } = sources;
  createChain(ruleset, chain);
  const level = logLevel(host.options["log_level_out"]);
  add(ruleset, chain, "-o lo", "-j ACCEPT");
  addConnections(ruleset, chain, false);
  addNeighbourDiscovery(ruleset, chain, version, host.options, "-j RETURN", host.options["radv"] === 1);
  add(ruleset, chain, "-p igmp", "-j RETURN");
  addRules(placeOf(ruleset, chain, version, sources), sources, "out");
  const local = cluster.aliases["local_network"];
  if (local && local.ipversion === version)
    for (const ports of asked) add(ruleset, chain, `-d ${local.cidr} -p tcp --dport ${ports}`, "-j RETURN");
  addCorosync(ruleset, chain, version, sources, (own, other) => `-s ${own} -d ${other}`);
  const policy = String(cluster.options["policy_out"] ?? "ACCEPT");
  addPolicy(placeOf(ruleset, chain, version, sources), policy, level, "RETURN");
}

function addRules(place: ChainPlace, { host, cluster }: Whole, direction: "in" | "out"): void {
  for (const rule of [...host.rules, ...cluster.rules]) {
    if (!isFor(rule, place.version)) continue;
    orLeaveOut(() => {
      if (rule.type === "group") addGroupRule(place, rule, direction, "RETURN");
      else if (rule.type === direction)
        addRule(place, { rule, actions: { ACCEPT: "RETURN", REJECT: "PVEFW-reject" }, ...ifaceOf(rule, direction) });
    });
  }
}

/** Corosync between the addresses of one link. */
function addCorosync(
  ruleset: Ruleset,
  chain: string,
  version: IpVersion,
  { corosync, node }: Whole,
  match: (own: string, other: string) => string,
): void {
  if (!corosync) return;
  if (corosync.multicast) add(ruleset, chain, `-m addrtype --dst-type MULTICAST ${corosyncPorts}`, "-j RETURN");
  const addresses = corosync.addresses.filter((one) => one.version === version);
  const own = new Map(addresses.filter((one) => one.node === node).map((one) => [one.link, one.address]));
  for (const other of addresses) {
    const here = own.get(other.link);
    if (other.node !== node && here !== undefined)
      add(ruleset, chain, `${match(here, other.address)} ${corosyncPorts}`, "-j RETURN");
  }
}
