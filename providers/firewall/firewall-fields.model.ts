import { z } from "zod";
import { isDuration, milliseconds } from "../kernel/call/duration";
import { durationSchema, timeoutsSchema } from "../kernel/call/timeouts.model";
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
      "from each other: the API, SSH, migration and Ceph. One that cuts corosync takes `unguarded: true` as well.",
    z.enum(["refuse", "accept"], "write refuse or accept"),
    { effect: "none", unset: "refuse" },
  ),
  restoreAfter: optional(
    "So long after a change of what reaches the nodes they put the old firewall back by themselves, unless all that answered " +
      "before was found to answer again. Needs SSH.",
    durationSchema.refine(
      (text) => !isDuration(text) || (milliseconds(text) >= 30_000 && milliseconds(text) <= 3_600_000),
      "write 30s to 1h: pve-firewall reads its files every ten seconds, and a look takes its time",
    ),
    { effect: "none", unset: "60s" },
  ),
  unguarded: optional(
    "Make changes of what reaches the nodes without the timers that put the old firewall back, and without looking from outside " +
      'whether the nodes answer. A change that shuts somebody out then stays. Beside `lockout: "accept"` it is needed for one ' +
      "that cuts corosync, which no look from outside sees.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
});
