import { referenceOf } from "../providers/firewall/rule-words";
import { isRecord, layered, switchesIn } from "./layers.plan";
import { entriesOf, onEachNode, type NodeDescription, type PlannedChild } from "./node-layers.plan";

type Args = Readonly<Record<string, unknown>>;

/** What of the firewall is named by its name. */
type NamedKind = "aliases" | "ipSets" | "groups";
/** A child, and what it names of the things that are planned beside it. */
export interface PlannedFirewallChild extends PlannedChild {
  readonly after: readonly { readonly kind: NamedKind; readonly name: string }[];
}

/** The firewall of a cluster, kind by kind, in the order in which they name each other. */
interface PlannedFirewall {
  readonly aliases: readonly PlannedFirewallChild[];
  readonly ipSets: readonly PlannedFirewallChild[];
  readonly groups: readonly PlannedFirewallChild[];
  /** Rules and options of the datacenter; undefined where they stay as they are. */
  readonly rules: PlannedFirewallChild | undefined;
  readonly options: PlannedFirewallChild | undefined;
  /** Rules and options of nodes. */
  readonly nodes: Readonly<
    Record<string, { readonly rules?: PlannedFirewallChild; readonly options?: PlannedFirewallChild }>
  >;
}

interface Firewall {
  /** Of the component: what is of the datacenter has it. */
  readonly name: string;
  readonly nodes: Readonly<Record<string, NodeDescription>>;
  readonly shared?: unknown;
  readonly stack?: unknown;
}

const guard = ["lockout", "restoreAfter", "unguarded"];
const ofPlace = ["options", "rules", "foreign", ...guard];
const ofDatacenter = ["aliases", "ipSets", "groups", "node", ...ofPlace];

export function planFirewall({ name, nodes, shared, stack }: Firewall, problems: string[]): PlannedFirewall {
  problems.push(...switchesIn(shared, "shared.firewall"));
  const merged = layered({ shared, stack });
  const firewall = isRecord(merged) ? merged : {};
  known(firewall, ofDatacenter, "firewall", problems);
  const guarded = picked(firewall, guard);
  const named = (kind: NamedKind, key: string): PlannedChild[] =>
    entriesOf(firewall[kind]).map(([one, args]) => ({ name: one, args: { ...guarded, ...args, [key]: one } }));
  const datacenter = { datacenter: true };
  const aliases = named("aliases", "alias").map((one) => placed(one, datacenter));
  const ipSets = named("ipSets", "ipSet").map((one) => placed(one, datacenter));
  const groups = named("groups", "group");
  const there = { aliases, ipSets, groups };
  const planned = (one: PlannedChild, texts: readonly unknown[]): PlannedFirewallChild => ({
    ...one,
    after: namedIn(texts, there),
  });
  const place = (described: Args, where: Args, resource: string) => ({
    ...(described["rules"] === undefined
      ? {}
      : {
          rules: planned(
            { name: resource, args: { ...picked(described, ["rules", "foreign", ...guard]), place: where } },
            [described["rules"]],
          ),
        }),
    ...(described["options"] === undefined
      ? {}
      : {
          options: planned(
            {
              name: resource,
              args: {
                ...picked(described, guard),
                ...(isRecord(described["options"]) ? described["options"] : {}),
                place: where,
              },
            },
            [],
          ),
        }),
  });
  if (described(firewall, ["foreign"]) && !described(firewall, ["rules"]))
    problems.push("firewall.foreign: is about rules of others beside rules; write rules, [] for none of its own");
  const own = place(firewall, datacenter, name);
  return {
    aliases: aliases.map((one) => planned(one, [])),
    ipSets: ipSets.map((one) => planned(one, [one.args["entries"]])),
    groups: groups.map((one) => planned(one, [one.args["rules"]])),
    rules: own.rules,
    options: own.options,
    nodes: ofNodes({ name, nodes, shared, stack }, guarded, place, problems),
  };
}

type Places = (described: Args, where: Args, resource: string) => PlannedFirewall["nodes"][string];

function ofNodes(
  { nodes, shared, stack }: Firewall,
  guarded: Args,
  place: Places,
  problems: string[],
): PlannedFirewall["nodes"] {
  const each = layered({ shared: part(shared, "node"), stack: part(stack, "node") });
  const own = Object.values(nodes).some((node) => node["firewall"] !== undefined);
  if (each === undefined && !own) return {};
  const settings = onEachNode({ part: "firewall", nodes, stack: each }, problems);
  return Object.fromEntries(
    Object.entries(settings).map(([node, settled]) => {
      known(settled, ofPlace, `nodes.${node}.firewall`, problems);
      return [node, place({ ...guarded, ...settled }, { node }, `${node}-firewall`)];
    }),
  );
}

const part = (where: unknown, key: string): unknown => (isRecord(where) ? where[key] : undefined);
const described = (where: Args, keys: readonly string[]): boolean => keys.some((key) => where[key] !== undefined);
const placed = ({ name, args }: PlannedChild, place: Args): PlannedChild => ({ name, args: { ...args, place } });
const picked = (from: Args, keys: readonly string[]): Args =>
  Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));

function known(where: Args, keys: readonly string[], path: string, problems: string[]): void {
  for (const key of Object.keys(where))
    if (!keys.includes(key)) problems.push(`${path}.${key}: there is no such part; there are ${keys.join(", ")}`);
}

/** What of these rules or entries names something that is planned here: Proxmox would pass over a name that is not there yet. */
function namedIn(
  texts: readonly unknown[],
  there: Readonly<Record<NamedKind, readonly PlannedChild[]>>,
): PlannedFirewallChild["after"] {
  const found = texts.flat().flatMap((row): { kind: NamedKind; name: string }[] => {
    if (!isRecord(row)) return [];
    const { group, ...others } = row;
    const addresses = [others["source"], others["destination"], others["cidr"]].flatMap((text) => {
      const reference = typeof text === "string" ? referenceOf(text) : undefined;
      if (!reference || !["", "dc"].includes(reference.scope)) return [];
      return [{ kind: reference.set ? ("ipSets" as const) : ("aliases" as const), name: reference.name }];
    });
    return [
      ...addresses,
      ...(typeof group === "string" ? [{ kind: "groups" as const, name: group.toLowerCase() }] : []),
    ];
  });
  return (["aliases", "ipSets", "groups"] as const).flatMap((kind) =>
    there[kind]
      .filter(({ name }) => found.some((one) => one.kind === kind && one.name === name.toLowerCase()))
      .map(({ name }) => ({ kind, name })),
  );
}
