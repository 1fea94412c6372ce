import type { HaRule, HaService } from "../world/ha.js";
import { disjointSets, infeasible } from "./rule-feasibility.js";

/** What the rules say of each service (`transform` and `compile` in PVE/HA/Rules.pm). */
interface CompiledRules {
  /** Priorities of the nodes where it may be; those of a rule that is not strict have all others with -1. */
  readonly nodes: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly together: ReadonlyMap<string, ReadonlySet<string>>;
  readonly apart: ReadonlyMap<string, ReadonlySet<string>>;
}

export function compiled(rules: Readonly<Record<string, HaRule>>, members: readonly string[]): CompiledRules {
  const errors = infeasible(rules, members);
  const feasible = Object.entries(rules).filter(([id, { disable }]) => !errors.has(id) && !disable);
  const positive = disjointSets(feasible.filter(([, { affinity }]) => affinity === "positive"));
  const negative = feasible.filter(([, { affinity }]) => affinity === "negative");

  const together = new Map<string, Set<string>>();
  const apart = new Map<string, Set<string>>();
  const relate = (map: Map<string, Set<string>>, one: string, other: string): void => {
    if (one === other) return;
    map.set(one, (map.get(one) ?? new Set()).add(other));
    map.set(other, (map.get(other) ?? new Set()).add(one));
  };
  for (const { resources } of positive) for (const a of resources) for (const b of resources) relate(together, a, b);
  for (const [, { resources }] of negative) for (const a of resources) for (const b of resources) relate(apart, a, b);
  // What one of those that stay together is kept from, the others are too.
  for (const { resources } of positive)
    for (const [, rule] of negative)
      for (const sid of rule.resources.filter((one) => resources.includes(one)))
        for (const other of rule.resources.filter((one) => one !== sid))
          for (const mate of resources) relate(apart, mate, other);

  const nodes = new Map<string, ReadonlyMap<string, number>>();
  for (const [, rule] of feasible.filter(([, { type }]) => type === "node-affinity")) {
    const priorities = new Map(Object.entries(rule.nodes ?? {}));
    if (!rule.strict) for (const node of members) if (!priorities.has(node)) priorities.set(node, -1);
    const mates = positive.filter(({ resources }) => resources.some((sid) => rule.resources.includes(sid)));
    for (const sid of [...rule.resources, ...mates.flatMap(({ resources }) => resources)]) nodes.set(sid, priorities);
  }
  return { nodes, together, apart };
}

/** Where a service counts as being, and as going (`get_used_service_nodes` in PVE/HA/Usage.pm). */
export function usedNodes({ state, node, target }: HaService, online: readonly string[]): string[] {
  if (state === "stopped" || state === "request_start") return [];
  const moves = state === "migrate" || state === "relocate";
  return [...(online.includes(node) ? [node] : []), ...(moves && target && online.includes(target) ? [target] : [])];
}

/** What a service needs of the others to be placed. */
export interface Placing {
  readonly rules: CompiledRules;
  readonly services: Readonly<Record<string, HaService>>;
  readonly online: readonly string[];
  /** Guests on each node, by which the basic scheduler chooses. */
  readonly load: (node: string) => number;
}

/** The node for a service (`select_service_node` in PVE/HA/Manager.pm); undefined where there is none. */
export function selectNode(
  sid: string,
  failback: boolean,
  preference: "none" | "try-next",
  { rules, services, online, load }: Placing,
): string | undefined {
  const service = services[sid];
  if (!service) return undefined;
  const current = service.node;
  const priorities = rules.nodes.get(sid);
  const allowed = priorities ? online.filter((node) => priorities.has(node)) : [...online];
  const highest = Math.max(...allowed.map((node) => priorities?.get(node) ?? 0));
  let preferred = allowed.filter((node) => (priorities?.get(node) ?? 0) === highest);
  if (preferred.length === 0) return undefined;

  const together = new Map<string, number>();
  for (const other of rules.together.get(sid) ?? []) {
    const one = services[other];
    const at = one && usedNodes(one, online).at(-1);
    if (at !== undefined) together.set(at, (together.get(at) ?? 0) + 1);
  }
  const separate = new Set<string>();
  for (const other of rules.apart.get(sid) ?? []) {
    const one = services[other];
    for (const node of one ? usedNodes(one, online) : []) separate.add(node);
  }
  if (preference === "none" && !failback && allowed.includes(current))
    if (together.has(current) || !separate.has(current)) return current;

  if (preference === "try-next") preferred = preferred.filter((node) => !service.failedNodes?.includes(node));
  preferred = preferred.filter((node) => !separate.has(node));
  const mates = [...together]
    .filter(([node]) => preferred.includes(node))
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (mates[0]) preferred = [mates[0][0]];
  if (preference === "none" && preferred.includes(current)) return current;
  const nodes = preferred.sort((a, b) => load(a) - load(b) || (a < b ? -1 : 1));
  const found = nodes.indexOf(current);
  return preference === "try-next" && found >= 0 && found < nodes.length - 1 ? nodes[found + 1] : nodes[0];
}
