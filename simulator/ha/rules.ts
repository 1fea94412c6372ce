import { die, PveError } from "../errors.js";
import { splitList } from "../formats/list.js";
import type { HaRule } from "../world/ha.js";
import type { Cluster } from "../world/world.js";
import { haIn, haOf } from "./ha-files.js";
import { isConfigured } from "./ha-resources.js";
import { infeasible, type RuleErrors } from "./rule-feasibility.js";

type Given = Readonly<Record<string, string>>;
type Kind = HaRule["type"];

/** `options` of PVE/HA/Rules/NodeAffinity.pm and ResourceAffinity.pm: whether it may be left out. */
const optionsOf: Readonly<Record<Kind, Readonly<Record<string, boolean>>>> = {
  "node-affinity": { resources: false, nodes: false, strict: true, disable: true, comment: true },
  "resource-affinity": { resources: false, affinity: false, disable: true, comment: true },
};

/** `check_config`, and the values as they are kept. `type` is left out where it is not the rule's own. */
export function checkedRule(kind: Kind, given: Given, creating: boolean): Partial<HaRule> {
  const options = optionsOf[kind];
  for (const [key, value] of Object.entries(given)) {
    if (options[key] === undefined && !(key === "type" && value === kind)) throw die(`unexpected property '${key}'`);
    if (/[\n\r]/.test(value)) throw die("property contains a line feed");
  }
  const missing = Object.keys(options).find((key) => !options[key] && given[key] === undefined);
  if (creating && missing !== undefined) throw die(`missing value for required option '${missing}'`);
  const { resources, nodes, strict, affinity, disable, comment } = given;
  return {
    ...(resources === undefined ? {} : { resources: [...new Set(splitList(resources))] }),
    ...(nodes === undefined ? {} : { nodes: Object.fromEntries(splitList(nodes).map(priority)) }),
    ...(strict === undefined ? {} : { strict: strict === "1" }),
    ...(affinity === undefined ? {} : { affinity: affinity as "positive" | "negative" }),
    ...(disable === "1" ? { disable: true as const } : {}),
    ...(comment === undefined ? {} : { comment }),
  };
}

function priority(text: string): [string, number] {
  const [node = "", value = "0"] = text.split(":");
  return [node, Number(value)];
}

/** `$assert_valid_resources_param` and `$assert_valid_nodes_param` in PVE/API2/HA/Rules.pm. */
function assertNamed(cluster: Cluster, members: readonly string[], { resources, nodes }: Partial<HaRule>): void {
  if (resources) {
    if (resources.length === 0) throw die("no resources were specified");
    const unmanaged = [...resources].sort().filter((sid) => !isConfigured(cluster, sid));
    if (unmanaged.length > 0) throw die(`cannot use unmanaged resource(s) ${unmanaged.join(", ")}.`);
  }
  if (nodes) {
    const names = Object.keys(nodes).sort();
    if (names.length === 0) throw die("no nodes were specified");
    const unknown = names.filter((node) => !members.includes(node));
    if (unknown.length > 0) throw die(`cannot use non-existent node(s) ${unknown.join(", ")}.`);
  }
}

/** Checked against the nodes that the manager knows: none, as long as there was no master. */
export const errorsOf = (cluster: Cluster, rules = haOf(cluster).rules): RuleErrors =>
  infeasible(rules, Object.keys(haOf(cluster).manager?.nodes ?? {}));

/** `$assert_feasibility`: only what is wrong with this rule; others may become wrong by it. */
function assertFeasible(cluster: Cluster, id: string, rule: HaRule): void {
  const errors = errorsOf(cluster, { ...haOf(cluster).rules, [id]: rule }).get(id);
  if (errors) throw new PveError(400, `Rule '${id}' is invalid.\n`, { resources: errors.join(", ") });
}

export function addRule(cluster: Cluster, id: string, rule: HaRule, members: readonly string[]): void {
  if (haOf(cluster).rules[id]) throw die(`HA rule '${id}' already defined`);
  assertNamed(cluster, members, rule);
  assertFeasible(cluster, id, rule);
  haIn(cluster).rules[id] = rule;
}

export function updateRule(
  cluster: Cluster,
  id: string,
  given: Given,
  deleted: readonly string[],
  members: readonly string[],
): void {
  const rule = haOf(cluster).rules[id];
  if (!rule) throw die(`HA rule '${id}' does not exist`);
  const changes = checkedRule(rule.type, given, false);
  assertNamed(cluster, members, changes);
  const changed: HaRule = { ...rule };
  for (const key of deleted) {
    const isOptional = optionsOf[rule.type][key];
    if (isOptional === undefined) throw die(`no such option '${key}'`);
    if (!isOptional) throw die(`unable to delete required option '${key}'`);
    if (key in changes) throw die(`cannot set and delete property '${key}' at the same time!`);
    delete changed[key as "strict" | "disable" | "comment"];
  }
  Object.assign(changed, changes);
  assertFeasible(cluster, id, changed);
  haIn(cluster).rules[id] = changed;
}
