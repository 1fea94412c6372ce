import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { nameIn } from "../kernel/state/urn";

/** A path below /proc/sys: no option, no pattern, nothing that leads out of it. */
const parameter = /^[A-Za-z0-9_]+(?:[./](?!\.)[A-Za-z0-9_:@-]+)+$/;

export const sysctlSchema = fields({
  node: required("Name of the node. A change replaces.", z.string().min(1), { effect: "replace" }),
  fileName: optional(
    "Name of the file in /etc/sysctl.d: of two files that set one parameter, the one whose name sorts later has its way.",
    z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}\.conf$/, "write a name such as 90-tuning.conf"),
    { effect: "replace", default: "`90-`, the resource's name and `.conf`" },
  ),
  values: required(
    "Kernel parameters by their names, such as `vm.swappiness`, with their values. Several numbers stand in one text, with spaces between them.",
    z
      .record(
        z.string().regex(parameter, "write the name of a kernel parameter, such as vm.swappiness"),
        z.union([z.number(), z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, "write one line of text")]),
      )
      .refine((values) => Object.keys(values).length > 0, "name at least one parameter"),
    { effect: "live" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
});

export type SysctlInputs = z.infer<typeof sysctlSchema>;

export const sysctlModel: Model = {
  schema: sysctlSchema,
  effects: effectsOf(sysctlSchema),
  sensitive: [],
  defaults: (inputs, urn) =>
    inputs["fileName"] === undefined && urn !== ""
      ? { ...inputs, fileName: `90-${nameIn(urn).replace(/[^A-Za-z0-9_.-]/g, "_")}.conf` }
      : inputs,
  same: (_path, wanted, live) =>
    Object.is(wanted, live) || (isValue(wanted) && isValue(live) && String(wanted) === String(live)),
};

const isValue = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";
