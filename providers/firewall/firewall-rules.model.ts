import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { lockoutField, rulesList, timeoutsField } from "./firewall-fields.model";
import { placeField, placeKeys } from "./place.model";
import { sameInRules } from "./rule-same";
import { ruleProblems } from "./rule.model";

const rulesSchema = fields({
  place: placeField("Whose rules these are.", ...placeKeys),
  rules: required(
    "The rules, the first one first: the list of the place is owned as a whole. Rules are compared by what they mean.",
    rulesList(),
    { effect: "live", proxmox: "`rules`" },
  ),
  foreign: optional(
    "What becomes of rules that others have written there: `remove`, which the preview shows with each of them, or `keep`, " +
      "and they stand below these.",
    z.enum(["remove", "keep"], "write remove or keep"),
    { effect: "live", unset: "remove" },
  ),
  ...lockoutField(),
  ...timeoutsField(),
}).superRefine(({ place, rules }, ctx) => {
  const kind = placeKeys.find((key) => place[key] !== undefined);
  if (kind) for (const { path, message } of ruleProblems(rules, kind)) ctx.addIssue({ code: "custom", path, message });
});

export type FirewallRulesInputs = z.infer<typeof rulesSchema>;

export const firewallRulesModel: Model = {
  schema: rulesSchema,
  effects: effectsOf(rulesSchema),
  sensitive: [],
  whole: ["rules"],
  same: sameInRules(sameIn(rulesSchema)),
};
