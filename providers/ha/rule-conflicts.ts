import type { AffinityRule, Situation } from "./situation";

/** Rules that are tied to each other by what they name. */
interface Knot {
  readonly rules: readonly AffinityRule[];
  readonly resources: ReadonlySet<string>;
}

const shared = (one: Iterable<string>, other: ReadonlySet<string>): string[] =>
  [...one].filter((sid) => other.has(sid));
const named = (rules: readonly AffinityRule[]): string => rules.map(({ name }) => name).join(", ");

/** Rules that keep together, as one where they name the same guest; Proxmox joins them in this order. */
export function knots(positive: readonly AffinityRule[]): Knot[] {
  const first = ({ resources }: AffinityRule): string => [...resources].sort()[0] ?? "";
  const sorted = [...positive].sort((a, b) => {
    const [one, other] = [`${first(a)} ${a.name}`, `${first(b)} ${b.name}`];
    return one < other ? -1 : one > other ? 1 : 0;
  });
  return sorted.reduce<Knot[]>((found, rule) => {
    const at = found.findIndex(({ resources }) => shared(rule.resources, resources).length > 0);
    const knot = found[at];
    if (!knot) return [...found, { rules: [rule], resources: new Set(rule.resources) }];
    const whole = { rules: [...knot.rules, rule], resources: new Set([...knot.resources, ...rule.resources]) };
    return found.map((one, i) => (i === at ? whole : one));
  }, []);
}

/**
 * Why HA would not heed a rule beside the others, by its name: such a one is refused when it is written, and passed over
 * when another one has made it so (`check_feasibility` in PVE/HA/Rules.pm). Rules that are switched off count for nothing.
 */
export function conflicts({ rules, members }: Pick<Situation, "rules" | "members">): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  const blame = (rule: AffinityRule, why: string): void =>
    void found.set(rule.name, [...(found.get(rule.name) ?? []), why]);
  const on = rules.filter(({ disable }) => !disable);
  const placing = on.filter(({ type }) => type === "node-affinity");
  const relating = on.filter(({ type }) => type === "resource-affinity");
  const together = knots(relating.filter(({ affinity }) => affinity === "positive"));
  const apart = relating.filter(({ affinity }) => affinity === "negative");
  const placed = (resources: ReadonlySet<string>): AffinityRule[] =>
    placing.filter((rule) => shared(rule.resources, resources).length > 0);

  for (const rule of placing)
    for (const other of placing)
      for (const sid of other === rule ? [] : shared(rule.resources, new Set(other.resources)))
        blame(rule, `${sid} is in the node affinity ${other.name} too, and may be in one of them only`);
  for (const rule of relating)
    if (rule.resources.length < 2) blame(rule, "it names less than two resources, and would do nothing");
  for (const rule of apart) {
    if (rule.resources.length > members.length)
      blame(rule, `it keeps ${rule.resources.length} resources apart, and the cluster has ${members.length} nodes`);
    for (const knot of together) {
      const both = shared(rule.resources, knot.resources);
      if (both.length < 2) continue;
      blame(rule, `${both.join(" and ")} are kept together by ${named(knot.rules)}`);
      for (const other of knot.rules) blame(other, `${both.join(" and ")} are kept apart by ${rule.name}`);
    }
    const paired = placed(new Set(rule.resources));
    const located = new Set(paired.flatMap((one) => shared(one.resources, new Set(rule.resources))));
    const nodes = new Set(paired.flatMap((one) => [...one.nodes.keys()]));
    if (nodes.size >= located.size) continue;
    const why = `${[...located].sort().join(", ")} are to be apart on the nodes ${[...nodes].sort().join(", ")}, which are too few`;
    for (const one of [rule, ...paired]) blame(one, why);
  }
  for (const rule of relating) {
    const paired = placed(new Set(rule.resources));
    const ranked = paired.filter(({ nodes }) => new Set(nodes.values()).size > 1);
    if (ranked.length === 0) continue;
    blame(rule, `its resources are in ${named(ranked)}, whose nodes have more than one priority`);
    for (const one of paired)
      blame(
        one,
        `its resources are in the resource affinity ${rule.name}, beside which all nodes need the same priority`,
      );
  }
  for (const knot of together) {
    const paired = placed(knot.resources);
    if (paired.length < 2) continue;
    const why = `what ${named(knot.rules)} keeps together is in more than one node affinity (${named(paired)})`;
    for (const one of [...knot.rules, ...paired]) blame(one, why);
  }
  return found;
}
