import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";
import { cephName } from "./ceph-pool.model";

const cephFsSchema = fields({
  name: optional(
    "Name of the file system; its pools are `<name>_data` and `<name>_metadata`. A change makes another one, and removes the old one only by `removal`.",
    cephName("a file system"),
    { effect: "replace", default: "the resource's name", proxmox: "`name` in the path" },
  ),
  node: required("Node on which Ceph is asked; any one with a monitor will do.", z.string().min(1), {
    effect: "live",
    proxmox: "`node` in the path",
  }),
  pgNum: optional(
    "Placement groups of the data to begin with; the metadata get a quarter. The autoscaler changes both.",
    z.number().int().min(8).max(32_768),
    { key: "pg_num", effect: "none", default: "128" },
  ),
  removal: optional(
    "How the file system may be removed.",
    fields({
      acceptDataLoss: required(
        "The file system's name once more: it is removed with its pools and all files in them.",
        z.string(),
        {},
      ),
    }),
    // Not `none`: the state must have it before the resource goes.
    { effect: "live", default: "not at all" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephFsInputs = z.infer<typeof cephFsSchema>;

export const cephFsModel: Model = {
  schema: cephFsSchema.superRefine(({ name, removal }, ctx) => {
    if (removal && name !== undefined && removal.acceptDataLoss !== name)
      ctx.addIssue({
        code: "custom",
        path: ["removal", "acceptDataLoss"],
        message: `is not the name of the file system; write "${name}" to accept the loss of what is in it`,
      });
  }),
  effects: effectsOf(cephFsSchema),
  sensitive: [],
  defaults: namedBy("name"),
};
