import { macroParts, type MacroPart } from "./macros";
import { addressesText, portsText, protocolOf, referenceOf } from "./rule-words";
import { addressRange } from "../../pve/format/address-range";
import type { Rule } from "./rule.model";

/** The addresses' family, where the rule itself says it. */
function familyOf({ source, destination }: Rule): 4 | 6 | undefined {
  for (const text of [source, destination])
    if (text !== undefined && !referenceOf(text)) return addressRange(text.split(",")[0] ?? "")?.family;
  return undefined;
}

/** What a rule matches in one family of addresses; undefined where its macro is not known here. */
export function partsOf(rule: Rule, family: 4 | 6): MacroPart[] | undefined {
  const own = {
    ...(rule.protocol === undefined ? {} : { protocol: protocolOf(rule.protocol) ?? rule.protocol }),
    ...(rule.destinationPort === undefined ? {} : { destinationPort: portsText(String(rule.destinationPort)) }),
    ...(rule.sourcePort === undefined ? {} : { sourcePort: portsText(String(rule.sourcePort)) }),
    ...(rule.icmpType === undefined ? {} : { icmpType: rule.icmpType.toLowerCase() }),
  };
  const parts = rule.macro === undefined ? [{ protocol: "", ...own }] : macroParts(rule.macro, family);
  return parts
    ?.map((part) => ({ ...part, ...(rule.macro === undefined ? {} : own) }))
    .filter(({ protocol }) => protocol !== (family === 4 ? "ipv6-icmp" : "icmp"));
}

/** Which packets a rule is about and what becomes of them: two rules of one meaning are the same to the filter. */
export function packetMeaning(rule: Rule): string {
  const card = rule.interface ?? "";
  if (rule.group !== undefined) return JSON.stringify(["group", rule.group.toLowerCase(), card]);
  const family = familyOf(rule);
  const parts = ([4, 6] as const).map((one) => {
    if (family !== undefined && family !== one) return [];
    const found = partsOf(rule, one);
    if (!found)
      return [`macro ${rule.macro?.toLowerCase() ?? ""}`, JSON.stringify({ ...rule, comment: "", logLevel: "" })];
    return found
      .map(({ protocol, destinationPort = "", sourcePort = "", icmpType = "" }) =>
        [protocol, destinationPort, sourcePort, icmpType].join(" "),
      )
      .sort();
  });
  return JSON.stringify([
    rule.direction,
    rule.action,
    card,
    ...[rule.source, rule.destination].map((text) => (text === undefined ? "" : addressesText(text))),
    parts,
  ]);
}

/** What stands beside a rule without any effect on packets. */
export const noted = ({ logLevel = "nolog", comment = "" }: Rule): string => JSON.stringify([logLevel, comment.trim()]);

const isOn = ({ enabled }: Rule): boolean => enabled !== false;

const sameRule = (one: Rule, other: Rule): boolean =>
  packetMeaning(one) === packetMeaning(other) && noted(one) === noted(other) && isOn(one) === isOn(other);

export const sameRules = (one: readonly Rule[], other: readonly Rule[]): boolean =>
  one.length === other.length && one.every((rule, at) => sameRule(rule, other[at] as Rule));

/** In a line, as Proxmox writes it into its file. */
export function ruleText(rule: Rule): string {
  const option = (name: string, value: string | number | undefined): string =>
    value === undefined ? "" : ` -${name} ${String(value)}`;
  const head =
    rule.group === undefined
      ? `${(rule.direction ?? "").toUpperCase()} ${rule.macro === undefined ? (rule.action ?? "") : `${rule.macro}(${rule.action ?? ""})`}`
      : `GROUP ${rule.group}`;
  return (
    (isOn(rule) ? "" : "|") +
    head +
    option("i", rule.interface) +
    option("source", rule.source) +
    option("dest", rule.destination) +
    option("p", rule.protocol) +
    option("dport", rule.destinationPort) +
    option("sport", rule.sourcePort) +
    option("icmp-type", rule.icmpType) +
    option("log", rule.logLevel) +
    (rule.comment === undefined ? "" : ` # ${rule.comment}`)
  );
}
