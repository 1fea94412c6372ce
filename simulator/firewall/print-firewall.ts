import type { FirewallConf, RuleLine } from "./firewall-conf.js";
import { says } from "./verify-rule.js";

const comment = (text: string | undefined): string => (text !== undefined && /\S/.test(text) ? ` # ${text}` : "");

/** A file of the firewall as Proxmox writes it; empty when there is nothing to say, and the file goes. */
export function printConf(conf: FirewallConf): string {
  return [
    section(
      "[OPTIONS]",
      Object.entries(conf.options).map(([key, value]) => `${key}: ${value}`),
    ),
    section(
      "[ALIASES]",
      sorted(conf.aliases).map(([, { name, cidr, comment: text }]) => `${name} ${cidr}${comment(text)}`),
    ),
    ...sorted(conf.ipsets).map(([name, entries]) => {
      const byCidr = new Map(entries.toReversed().map((entry) => [entry.cidr, entry]));
      const lines = [...byCidr.values()]
        .sort((a, b) => (a.cidr < b.cidr ? -1 : 1))
        .map((entry) => `${entry.nomatch ? "!" : ""}${entry.cidr}${comment(entry.comment)}`);
      return `${head("IPSET", name, conf.ipsetComments[name])}${lines.map((line) => `${line}\n`).join("")}\n`;
    }),
    section(
      "[RULES]",
      conf.rules.map((rule) => ruleLine(rule, true)),
    ),
    ...sorted(conf.groups).map(
      ([name, rules]) =>
        `${head("group", name, conf.groupComments[name])}${rules.map((rule) => `${ruleLine(rule, false)}\n`).join("")}\n`,
    ),
  ].join("");
}

const sorted = <T>(table: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1));

const head = (kind: string, name: string, text: string | undefined): string =>
  `[${kind} ${name}]${text ? ` # ${text}` : ""}\n\n`;

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? "" : `${title}\n\n${lines.map((line) => `${line}\n`).join("")}\n`;

/** A rule; those of security groups have no interface. */
function ruleLine(rule: RuleLine, withIface: boolean): string {
  const { type, action, macro, enable } = rule;
  const words = [says(macro) ? `${macro}(${action})` : action];
  const add = (word: string, value: string | undefined): void => {
    if (says(value)) words.push(`-${word} ${value}`);
  };
  if (withIface) add("i", rule.iface);
  if (type !== "group") {
    add("source", rule.source);
    add("dest", rule.dest);
    add("p", rule.proto);
    add("dport", rule.dport);
    add("sport", rule.sport);
    add("log", rule.log);
    if (rule["icmp-type"]) words.push(`-icmp-type ${rule["icmp-type"]}`);
  }
  return `${enable ? "" : "|"}${type.toUpperCase()} ${words.join(" ")}${comment(rule.comment)}`;
}
