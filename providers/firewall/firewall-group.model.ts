import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy, sameComment } from "../kernel/named.model";
import { adoptField, lockoutField, rulesList, timeoutsField } from "./firewall-fields.model";
import { sameInRules } from "./rule-same";
import { objectName, ruleProblems } from "./rule.model";

const groupSchema = fields({
  group: required("Name of the group, as `group` of a rule names it. A change replaces.", objectName(18), {
    key: "group",
    effect: "replace",
    default: "the resource's name",
  }),
  comment: optional("Shown beside the name.", z.string().regex(/^[^\n\r]*$/, "write one line"), {
    ...word("comment", "live"),
    same: sameComment,
  }),
  rules: optional(
    "Its rules, the first one first, owned as a whole; left out, the group's rules are not managed here.",
    rulesList(),
    { effect: "live", proxmox: "the rules of the group" },
  ),
  ...adoptField("security group"),
  ...lockoutField(),
  ...timeoutsField(),
}).superRefine(({ rules = [] }, ctx) => {
  for (const { path, message } of ruleProblems(rules, "group")) ctx.addIssue({ code: "custom", path, message });
});

export type FirewallGroupInputs = z.infer<typeof groupSchema>;

export const firewallGroupModel: Model = {
  schema: groupSchema,
  effects: effectsOf(groupSchema),
  sensitive: [],
  whole: ["rules"],
  defaults: namedBy("group"),
  same: sameInRules(sameIn(groupSchema)),
};
