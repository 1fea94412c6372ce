import { die } from "../errors.js";
import type { IpVersion } from "./rule-addresses.js";
import { type FirewallConf, type RuleLine } from "./firewall-conf.js";
import { icmpTypes, icmpv6Types } from "./icmp-types.js";
import { macroParts } from "./firewall-macros.js";
import { checkPorts } from "./rule-ports.js";
import { hasPorts, isIcmp } from "./ip-protocols.js";
import { setName } from "./set-names.js";
import { aliasIn, says } from "./verify-rule.js";

/** Chains of a table, each with its rules in the words of iptables, without `-A CHAIN`. */
export type Ruleset = Map<string, string[]>;

/** Whose names a rule may use. */
interface Names {
  readonly cluster: FirewallConf;
  readonly own?: FirewallConf;
  readonly vmid?: number;
}

export const markOn = "0x80000000/0x80000000";
const markOff = "0x00000000/0x80000000";
export const clearMark = `-j MARK --set-mark ${markOff}`;

/** A chain name of iptables has at most so many letters. */
const longestChain = 28;

export function createChain(ruleset: Ruleset, chain: string): void {
  if (chain.length > longestChain) throw die(`Invalid chain name '${chain}' (28 char max)`);
  if (ruleset.has(chain)) throw die(`chain '${chain}' already exists`);
  ruleset.set(chain, []);
}

const levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/** What a rule that logs does before: it lets the packet go on. */
export function logAction(chain: string, vmid: number, level: string, text: string, limit: string | undefined): string {
  const rate = limit === undefined ? "" : `-m limit ${limit} `;
  return `${rate}-j NFLOG --nflog-prefix ":${vmid}:${levels.indexOf(level)}:${chain}: ${text}"`;
}

/** The level that is logged with; undefined for none. */
export function logLevel(value: string | number | undefined): string | undefined {
  return typeof value === "string" && levels.includes(value) ? value : undefined;
}

export function add(ruleset: Ruleset, chain: string, match: string, action: string): void {
  const rules = ruleset.get(chain);
  if (!rules) throw die(`no such chain '${chain}'`);
  rules.push(match === "" ? action : `${match} ${action}`);
}

/** What the actions of a rule become in a chain. */
type Actions = Readonly<Partial<Record<string, string>>>;

interface Placed {
  readonly rule: RuleLine;
  /** What comes of the action. */
  readonly actions: Actions;
  /** `-i vmbr0` or `-o vmbr0`. */
  readonly iface?: string;
}

export interface ChainPlace {
  readonly ruleset: Ruleset;
  readonly chain: string;
  readonly version: IpVersion;
  readonly names: Names;
  readonly logLimit: string | undefined;
}

/** Puts a rule into a chain, a macro as all of its parts; when one of them cannot be, none is (ruleset_generate_rule). */
export function addRule(place: ChainPlace, { rule, actions, iface }: Placed): void {
  const { ruleset, chain, version, names, logLimit } = place;
  const parts = says(rule.macro)
    ? (macroParts(rule.macro, version) ?? []).map((part) => ({ ...rule, ...part }))
    : [rule];
  const action = actions[rule.action] ?? rule.action;
  // goto, so that what comes after it is what comes after the chain
  const target = action === "PVEFW-SET-ACCEPT-MARK" ? `-g ${action}` : `-j ${action}`;
  const lines = parts.flatMap((part) => {
    const match = matchOf(part, version, names, iface);
    const level = logLevel(rule.log);
    const logged =
      level === undefined ? [] : [`${match} ${logAction(chain, names.vmid ?? 0, level, `${rule.action}: `, logLimit)}`];
    return [...logged.map((line) => line.trim()), match === "" ? target : `${match} ${target}`];
  });
  const rules = ruleset.get(chain);
  if (!rules) throw die(`no such chain '${chain}'`);
  rules.push(...lines);
}

/** The conditions of a rule in the words of iptables (ipt_rule_to_cmds). */
function matchOf(rule: RuleLine, version: IpVersion, names: Names, iface: string | undefined): string {
  const match: string[] = iface === undefined ? [] : [iface];
  if (says(rule.source)) match.push(addressMatch(rule.source, "s", version, names));
  if (says(rule.dest)) match.push(addressMatch(rule.dest, "d", version, names));
  const { proto, dport, sport } = rule;
  if (says(proto)) match.push(`-p ${proto}`, ...portMatches(rule, proto));
  else if (says(dport)) throw die(`destination port '${dport}', but no protocol specified`);
  else if (says(sport)) throw die(`source port '${sport}', but no protocol specified`);
  return match.join(" ");
}

