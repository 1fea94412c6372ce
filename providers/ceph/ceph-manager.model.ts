import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";

const cephManagerSchema = fields({
  node: required("Name of the node, and of its manager.", z.string().min(1), {
    effect: "replace",
    proxmox: "`node` and `id` in the path",
  }),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephManagerInputs = z.infer<typeof cephManagerSchema>;

export const cephManagerModel: Model = {
  schema: cephManagerSchema,
  effects: effectsOf(cephManagerSchema),
  sensitive: [],
};
