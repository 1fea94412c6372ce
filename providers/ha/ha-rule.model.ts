import { z } from "zod";
import type { Problem } from "../kernel/state/problems";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { flag, list, mappedIn, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy } from "../kernel/named.model";
import { comment } from "./comment.model";

const nodeSchema = fields({
  node: required(
    "A node, by its name.",
    z.string().regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/, "write a node's name"),
    {},
  ),
  priority: optional(
    "Those with the highest number are preferred.",
    z.int().min(0, "write 0 or more").max(1000, "write 1000 or less"),
    { unset: 0 },
  ),
});

type RuleNode = z.infer<typeof nodeSchema>;

/** As Proxmox writes them: sorted, and without the number where it is 0. */
const nodesText = (nodes: readonly RuleNode[]): string =>
  [...nodes]
    .sort((a, b) => (a.node < b.node ? -1 : 1))
    .map(({ node, priority = 0 }) => (priority === 0 ? node : `${node}:${priority}`))
    .join(",");

const nodesIn = (text: string | undefined, wanted: unknown): RuleNode[] | undefined => {
  if (text === undefined) return undefined;
  const written = (wanted ?? []) as readonly RuleNode[];
  const found = text.split(",").map((one): RuleNode => {
    const [node = "", priority = "0"] = one.split(":");
    const same = written.find((other) => other.node === node);
    return priority === "0" && same?.priority === undefined ? { node } : { node, priority: Number(priority) };
  });
  // In the order of the program, as far as it knows them.
  const place = ({ node }: RuleNode): number => {
    const at = written.findIndex((other) => other.node === node);
    return at < 0 ? written.length : at;
  };
  return found.sort((a, b) => place(a) - place(b));
};

const shape = {
  resources: required(
    "What it is about: guests under HA, as `sid` of a `HaResource` tells them (`vm:100`, `ct:101`).",
    z
      .array(z.string().regex(/^(?:vm|ct):[1-9][0-9]+$/, "write vm:VMID, as sid of a HaResource has it"))
      .min(1, "name a resource"),
    list("resources", "live"),
  ),
  nodes: optional("Where they run, for `node-affinity`.", z.array(nodeSchema).min(1, "name a node"), {
    key: "nodes",
    effect: "live",
    write: (wanted: unknown) => nodesText(wanted as readonly RuleNode[]),
    read: nodesIn,
    same: (wanted: string, live: string | undefined) => wanted === live,
  }),
  strict: optional(
    "They run nowhere else, and are stopped while none of the nodes is there.",
    z.boolean(),
    flag("strict", "live", false),
  ),
  affinity: optional(
    "For `resource-affinity`: `positive` keeps them on one node, `negative` on a node each.",
    z.enum(["positive", "negative"]),
    word("affinity", "live"),
  ),
  disable: optional("Keep the rule without heeding it.", z.boolean(), flag("disable", "live", false)),
  comment,
};

const haRuleSchema = fields({
  rule: required(
    "Name of the rule. A change replaces.",
    z.string().regex(/^[A-Za-z][A-Za-z0-9_-]+$/, "write a letter, then letters, digits, _ and -"),
    { key: "rule", effect: "replace", default: "the resource's name" },
  ),
  type: required(
    "`node-affinity` says where resources run, `resource-affinity` which run together or apart. A change replaces.",
    z.enum(["node-affinity", "resource-affinity"]),
    { key: "type", effect: "replace" },
  ),
  ...shape,
  allowMoves: optional("Let a change, or the deletion, make HA move guests that run.", z.boolean(), {
    effect: "live",
    unset: false,
  }),
  adopt: optional(
    "Take over the rule of this name, which must exist. Only read when the resource is created.",
    z.boolean(),
    {
      effect: "none",
      unset: false,
    },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
}).superRefine((rule, context) => {
  for (const { path, message } of wrongFields(rule)) context.addIssue({ code: "custom", path: [path], message });
});

/** Fields that the other kind has, and those that this one lacks. */
function wrongFields(rule: {
  readonly type: string;
  readonly nodes?: readonly { readonly node: string }[] | undefined;
  readonly strict?: boolean | undefined;
  readonly affinity?: string | undefined;
  readonly resources: readonly string[];
}): Problem[] {
  const placing = rule.type === "node-affinity";
  const foreign = (placing ? ["affinity"] : ["nodes", "strict"]).filter(
    (key) => rule[key as keyof typeof rule] !== undefined,
  );
  const lacking = (placing ? ["nodes"] : ["affinity"]).filter((key) => rule[key as keyof typeof rule] === undefined);
  const twice = (names: readonly string[]): string[] => names.filter((name, i) => names.indexOf(name) !== i);
  return [
    ...foreign.map((path) => ({ path, message: `a rule of type ${rule.type} has none; leave it out` })),
    ...lacking.map((path) => ({ path, message: `a rule of type ${rule.type} needs it` })),
    ...twice(rule.resources).map((sid) => ({ path: "resources", message: `${sid} stands there twice` })),
    ...twice((rule.nodes ?? []).map(({ node }) => node)).map((node) => ({
      path: "nodes",
      message: `${node} stands there twice`,
    })),
  ];
}

export type HaRuleInputs = z.infer<typeof haRuleSchema>;

export const ruleFields = mappedIn(shape);

export const haRuleModel: Model = {
  schema: haRuleSchema,
  effects: effectsOf(haRuleSchema),
  sensitive: [],
  defaults: namedBy("rule"),
  same: sameIn(haRuleSchema),
};
