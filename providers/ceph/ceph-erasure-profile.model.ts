import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";
import { unchanged } from "./ceph-crush-rule.model";
import { cephName } from "./ceph-pool.model";

const cephErasureProfileSchema = fields({
  name: optional("Name of the profile. A change makes another profile.", cephName("a profile"), {
    effect: "replace",
    default: "the resource's name",
    proxmox: "`ceph osd erasure-code-profile set` on the node",
  }),
  node: required("Node on which Ceph is asked; any one with a monitor will do.", z.string().min(1), { effect: "live" }),
  k: required("Pieces of data of each object. It is not changed: that is refused.", z.number().int().min(2).max(32), {
    key: "k",
    effect: "live",
  }),
  m: required(
    "Pieces more, of which so many may be lost. It is not changed: that is refused.",
    z.number().int().min(1).max(32),
    { key: "m", effect: "live" },
  ),
  failureDomain: optional(
    "The kind of place that no two pieces share: `host`, `rack`, `osd`, … It is not changed: that is refused.",
    z.string().regex(/^[a-z][a-z0-9-]*$/, "write a type of bucket, such as host"),
    { key: "crush-failure-domain", effect: "live", default: "`host`" },
  ),
  deviceClass: optional(
    "Only OSDs of this device class take pieces. It is not changed: that is refused.",
    z.string().regex(/^[A-Za-z0-9_-]+$/, "write a word, such as nvme"),
    { key: "crush-device-class", effect: "live", default: "any" },
  ),
  root: optional(
    "Name of the bucket below which pieces are placed. It is not changed: that is refused.",
    cephName("a bucket"),
    {
      key: "crush-root",
      effect: "live",
      default: "`default`",
    },
  ),
  plugin: optional("What computes the pieces. It is not changed: that is refused.", z.enum(["isa", "jerasure"]), {
    key: "plugin",
    effect: "live",
    default: "Ceph's own: isa since Ceph 20, jerasure before",
  }),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephErasureProfileInputs = z.infer<typeof cephErasureProfileSchema>;

export const cephErasureProfileModel: Model = {
  schema: cephErasureProfileSchema,
  effects: effectsOf(cephErasureProfileSchema),
  sensitive: [],
  defaults: namedBy("name"),
  transition: (inputs, was) =>
    unchanged(inputs, was, ["k", "m", "failureDomain", "deviceClass", "root", "plugin"], "profile"),
};
