import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";

const cephFlags: readonly string[] = [
  ...["nobackfill", "nodeep-scrub", "nodown", "noin", "noout", "norebalance", "norecover", "noscrub"],
  ...["notieragent", "noup", "pause"],
];

const cephFlagSchema = fields({
  flag: optional(
    `The flag that is set while the resource is there: ${cephFlags.join(", ")}. \`pause\` stops all reading and writing.`,
    z.string().refine((flag) => cephFlags.includes(flag), `write one of ${cephFlags.join(", ")}`),
    { effect: "replace", proxmox: "`flag` in the path", default: "the resource's name" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephFlagInputs = z.infer<typeof cephFlagSchema>;

export const cephFlagModel: Model = {
  schema: cephFlagSchema,
  effects: effectsOf(cephFlagSchema),
  sensitive: [],
  defaults: namedBy("flag"),
};
