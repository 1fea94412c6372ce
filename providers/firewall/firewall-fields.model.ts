import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { optional } from "../kernel/fields/field";
import { ruleSchema } from "./rule.model";

export const timeoutsField = () => ({
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export const adoptField = (noun: string) => ({
  adopt: optional(
    `Take over the ${noun} of this name, which must exist. Only read when the resource is created.`,
    z.boolean(),
    { effect: "none", unset: false },
  ),
});

/** The field that holds rules. */
export const rulesList = () => z.array(ruleSchema()).max(500, "write 500 rules at most");
