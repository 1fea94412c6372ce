import { die, paramError, PveError, textOf } from "../errors.js";
import { parseAddressList, type IpVersion } from "./rule-addresses.js";
import { namePattern, type Alias, type FirewallConf, type RuleLine, type RuleEnv } from "./firewall-conf.js";
import { icmpTypes, icmpv6Types } from "./icmp-types.js";
import { macroName, macroParts } from "./firewall-macros.js";
import { checkPorts } from "./rule-ports.js";
import { hasPorts, isIcmp, protocolNumber } from "./ip-protocols.js";

const typesIn: Readonly<Record<RuleEnv, readonly string[]>> = {
  ct: ["in", "out", "group"],
  vm: ["in", "out", "group"],
  group: ["in", "out", "forward"],
  cluster: ["in", "out", "forward", "group"],
  host: ["in", "out", "forward", "group"],
  vnet: ["forward", "group"],
};

const takesIface: ReadonlySet<RuleEnv> = new Set<RuleEnv>(["ct", "vm", "cluster", "host"]);

/** Where names in a rule are looked for. Rules of the cluster itself have no `cluster` (load_config of their API). */
export interface Scope {
  readonly cluster: FirewallConf | undefined;
  readonly own: FirewallConf | undefined;
}

/** To Perl a text of "0" is as good as none: such a port or protocol is neither checked nor written. */
export const says = (text: string | undefined): text is string => text !== undefined && text !== "" && text !== "0";

const optionalText = ["macro", "iface", "source", "dest", "proto", "dport", "sport", "log", "icmp-type"] as const;

/** Interface names as PVE/JSONSchema.pm takes them (pve_verify_iface). */
const ifacePattern = /^[a-z][a-z0-9_]{1,20}([:.]\d+)?$/i;

/** Looks a rule over; `tell` hears of what is wrong, and may throw to end it. */
class Look {
  private version: IpVersion | undefined;
  private count = 0;

  constructor(
    private readonly rule: RuleLine,
    private readonly scope: Scope,
    private readonly env: RuleEnv,
    private readonly tell: (key: string, text: string) => void,
  ) {}

  run(): void {
    this.type();
    this.iface();
    this.macro();
    this.protocol();
    this.ports("dport");
    this.icmpType();
    this.ports("sport");
    this.address("source");
    this.address("dest");
    if (this.version !== undefined) this.rule.ipversion = this.version;
    if (says(this.rule.macro) && this.count === 0) this.expand(this.rule.macro);
  }

  private wrong(key: string, text: string): void {
    this.count++;
    this.tell(key, text);
  }

