import type { HaRule } from "../world/ha.js";

type Rules = Readonly<Record<string, HaRule>>;
type Named = readonly (readonly [string, HaRule])[];

/** Why rules cannot be heeded, by rule; all of them blame `resources`. */
export type RuleErrors = Map<string, string[]>;

const enabled = (rules: Rules): Named =>
  Object.entries(rules)
    .filter(([, { disable }]) => !disable)
    .sort(([one], [other]) => (one < other ? -1 : 1));

const common = (one: readonly string[], other: readonly string[]): string[] => one.filter((sid) => other.includes(sid));

/** Rules that share services, step by step, as one (`find_disjoint_rules_resource_sets` in PVE/HA/Rules/Helpers.pm). */
export function disjointSets(rules: Named): { ids: string[]; resources: string[] }[] {
  const lowest = ([, { resources }]: Named[number]): string => [...resources].sort()[0] ?? "";
  const sets: { ids: string[]; resources: string[] }[] = [];
  for (const rule of [...rules].sort((a, b) => (lowest(a) < lowest(b) ? -1 : lowest(a) > lowest(b) ? 1 : 0))) {
    const [id, { resources }] = rule;
    const found = sets.find((set) => common(set.resources, resources).length > 0);
    if (!found) sets.push({ ids: [id], resources: [...resources] });
    else {
      found.ids.push(id);
      found.resources = [...new Set([...found.resources, ...resources])];
    }
  }
  return sets;
}

/** Which rules cannot be heeded (`check_feasibility` in PVE/HA/Rules.pm, and the checks of both kinds). */
export function infeasible(rules: Rules, nodes: readonly string[]): RuleErrors {
  const errors: RuleErrors = new Map();
  const blame = (id: string, text: string): void => void errors.set(id, [...(errors.get(id) ?? []), text]);
  const all = enabled(rules);
  const affine = all.filter(([, { type }]) => type === "node-affinity");
  const related = all.filter(([, { type }]) => type === "resource-affinity");
  const positive = related.filter(([, { affinity }]) => affinity === "positive");
  const negative = related.filter(([, { affinity }]) => affinity === "negative");

  for (const [id, { resources }] of affine)
    for (const sid of [...resources].sort())
      if (affine.some(([other, rule]) => other !== id && rule.resources.includes(sid)))
        blame(id, `resource '${sid}' is already used in another node affinity rule`);
  for (const [id, { resources }] of related)
    if (resources.length < 2) blame(id, "rule is ineffective as there are less than two resources");
  for (const [id, { resources }] of negative)
    if (resources.length > nodes.length) blame(id, "rule defines more resources than available nodes");
  const sets = disjointSets(positive);
  for (const set of sets)
    for (const [id, { resources }] of negative) {
      if (common(set.resources, resources).length < 2) continue;
      blame(id, "rule shares two or more resources with a positive resource affinity rule");
      for (const other of set.ids)
        blame(other, "rule shares two or more resources with a negative resource affinity rule");
    }
  for (const [id, { resources }] of related) {
    const paired = affine.filter(([, rule]) => common(resources, rule.resources).length > 0);
    if (!paired.some(([, { nodes: of = {} }]) => new Set(Object.values(of)).size > 1)) continue;
    blame(id, "resources are in node affinity rules with multiple priorities");
    for (const [other] of paired)
      blame(
        other,
        "resources are in a resource affinity rule and cannot be in a node affinity rule with multiple priorities",
      );
  }
  for (const set of sets) {
    const paired = affine.filter(([, rule]) => common(set.resources, rule.resources).length > 0);
    if (paired.length < 2) continue;
    for (const id of set.ids) blame(id, "resources are in multiple node affinity rules");
    for (const [id] of paired)
      blame(
        id,
        "at least one resource is in a positive resource affinity rule and there are other resources in at least one " +
          "other node affinity rule already",
      );
  }
  for (const [id, { resources }] of negative) {
    const paired = affine.filter(([, rule]) => common(resources, rule.resources).length > 0);
    const located = new Set(paired.flatMap(([, rule]) => common(resources, rule.resources)));
    const allowed = new Set(paired.flatMap(([, { nodes: of = {} }]) => Object.keys(of)));
    if (allowed.size >= located.size) continue;
    blame(id, "two or more resources are restricted to less nodes than available to the resources");
    for (const [other] of paired)
      blame(
        other,
        "at least one resource is in a negative resource affinity rule and this rule would restrict these to less " +
          "nodes than available to the resources",
      );
  }
  return errors;
}