function portMatches(rule: RuleLine, proto: string): string[] {
  const { dport, sport, "icmp-type": icmpType } = rule;
  const many = {
    dport: dport !== undefined && checkPorts(dport, isIcmp(proto)),
    sport: sport !== undefined && checkPorts(sport, false),
  };
  const types: string[] = [];
  if (icmpType !== undefined && icmpType !== "") {
    if (!isIcmp(proto)) throw die("'icmp-type' can only be set if 'icmp', 'icmpv6' or 'ipv6-icmp' is specified");
    types.push(`-m ${proto} --${proto === "icmp" ? "icmp-type" : "icmpv6-type"} ${icmpType}`);
  }
  const to = dport === undefined ? [] : toPorts(proto, dport, many.dport);
  const from = says(sport) ? fromPorts(proto, sport, many.sport) : [];
  return many.sport ? [...types, ...to, ...from] : [...types, ...from, ...to];
}

/** A type of ICMP may stand where ports stand. Port 0 is none to Perl: the rule is for all ports then. */
function toPorts(proto: string, dport: string, many: boolean): string[] {
  const types = proto === "icmp" ? icmpTypes : proto === "icmpv6" ? icmpv6Types : undefined;
  if (types) {
    if (/^\d+$/.test(dport) ? Number(dport) > 255 : !types.has(dport)) throw die(`unknown icmp-type '${dport}'`);
    return [`-m ${proto} --${proto}-type ${dport}`];
  }
  if (!hasPorts(proto)) throw die(`protocol ${proto} does not have ports`);
  if (many) return [`--match multiport --dports ${dport}`];
  return says(dport) ? [`--dport ${dport}`] : [];
}

function fromPorts(proto: string, sport: string, many: boolean): string[] {
  if (!hasPorts(proto)) throw die(`protocol ${proto} does not have ports`);
  return [many ? `--match multiport --sports ${sport}` : `--sport ${sport}`];
}

/** `-s 10.0.0.0/8` or the like (ipt_gen_src_or_dst_match). */
function addressMatch(text: string, direction: "s" | "d", version: IpVersion, names: Names): string {
  const word = direction === "s" ? "src" : "dst";
  if (text.startsWith("+")) return `-m set --match-set ${setMatch(text, version, names)} ${word}`;
  const [, prefix, name] = /^(dc\/|guest\/)?([A-Za-z][A-Za-z0-9\-_]+)$/.exec(text) ?? [];
  if (name !== undefined) {
    const alias = aliasIn({ cluster: names.cluster, own: names.own }, prefix, name.toLowerCase());
    if (!alias) throw die(`no such alias '${text}'`);
    return `-${direction} ${alias.cidr}`;
  }
  return text.includes("-") ? `-m iprange --${word}-range ${text}` : `-${direction} ${text}`;
}

function setMatch(text: string, version: IpVersion, { cluster, own, vmid }: Names): string {
  const [, prefix, name] = /^\+(guest\/|dc\/|sdn\/)?([A-Za-z][A-Za-z0-9\-_]+)$/.exec(text) ?? [];
  if (name === undefined) throw die(`invalid security group name '${text}'`);
  const isScope = (scope: string): boolean => prefix === undefined || prefix === `${scope}/`;
  if (isScope("guest") && own?.ipsets[name]) return setName(vmid ?? 0, name, version);
  if (isScope("dc") && cluster.ipsets[name]) return setName(0, name, version);
  if (isScope("sdn") && cluster.sdn?.[name]) return setName(0, name, version);
  throw die(`no such ipset '${name}'`);
}

/** What happens to what no rule was for (ruleset_add_chain_policy). */
export function addPolicy(place: ChainPlace, policy: string, level: string | undefined, accept: string): void {
  const { ruleset, chain, names, logLimit } = place;
  if (policy === "ACCEPT") {
    add(ruleset, chain, "", accept === "PVEFW-SET-ACCEPT-MARK" ? `-g ${accept}` : `-j ${accept}`);
    return;
  }
  add(ruleset, chain, "", policy === "DROP" ? "-j PVEFW-Drop" : "-j PVEFW-Reject");
  if (level !== undefined)
    add(ruleset, chain, "", logAction(chain, names.vmid ?? 0, level, `policy ${policy}: `, logLimit));
  add(ruleset, chain, "", policy === "DROP" ? "-j DROP" : "-g PVEFW-reject");
}
