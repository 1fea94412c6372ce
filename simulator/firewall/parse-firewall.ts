import { die, PveError, textOf } from "../errors.js";
import { parseIpOrCidr } from "./rule-addresses.js";
import {
  emptyConf,
  longestGroupName,
  longestSetName,
  namePattern,
  type Alias,
  type FirewallConf,
  type RuleLine,
  type RuleEnv,
  type SetEntry,
} from "./firewall-conf.js";
import { parseOption } from "./option-lines.js";
import { aliasIn, noteErrors, type Scope } from "./verify-rule.js";

interface Source {
  readonly env: RuleEnv;
  /** What the cluster's own file says; undefined while that is what is read. */
  readonly cluster?: FirewallConf;
  /** What the node's clock says, in seconds. */
  readonly seconds: number;
  /** Sets of SDN, for the cluster's own file. */
  readonly sdn?: FirewallConf["sdn"];
}

type Section = "options" | "aliases" | "rules" | { readonly kind: "group" | "ipset"; readonly name: string };

/** The sections that a file may have; the heads of others are lines like any other. */
const sectionsOf: Readonly<Record<RuleEnv, readonly string[]>> = {
  cluster: ["options", "aliases", "group", "rules", "ipset"],
  group: [],
  host: ["options", "rules"],
  vm: ["options", "aliases", "rules", "ipset"],
  ct: ["options", "aliases", "rules", "ipset"],
  vnet: ["options", "rules"],
};

/**
 * What a file of the firewall says, in the order in which it stands there: a rule knows only what is above it
 * (generic_fw_config_parser). Lines that cannot be read are left out, as Proxmox leaves them out; `warn` hears of them.
 */
export function parseConf(text: string, source: Source, warn: (text: string) => void = () => undefined): FirewallConf {
  const conf: FirewallConf = { ...emptyConf(), ...(source.sdn ? { sdn: source.sdn } : {}) };
  let section: Section | undefined;
  let keys = new Set<string>();
  for (const [index, whole] of text.split("\n").entries()) {
    const line = whole.replace(/^[ \t]*|[ \t]*$/g, "");
    if (line.startsWith("#") || /^\s*$/.test(line)) continue;
    const tell = (why: string): void => warn(`(line ${index + 1}) - ${why}`);
    const head = headOf(line, source.env);
    try {
      if (head) {
        section = undefined;
        section = begin(conf, head);
        keys = new Set();
      } else if (section === undefined) tell("skip line - no section");
      else readLine(conf, section, line, source, keys, tell);
    } catch (error) {
      if (!(error instanceof PveError)) throw error;
      tell(textOf(error));
    }
  }
  return conf;
}

interface Head {
  readonly kind: string;
  readonly name: string;
  readonly comment?: string;
}

