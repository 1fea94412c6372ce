import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";

const cephManagerModuleSchema = fields({
  name: optional(
    "Name of the module: `prometheus`, `dashboard`, … A change disables the one and enables the other.",
    z.string().regex(/^[a-z][a-z0-9_]*$/, "write the name of a module, such as prometheus"),
    { effect: "replace", default: "the resource's name", proxmox: "`ceph mgr module enable` on the node" },
  ),
  node: required("Node on which Ceph is asked; any one with a monitor will do.", z.string().min(1), { effect: "live" }),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephManagerModuleInputs = z.infer<typeof cephManagerModuleSchema>;

export const cephManagerModuleModel: Model = {
  schema: cephManagerModuleSchema,
  effects: effectsOf(cephManagerModuleSchema),
  sensitive: [],
  defaults: namedBy("name"),
};
