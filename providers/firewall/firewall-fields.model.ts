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

/** What every kind that decides who reaches the nodes has. */
export const lockoutField = () => ({
  lockout: optional(
    "`accept` makes a change also where it is worked out to shut out the address from which this program talks, or the nodes " +
      "from each other: the API, SSH, migration, corosync and Ceph.",
    z.enum(["refuse", "accept"], "write refuse or accept"),
    { effect: "none", unset: "refuse" },
  ),
});