  /** Runs a check of the formats, whose failure is the key's. */
  private check(key: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof PveError)) throw error;
      this.wrong(key, textOf(error));
    }
  }

  private setVersion(version: IpVersion | undefined): void {
    if (version === undefined) return;
    // not told of a key: the whole call fails, or the line is skipped
    if (this.version !== undefined && this.version !== version) throw die("detected mixed ipv4/ipv6 addresses in rule");
    this.version = version;
  }

  private type(): void {
    const { type, action } = this.rule;
    if (type === "") this.wrong("type", "missing property");
    if (action === "") this.wrong("action", "missing property");
    if (type === "") return;
    if (!typesIn[this.env].includes(type)) this.wrong("type", `invalid rule type '${type}' for rule_env '${this.env}'`);
    if (type === "in" || type === "out" || type === "forward") {
      if (type === "forward" && action === "REJECT")
        this.wrong("action", "cannot define REJECT rules on forward chain");
      if (action !== "" && !/^(?:ACCEPT|DROP|REJECT)$/.test(action)) this.wrong("action", `unknown action '${action}'`);
    } else if (type === "group") {
      if (this.env === "group") this.wrong("type", "security groups not allowed");
      if (action !== "" && !namePattern.test(action)) this.wrong("action", "invalid characters in security group name");
    } else this.wrong("type", `unknown rule type '${type}'`);
  }

  private iface(): void {
    const { iface } = this.rule;
    if (!says(iface)) return;
    if (!takesIface.has(this.env)) this.wrong("type", "parameter -i not allowed for this rule type");
    if (!ifacePattern.test(iface)) this.wrong("iface", `invalid network interface name '${iface}'`);
    if ((this.env === "vm" || this.env === "ct") && !/^net\d+$/.test(iface))
      this.wrong("iface", "value does not match the regex pattern 'net\\d+'");
  }

  private macro(): void {
    const { macro } = this.rule;
    if (!says(macro)) return;
    const name = macroName(macro);
    if (name === undefined) this.wrong("macro", `unknown macro '${macro}'`);
    else this.rule.macro = name;
  }

  private protocol(): void {
    const { proto } = this.rule;
    if (!says(proto)) return;
    if (protocolNumber(proto) === undefined) this.wrong("proto", `unknown protocol '${proto}'`);
    if (proto === "icmp") this.setVersion(4);
    if (proto === "icmpv6" || proto === "ipv6-icmp") this.setVersion(6);
  }

  private ports(key: "dport" | "sport"): void {
    const { [key]: ports, proto } = this.rule;
    if (!says(ports)) return;
    const icmp = key === "dport" && proto !== undefined && isIcmp(proto);
    this.check(key, () => checkPorts(ports, icmp));
    if (!says(proto)) this.wrong("proto", `missing property - '${key}' requires this property`);
    if (!hasPorts(proto ?? "") && !icmp) this.wrong(key, `protocol '${proto ?? ""}' does not support ports`);
  }

  private icmpType(): void {
    const { "icmp-type": type, proto, dport } = this.rule;
    if (!says(type)) return;
    if (!isIcmp(proto ?? "")) this.wrong("proto", "missing property - 'icmp-type' requires this property");
    if (says(dport)) this.wrong("icmp-type", "'icmp-type' cannot be specified together with 'dport'");
    const known = proto === "icmp" ? icmpTypes : isIcmp(proto ?? "") ? icmpv6Types : undefined;
    if (known && !known.has(type)) this.wrong("icmp-type", `invalid icmp-type '${type}' for proto '${proto}'`);
  }

  private address(key: "source" | "dest"): void {
    const { [key]: value } = this.rule;
    if (!says(value)) return;
    this.check(key, () => this.setVersion(parseAddressList(value)));
    if (value.startsWith("+")) return this.set(key, value);
    const [, scope, name] = /^(guest\/|dc\/)?([A-Za-z][A-Za-z0-9\-_]+)$/.exec(value) ?? [];
    if (name === undefined) return;
    const { cluster, own } = this.scope;
    const alias = name.toLowerCase();
    if (!cluster?.aliases[alias] && !own?.aliases[alias]) this.wrong(key, `no such alias '${value}'`);
    this.setVersion(aliasIn(this.scope, scope, alias)?.ipversion);
  }

  private set(key: string, value: string): void {
    const name = /^\+(?:guest\/|dc\/|sdn\/)?([A-Za-z][A-Za-z0-9\-_]+)$/.exec(value)?.[1];
    if (name === undefined) return this.wrong(key, `invalid ipset name '${value}'`);
    const { cluster, own } = this.scope;
    const isThere = [cluster, own].some((conf) => conf?.ipsets[name] ?? conf?.sdn?.[name]);
    if (!isThere) this.wrong(key, `no such ipset '${name}'`);
  }

  /** A macro gives its rules what the rule itself must not say otherwise. */
  private expand(macro: string): void {
    for (const part of macroParts(macro, this.version) ?? [])
      for (const key of ["proto", "dport", "sport"] as const) {
        const [own, given] = [part[key], this.rule[key]];
        if (own !== undefined && given !== undefined && own !== given)
          return this.wrong(key, `parameter '${key}' already define in macro (value = '${own}')`);
      }
  }
}

/** The alias that a name means: the guest's or node's own before the cluster's, as the prefix allows. */
export function aliasIn({ cluster, own }: Scope, prefix: string | undefined, name: string): Alias | undefined {
  const local = prefix === "dc/" ? undefined : own?.aliases[name];
  return local ?? (prefix === "guest/" ? undefined : cluster?.aliases[name]);
}

/** What the parser does: all that is wrong stays with the rule, which has no effect then. */
export function noteErrors(rule: RuleLine, scope: Scope, env: RuleEnv): void {
  const errors: Record<string, string> = {};
  new Look(rule, scope, env, (key, text) => (errors[key] ??= text)).run();
  if (Object.keys(errors).length > 0) rule.errors = errors;
}

/** What the API does: the first thing that is wrong ends the call. */
export function refuseErrors(rule: RuleLine, scope: Scope, env: RuleEnv): void {
  new Look(rule, scope, env, (key, text) => {
    throw paramError({ [key]: text });
  }).run();
}

/** Takes settings of a call over: an empty text, or `-`, takes the setting away (copy_rule_data). */
export function copySettings(rule: RuleLine, params: Readonly<Record<string, string>>): void {
  for (const key of [...optionalText, "comment"] as const) {
    const value = params[key];
    if (value === undefined) continue;
    if (value === "" || value === "-") delete rule[key];
    else rule[key] = value;
  }
  for (const key of ["type", "action"] as const) rule[key] = params[key] ?? rule[key];
  if (params["enable"] !== undefined) rule.enable = Number(params["enable"]);
}

const properties = new Set<string>([...optionalText, "pos", "digest", "type", "action", "enable", "comment"]);

/** `delete`: a list of settings (delete_rule_properties). Without `enable` a line has no `|`: the rule is in force. */
export function deleteSettings(rule: RuleLine, keys: readonly string[]): void {
  for (const key of keys) {
    if (!properties.has(key)) throw paramError({ delete: `no such property ('${key}')` });
    if (key === "type" || key === "action") throw paramError({ delete: `unable to delete required property '${key}'` });
    if (key === "enable") rule.enable = 1;
    else delete rule[key as (typeof optionalText)[number] | "comment"];
  }
}
