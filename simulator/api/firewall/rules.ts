import type { Call, Handler, Json } from "../../call.js";
import { die, paramError } from "../../errors.js";
import type { FirewallRule } from "../../world/firewall.js";
import { clusterConfig, configOf, digestAt, type Level } from "./level.js";
import { macros } from "./macros.js";

/** A list of rules: of a level, or of a security group. */
interface RuleList {
  readonly level: Level;
  /** Template of the list's endpoints. */
  readonly path: string;
  readonly isGroup: boolean;
  rules(call: Call): FirewallRule[];
}

const notSettings = new Set(["node", "vmid", "group", "pos", "digest", "delete", "moveto"]);

function settings(call: Call): FirewallRule {
  return Object.fromEntries(Object.entries(call.params).filter(([key]) => !notSettings.has(key)));
}

function existing(call: Call, rules: FirewallRule[]): FirewallRule {
  const pos = call.text("pos");
  const rule = rules[Number(pos)];
  if (!rule) throw die(`no rule at position ${pos}`);
  return rule;
}

const isAddress = (text: string): boolean => /^[0-9a-f.:/,-]+$/i.test(text) && /[.:]/.test(text);

/** What is wrong with the names in a rule: sets and aliases must exist where the rule is. */
function nameErrors(call: Call, { level }: RuleList, rule: FirewallRule): Record<string, string> {
  const errors: Record<string, string> = {};
  const own = level.kind === "guest" ? [configOf(call, level)] : [];
  const scopes = [...own, clusterConfig(call)];
  for (const key of ["source", "dest"]) {
    const value = rule[key];
    if (value === undefined || isAddress(value)) continue;
    const [, kind = "", , name = ""] = /^(\+?)((?:guest|dc|sdn)\/)?(.+)$/.exec(value) ?? [];
    if (kind === "+" && !scopes.some(({ ipsets }) => ipsets[name])) errors[key] = `no such ipset '${name}'`;
    if (kind === "" && !scopes.some(({ aliases }) => aliases[name])) errors[key] = `no such alias '${name}'`;
  }
  return errors;
}

function checkRule(call: Call, list: RuleList, rule: FirewallRule): void {
  if (list.isGroup && rule["type"] === "group")
    throw paramError({ type: "invalid rule type 'group' for rule_env 'group'" });
  const { action = "", iface, macro, proto } = rule;
  if (rule["type"] !== "group" && !["ACCEPT", "DROP", "REJECT"].includes(action)) {
    throw paramError({ action: `unknown action '${action}'` });
  }
  if (list.level.kind === "guest" && iface !== undefined && !/^net\d+$/.test(iface)) {
    throw paramError({ iface: "value does not match the regex pattern 'net\\d+'" });
  }
  if (macro !== undefined && !macros.includes(macro)) throw paramError({ macro: `unknown macro '${macro}'` });
  for (const key of ["dport", "sport"]) {
    if (rule[key] !== undefined && proto === undefined && macro === undefined) {
      throw paramError({ proto: `missing property - '${key}' requires this property` });
    }
  }
  const errors = nameErrors(call, list, rule);
  if (Object.keys(errors).length > 0) throw paramError(errors);
}

/** The address family that a rule is bound to, by its addresses or its ICMP type. */
function ipVersion(call: Call, list: RuleList, rule: FirewallRule): number | undefined {
  if (rule["proto"] === "icmp") return 4;
  if (rule["proto"] === "icmpv6" || rule["proto"] === "ipv6-icmp") return 6;
  const own = list.level.kind === "guest" ? configOf(call, list.level).aliases : {};
  const aliases = { ...clusterConfig(call).aliases, ...own };
  for (const value of [rule["source"], rule["dest"]]) {
    if (value === undefined || value.startsWith("+")) continue;
    const address = isAddress(value) ? value : aliases[value.replace(/^(guest|dc)\//, "")]?.cidr;
    if (address !== undefined) return address.includes(":") ? 6 : 4;
  }
  return undefined;
}

function shown(call: Call, list: RuleList, { enable, ...rule }: FirewallRule): Record<string, Json> {
  const errors = nameErrors(call, list, rule);
  const version = Object.keys(errors).length > 0 ? undefined : ipVersion(call, list, rule);
  return {
    ...rule,
    enable: Number(enable ?? 0),
    digest: digestAt(call, list.level),
    ...(version === undefined ? {} : { ipversion: version }),
    ...(Object.keys(errors).length > 0 ? { errors } : {}),
  };
}

function checkDigest(call: Call, list: RuleList): void {
  const sent = call.params["digest"];
  if (sent === undefined || sent === digestAt(call, list.level)) return;
  throw die("detected modified configuration - file changed by other user? Try again.");
}

function update(call: Call, list: RuleList): void {
  checkDigest(call, list);
  const rules = list.rules(call);
  const rule = existing(call, rules);
  const from = rules.indexOf(rule);
  const target = call.int("moveto");
  if (target !== undefined) {
    rules.splice(from, 1);
    rules.splice(target > from ? target - 1 : target, 0, rule);
    return;
  }
  const changed = { ...rule, ...settings(call) };
  const removed = new Set(call.list("delete"));
  const kept = Object.fromEntries(Object.entries(changed).filter(([key]) => !removed.has(key)));
  // What was removed may leave the rest without what it needs: Proxmox checks what is given only.
  if (removed.size === 0) checkRule(call, list, kept);
  rules[from] = kept;
}

/** The endpoints of a list of rules. New rules go to the top, whatever `pos` says (scenario 15, lines 82 to 85). */
export function ruleRoutes(list: RuleList): Record<string, Handler> {
  const { path } = list;
  return {
    [`GET ${path}`]: (call) => list.rules(call).map((rule, pos) => ({ ...shown(call, list, rule), pos })),
    [`GET ${path}/{pos}`]: (call) => ({
      ...shown(call, list, existing(call, list.rules(call))),
      pos: call.text("pos"),
    }),
    [`POST ${path}`]: (call) => {
      checkDigest(call, list);
      const rules = list.rules(call);
      const rule = settings(call);
      checkRule(call, list, rule);
      rules.unshift(rule);
    },
    [`PUT ${path}/{pos}`]: (call) => update(call, list),
    [`DELETE ${path}/{pos}`]: (call) => {
      checkDigest(call, list);
      const rules = list.rules(call);
      rules.splice(rules.indexOf(existing(call, rules)), 1);
    },
  };
}
