import { PveError } from "../errors.js";
import type { IpVersion } from "./rule-addresses.js";
import type { RuleLine } from "./firewall-conf.js";
import { add, createChain, logAction, type Ruleset } from "./ruleset.js";
import { setName } from "./set-names.js";
import type { Whole } from "./rule-sources.js";
import { says } from "./verify-rule.js";

/** What fails alone is left out, as Proxmox leaves it out with a word in the log. */
export function orLeaveOut(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof PveError)) throw error;
  }
}

const established = "-m conntrack --ctstate RELATED,ESTABLISHED";

/** What belongs to a connection that is there passes before any rule. */
export function addConnections(ruleset: Ruleset, chain: string, allowInvalid: boolean): void {
  if (!allowInvalid) add(ruleset, chain, "-m conntrack --ctstate INVALID", "-j DROP");
  add(ruleset, chain, established, "-j ACCEPT");
}

/** The set `blacklist`, and packets that no honest sender sends (ruleset_chain_add_input_filters). */
export function addInputFilters(
  ruleset: Ruleset,
  chain: string,
  version: IpVersion,
  { cluster, host, limit }: Whole,
  level: string | undefined,
): void {
  if (cluster.ipsets["blacklist"]) {
    if (!ruleset.has("PVEFW-blacklist")) {
      createChain(ruleset, "PVEFW-blacklist");
      if (level !== undefined)
        add(ruleset, "PVEFW-blacklist", "", logAction("PVEFW-blacklist", 0, level, "DROP: ", limit));
      add(ruleset, "PVEFW-blacklist", "", "-j DROP");
    }
    add(ruleset, chain, `-m set --match-set ${setName(0, "blacklist", version)} src`, "-j PVEFW-blacklist");
  }
  if (host.options["nosmurfs"] !== 0 && version === 4)
    add(ruleset, chain, "-m conntrack --ctstate INVALID,NEW", "-j PVEFW-smurfs");
  if (host.options["tcpflags"] === 1) add(ruleset, chain, "-p tcp", "-j PVEFW-tcpflags");
}

/** `-i vmbr0` or `-o vmbr0`, if the rule names an interface. */
export function ifaceOf(rule: RuleLine, direction: "in" | "out"): { iface?: string } {
  return says(rule.iface) ? { iface: `-${direction === "in" ? "i" : "o"} ${rule.iface}` } : {};
}

/** Whether a rule has any effect in a table. */
export const isFor = (rule: RuleLine, version: IpVersion): boolean =>
  rule.enable !== 0 && !rule.errors && (rule.ipversion === undefined || rule.ipversion === version);

/** Neighbours of IPv6 find each other, unless `ndp` is 0 (ruleset_chain_add_ndp). */
export function addNeighbourDiscovery(
  ruleset: Ruleset,
  chain: string,
  version: IpVersion,
  options: Readonly<Record<string, string | number>>,
  accept: string,
  advertises: boolean,
): void {
  if (version !== 6 || options["ndp"] === 0) return;
  const types = ["router-solicitation", ...(advertises ? ["router-advertisement"] : [])];
  for (const type of [...types, "neighbor-solicitation", "neighbor-advertisement"])
    add(ruleset, chain, `-p icmpv6 --icmpv6-type ${type}`, accept);
}
