import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import type { Problem } from "../kernel/state/problems";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";
import { cephName } from "./ceph-pool.model";

const cephCrushRuleSchema = fields({
  name: optional("Name of the rule. A change makes another rule.", cephName("a rule"), {
    effect: "replace",
    default: "the resource's name",
    proxmox: "`ceph osd crush rule create-replicated` on the node",
  }),
  node: required("Node on which Ceph is asked; any one with a monitor will do.", z.string().min(1), { effect: "live" }),
  root: optional(
    "Name of the bucket below which copies are placed. It is not changed: that is refused.",
    cephName("a bucket"),
    {
      effect: "live",
      default: "`default`, which all OSDs are below",
    },
  ),
  failureDomain: optional(
    "The kind of place that no two copies share: `host`, `rack`, `osd`, … It is not changed: that is refused.",
    z.string().regex(/^[a-z][a-z0-9-]*$/, "write a type of bucket, such as host"),
    { effect: "live", default: "`host`" },
  ),
  deviceClass: optional(
    "Only OSDs of this device class take copies. It is not changed: that is refused.",
    z.string().regex(/^[A-Za-z0-9_-]+$/, "write a word, such as nvme"),
    { effect: "live", default: "any" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephCrushRuleInputs = z.infer<typeof cephCrushRuleSchema>;

export const cephCrushRuleModel: Model = {
  schema: cephCrushRuleSchema,
  effects: effectsOf(cephCrushRuleSchema),
  sensitive: [],
  defaults: namedBy("name"),
  transition: (inputs, was) => unchanged(inputs, was, ["root", "failureDomain", "deviceClass"], "rule"),
};

/** What Ceph never changes of a thing that is there. */
export function unchanged(
  inputs: Readonly<Record<string, unknown>>,
  was: Readonly<Record<string, unknown>>,
  paths: readonly string[],
  noun: string,
): Problem[] {
  if (inputs["name"] !== was["name"]) return [];
  return paths
    .filter((path) => inputs[path] !== was[path])
    .map((path) => ({
      path,
      message:
        `a ${noun} that is there is not changed: pools may use it. Describe another ${noun}, with another name, and let ` +
        `the pools use that one`,
    }));
}
