import type { Beside } from "../../kernel/call/besides";
import { toTexts } from "../../kernel/fields/mapping";
import { optionFields, type FirewallOptionsInputs } from "../firewall-options.model";
import type { IpSetEntry } from "../firewall-ip-set.model";
import type { FirewallPlace } from "../place.model";
import { withForeign } from "../rule-plan";
import type { LiveRule } from "../rule-row";
import type { Rule } from "../rule.model";
import type { NodeFilter, FilterPicture } from "./filter-picture";

/** One change of what decides about the nodes' traffic; undefined takes a thing away. */
export type FilterChange =
  | {
      readonly kind: "options";
      readonly place: FirewallPlace;
      readonly wanted: Partial<FirewallOptionsInputs>;
      /** Names of options that are taken back. */
      readonly reset: readonly string[];
    }
  | {
      readonly kind: "rules";
      readonly place: FirewallPlace;
      readonly rules: readonly Rule[];
      readonly was: readonly Rule[];
      readonly keepForeign: boolean;
    }
  | { readonly kind: "group"; readonly group: string; readonly rules: readonly Rule[] | undefined }
  | { readonly kind: "alias"; readonly alias: string; readonly cidr: string | undefined }
  | { readonly kind: "set"; readonly set: string; readonly entries: readonly IpSetEntry[] | undefined };

/** Does it decide about the nodes' own traffic? What is a guest's or a vnet's does not. */
export const concernsNodes = ({ guest, vnet }: FirewallPlace): boolean => guest === undefined && vnet === undefined;

export const withChanges = (picture: FilterPicture, changes: readonly FilterChange[]): FilterPicture =>
  changes.reduce((before, change) => withChange(before, change), picture);

function withChange(picture: FilterPicture, change: FilterChange): FilterPicture {
  switch (change.kind) {
    case "options":
      return onPlace(picture, change.place, ({ options }) => {
        const kept = Object.entries(options).filter(([key]) => !change.reset.includes(key));
        const set = toTexts(optionFields, change.wanted);
        return { options: { ...Object.fromEntries(kept), ...set } };
      });
    case "rules": {
      const next = (rules: FilterPicture["rules"]): FilterPicture["rules"] => {
        const live = rules.map((entry, pos): LiveRule => ({ ...entry, pos }));
        const target = change.keepForeign ? withForeign(live, change.rules, change.was) : change.rules;
        return target.map((rule) => ({ rule, broken: false }));
      };
      const { group } = change.place;
      if (group !== undefined) return withGroup(picture, group, next(picture.groups.get(group.toLowerCase()) ?? []));
      return onPlace(picture, change.place, ({ rules }) => ({ rules: next(rules) }));
    }
    case "group":
      return withGroup(
        picture,
        change.group,
        change.rules?.map((rule) => ({ rule, broken: false })),
      );
    case "alias":
      return { ...picture, aliases: changed(picture.aliases, change.alias, change.cidr) };
    case "set":
      return { ...picture, sets: changed(picture.sets, change.set, change.entries) };
  }
}

function onPlace(
  picture: FilterPicture,
  { node }: FirewallPlace,
  next: (of: {
    options: FilterPicture["options"];
    rules: FilterPicture["rules"];
  }) => Partial<Pick<NodeFilter, "options" | "rules">>,
): FilterPicture {
  if (node === undefined) return { ...picture, ...next(picture) };
  return { ...picture, nodes: picture.nodes.map((one) => (one.name === node ? { ...one, ...next(one) } : one)) };
}

const withGroup = (
  picture: FilterPicture,
  group: string,
  rules: FilterPicture["rules"] | undefined,
): FilterPicture => ({
  ...picture,
  groups: changed(picture.groups, group, rules),
});

function changed<T>(map: ReadonlyMap<string, T>, name: string, value: T | undefined): ReadonlyMap<string, T> {
  const next = new Map(map);
  if (value === undefined) next.delete(name.toLowerCase());
  else next.set(name.toLowerCase(), value);
  return next;
}

/** What another resource of the program will have made; `unknown`: it cannot be told before. */
export function changeOf({ kind, args, resource, unknown }: Beside): FilterChange | "unknown" | undefined {
  const place = kind === "FirewallGroup" ? { datacenter: true as const } : (args["place"] as FirewallPlace | undefined);
  const ours = [
    "place",
    "rules",
    "entries",
    "cidr",
    "group",
    "alias",
    "ipSet",
    "foreign",
    "enable",
    "policyIn",
    "policyOut",
  ];
  if (place === undefined || unknown.some((key) => ours.includes(key))) return "unknown";
  if (!concernsNodes(place)) return undefined;
  const named = (key: string): string => (typeof args[key] === "string" ? args[key] : resource);
  const rules = (args["rules"] ?? []) as readonly Rule[];
  switch (kind) {
    case "FirewallOptions":
      return { kind: "options", place, wanted: args, reset: [] };
    case "FirewallRules":
      return { kind: "rules", place, rules, was: [], keepForeign: args["foreign"] === "keep" };
    case "FirewallGroup":
      return args["rules"] === undefined ? undefined : { kind: "group", group: named("group"), rules };
    case "FirewallAlias":
      return { kind: "alias", alias: named("alias"), cidr: String(args["cidr"]) };
    case "FirewallIpSet":
      return { kind: "set", set: named("ipSet"), entries: args["entries"] as readonly IpSetEntry[] };
    default:
      return undefined;
  }
}