function headOf(line: string, env: RuleEnv): Head | undefined {
  const plain = /^\[(options|aliases|rules)\]$/i.exec(line)?.[1]?.toLowerCase();
  const [, kind = "", name = "", comment] = /^\[(group|ipset)\s+(\S+)\]\s*(?:#\s*(.*?)\s*)?$/i.exec(line) ?? [];
  const found = plain ?? kind.toLowerCase();
  if (!sectionsOf[env].includes(found)) return undefined;
  // capitals in names of groups and sets are lost
  return { kind: found, name: name.toLowerCase(), ...(comment ? { comment } : {}) };
}

function begin(conf: FirewallConf, { kind, name, comment }: Head): Section {
  if (kind === "options" || kind === "aliases" || kind === "rules") return kind;
  if (kind === "group") {
    if (name.length > longestGroupName) throw die("security group name too long");
    if (!namePattern.test(name)) throw die(`invalid security group name '${name}'`);
    conf.groups[name] = [];
    if (comment !== undefined) conf.groupComments[name] = comment;
    return { kind, name };
  }
  if (name.length > longestSetName) throw die("ipset name too long");
  if (!namePattern.test(name)) throw die(`invalid ipset name '${name}'`);
  conf.ipsets[name] = [];
  if (comment !== undefined) conf.ipsetComments[name] = comment;
  return { kind: "ipset", name };
}

function readLine(
  conf: FirewallConf,
  section: Section,
  line: string,
  { env, cluster, seconds }: Source,
  keys: Set<string>,
  warn: (text: string) => void,
): void {
  if (section === "options") {
    const [key, value] = parseOption(line, env, seconds);
    conf.options[key] = value;
  } else if (section === "aliases") {
    const alias = parseAlias(line);
    // what is no alias at all leaves one without a name, which nothing can name
    if (alias) conf.aliases[alias.name.toLowerCase()] = alias;
  } else if (section === "rules") {
    // the cluster's own file is what its rules look names up in
    conf.rules.push(ruleOf(line, { cluster: cluster ?? conf, own: conf }, env, warn));
  } else if (section.kind === "group") {
    conf.groups[section.name]?.push(ruleOf(line, { cluster: cluster ?? conf, own: undefined }, "group", warn));
  } else conf.ipsets[section.name]?.push(entryOf(line, { cluster: cluster ?? conf, own: conf }, keys));
}

/** A comment to the end of the line, and the line without it. */
function withoutComment(line: string): { rest: string; comment?: string } {
  const at = line.indexOf("#");
  if (at < 0) return { rest: line };
  const comment = line.slice(at + 1).trim();
  return { rest: line.slice(0, at), ...(comment === "" ? {} : { comment }) };
}

function ruleOf(line: string, scope: Scope, env: RuleEnv, warn: (text: string) => void): RuleLine {
  const rule = parseRule(line);
  noteErrors(rule, scope, env);
  if (rule.errors) {
    warn(`errors in rule parameters: ${line}`);
    for (const [key, text] of Object.entries(rule.errors)) warn(`  ${key}: ${text}`);
  }
  return rule;
}

const words = [
  [/^-i (\S+)\s*/, "iface"],
  [/^(?:-p|--?proto) (\S+)\s*/, "proto"],
  [/^--?dport (\S+)\s*/, "dport"],
  [/^--?sport (\S+)\s*/, "sport"],
  [/^--?source (\S+)\s*/, "source"],
  [/^--?dest (\S+)\s*/, "dest"],
  [/^--?log (emerg|alert|crit|err|warning|notice|info|debug|nolog)\s*/, "log"],
  [/^--?icmp-type (\S+)\s*/, "icmp-type"],
] as const;

/** A line of rules: `|IN SSH(ACCEPT) -i vmbr0 -source +admins -log info # text` (parse_fw_rule). */
function parseRule(whole: string): RuleLine {
  const { rest, comment } = withoutComment(whole);
  const enable = rest.startsWith("|") ? 0 : 1;
  let line = rest.replace(/^\|/, "");
  const [head, type = "", action = ""] = /^(\S+)\s+(\S+)\s*/.exec(line) ?? [];
  if (head === undefined) throw die(`unable to parse rule: ${line}`);
  line = line.slice(head.length);
  const rule: RuleLine = { type: type.toLowerCase(), action, enable, ...(comment === undefined ? {} : { comment }) };
  const [, macro, target] = /^(\S+)\((ACCEPT|DROP|REJECT)\)$/.exec(action) ?? [];
  if (macro !== undefined && target !== undefined && ["in", "out", "forward"].includes(rule.type))
    Object.assign(rule, { macro, action: target });
  while (line !== "") {
    const found = (rule.type === "group" ? words.slice(0, 1) : words).find(([pattern]) => pattern.test(line));
    if (!found) break;
    const [all = "", value = ""] = found[0].exec(line) ?? [];
    rule[found[1]] = value;
    line = line.slice(all.length);
  }
  if (line !== "") throw die(`unable to parse rule parameters: ${line}`);
  return rule;
}

function parseAlias(whole: string): Alias | undefined {
  const { rest, comment } = withoutComment(whole);
  const [, name, text] = /^(\S+)\s(\S+)$/.exec(rest.trimEnd()) ?? [];
  if (name === undefined || text === undefined) return undefined;
  const { cidr, version } = parseIpOrCidr(text);
  return { name, cidr, ipversion: version, ...(comment === undefined ? {} : { comment }) };
}

/** An entry of a set; what is wrong with it stays with it, and it has no effect. */
function entryOf(whole: string, scope: Scope, keys: Set<string>): SetEntry {
  const { rest, comment } = withoutComment(whole);
  const [, not, text = ""] = /^(!)?\s*(\S+)\s*$/.exec(rest) ?? [];
  let cidr = text;
  let wrong: string | undefined;
  try {
    const [, prefix, name] = /^(dc\/|guest\/)?([A-Za-z][A-Za-z0-9\-_]+)$/.exec(text) ?? [];
    if (name === undefined) ({ cidr } = parseIpOrCidr(text));
    else if (!aliasIn(scope, prefix, name.toLowerCase())) throw die(`no such alias '${name}'`);
    if (keys.has(cidr)) throw die(`duplicate ipset entry for '${cidr}'`);
  } catch (error) {
    if (!(error instanceof PveError)) throw error;
    wrong = textOf(error);
  }
  if (/\/0+$/.test(cidr)) wrong = "a zero prefix is not allowed in ipset entries\n";
  keys.add(cidr);
  return {
    cidr,
    ...(not === undefined ? {} : { nomatch: 1 as const }),
    ...(comment === undefined ? {} : { comment }),
    ...(wrong === undefined ? {} : { errors: { cidr: wrong } }),
  };
}
