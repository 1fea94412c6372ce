import { addressIn, networkHas } from "./networks.plan";
import { entriesOf, onEachNode, type NodeDescription } from "./node-layers.plan";

type Args = Readonly<Record<string, unknown>>;

/** Kinds of interfaces by the keys of a description, in the order in which they stand on each other. */
const interfaceKinds = ["ports", "bonds", "ovsBonds", "bridges", "ovsBridges", "vlans", "ovsPorts"] as const;
type InterfaceKind = (typeof interfaceKinds)[number];

/** An interface as it is to be described. */
export interface PlannedInterface {
  readonly kind: InterfaceKind;
  /** Of the interface, and with the node's before it of its resource. */
  readonly name: string;
  readonly resource: string;
  readonly args: Args;
  /** It stays on the node when its resource goes. */
  readonly keep: boolean;
}

interface Networks {
  readonly nodes: Readonly<Record<string, NodeDescription>>;
  readonly shared?: unknown;
  readonly stack?: unknown;
  /** Everything of the nodes is there already, and is taken over. */
  readonly adopt?: boolean | undefined;
  /** Addresses and networks that something else lives on: what carries them stays. */
  readonly keep?: readonly string[] | undefined;
}

/** The interfaces of each node, in the order of the nodes, which is that of their changes. */
export function planNetworks(
  { nodes, shared, stack, adopt, keep = [] }: Networks,
  problems: string[],
): Record<string, PlannedInterface[]> {
  const settings = onEachNode({ part: "network", nodes, shared, stack }, problems);
  const before = new Map<string, string[]>();
  return Object.fromEntries(
    Object.entries(settings).map(([node, network]) => {
      for (const key of Object.keys(network))
        if (!interfaceKinds.some((kind) => kind === key))
          problems.push(`network.${key}: there is no such kind; there are ${interfaceKinds.join(", ")}`);
      const own = interfaceKinds.flatMap((kind) =>
        entriesOf(network[kind]).map(([name, args]) => ({ kind, name, args })),
      );
      const stays = kept(own, keep);
      return [
        node,
        own.map(({ kind, name, args }) => ({
          ...{ kind, name, resource: `${node}-${name}`, keep: stays.has(name) },
          args: {
            node,
            name,
            ...(adopt && kind !== "ports" ? { adopt } : {}),
            ...probing(name, args, before),
          },
        })),
      ];
    }),
  );
}

/** What the node is reached by, what the others live on, and all that carries these. */
function kept(all: readonly Pick<PlannedInterface, "name" | "args">[], keep: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const byName = new Map(all.map((one) => [one.name, one.args]));
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const { ports, parent, bridge } = byName.get(name) ?? {};
    for (const other of [...(Array.isArray(ports) ? (ports as unknown[]) : []), parent, bridge])
      if (typeof other === "string") add(other);
  };
  for (const { name, args } of all) {
    const own = [args["address"], args["address6"]].flatMap((cidr) => addressIn(cidr) ?? []);
    if (args["gateway"] !== undefined || args["gateway6"] !== undefined) add(name);
    else if (own.some((address) => keep.some((one) => networkHas(one, address)))) add(name);
  }
  return found;
}

/** With `probeOthers` the addresses that the same interface has on the nodes before it. */
function probing(name: string, { probeOthers, ...args }: Args, before: Map<string, string[]>): Args {
  const others = [...(before.get(name) ?? [])];
  const own = addressIn(args["address"]) ?? addressIn(args["address6"]);
  if (own !== undefined) before.set(name, [...others, own]);
  if (probeOthers !== true || others.length === 0) {
    // Nobody is there who could be sent a whole frame.
    const { jumbo: _, ...rest } = args;
    return probeOthers === true && args["peers"] === undefined ? rest : args;
  }
  return { peers: others, ...args };
}
