import { parseProperties } from "../qemu/property-string.js";
import { parseIpOrCidr, type IpVersion } from "./rule-addresses.js";
import type { FirewallConf } from "./firewall-conf.js";
import { addConnections, addInputFilters, orLeaveOut } from "./filters.js";
import { addGuestChains, guestSets } from "./guest-chains.js";
import { addHostChains } from "./host-chains.js";
import { add, createChain, logLevel, type Ruleset } from "./ruleset.js";
import { addClusterSets, type Sets } from "./address-sets.js";
import type { Sources, Whole } from "./rule-sources.js";
import { addStandardChains } from "./standard-chains.js";

/** The packet filter of a node. */
export interface Compiled {
  readonly tables: Readonly<Record<IpVersion, Ruleset>>;
  readonly sets: Sets;
}

/** What `compile` of PVE/Firewall.pm makes of the files; nothing is filtered without `enable`. */
export function compile(sources: Sources): Compiled | undefined {
  const { options } = sources.cluster;
  if (Number(options["enable"] ?? 0) === 0) return undefined;
  const cluster = withLocalNetwork(sources);
  const limit = logLimit(options["log_ratelimit"]);
  const whole = { ...sources, cluster, limit };
  const sets: Sets = new Map();
  for (const guest of sources.guests) guestSets(sets, guest, cluster);
  addClusterSets(sets, cluster);
  return { tables: { 4: table(whole, 4), 6: table(whole, 6) }, sets };
}

/** The alias `local_network`, which the user may have made, and its place in the set `management`. */
function withLocalNetwork({ cluster, localNetwork }: Sources): FirewallConf {
  const detected = parseIpOrCidr(localNetwork ?? "127.0.0.0/8");
  const local = cluster.aliases["local_network"] ?? {
    ...{ name: "local_network", cidr: detected.cidr, ipversion: detected.version },
  };
  return {
    ...cluster,
    aliases: { ...cluster.aliases, local_network: local },
    ipsets: { ...cluster.ipsets, management: [...(cluster.ipsets["management"] ?? []), { cidr: local.cidr }] },
  };
}

/** How often a rule may log ($set_global_log_ratelimit). */
function logLimit(value: string | number | undefined): string | undefined {
  if (typeof value !== "string") return "--limit 1/sec";
  const { enable = "1", rate, burst } = parseProperties(value, { defaultKey: "enable" });
  if (enable === "0") return undefined;
  return `--limit ${rate ?? "1/sec"}${burst === undefined || burst === "0" ? "" : ` --limit-burst ${burst}`}`;
}

function table(sources: Whole, version: IpVersion): Ruleset {
  const { host, limit } = sources;
  const ruleset: Ruleset = new Map();
  for (const chain of ["PVEFW-INPUT", "PVEFW-OUTPUT", "PVEFW-FORWARD"]) createChain(ruleset, chain);
  const level = logLevel(host.options["log_level_out"]);
  addConnections(ruleset, "PVEFW-FORWARD", host.options["nf_conntrack_allow_invalid"] === 1);
  createChain(ruleset, "PVEFW-FWBR-IN");
  addInputFilters(ruleset, "PVEFW-FWBR-IN", version, sources, level);
  add(ruleset, "PVEFW-FORWARD", "-m physdev --physdev-is-bridged --physdev-in fwln+", "-j PVEFW-FWBR-IN");
  createChain(ruleset, "PVEFW-FWBR-OUT");
  add(ruleset, "PVEFW-FORWARD", "-m physdev --physdev-is-bridged --physdev-out fwln+", "-j PVEFW-FWBR-OUT");
  addStandardChains(
    ruleset,
    version,
    { smurf: logLevel(host.options["smurf_log_level"]), flags: logLevel(host.options["tcp_flags_log_level"]) },
    limit,
  );
  if (host.options["enable"] !== 0) orLeaveOut(() => addHostChains(ruleset, version, sources));
  for (const guest of sources.guests)
    if (guest.conf.options["enable"] === 1) orLeaveOut(() => addGuestChains(ruleset, version, sources, guest));
  return ruleset;
}
