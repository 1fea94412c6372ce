import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";

const cephMdsSchema = fields({
  node: required(
    "Name of the node; its metadata server has the same name. A change replaces.",
    z
      .string()
      .min(1)
      .refine((name) => !/^\d/.test(name), "begins with a digit, and Ceph makes no metadata server of such a name"),
    { effect: "replace", proxmox: "`node` and `name` in the path" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephMdsInputs = z.infer<typeof cephMdsSchema>;

export const cephMdsModel: Model = { schema: cephMdsSchema, effects: effectsOf(cephMdsSchema), sensitive: [] };
