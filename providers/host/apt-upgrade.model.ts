import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { ownNodeEffects } from "./node-effects.model";
import { noneTwice, packageNameField } from "./packages/debian-names.model";

export const aptUpgradeSchema = fields({
  node: required("Name of the node. A change replaces.", z.string().min(1), { effect: "replace" }),
  packages: optional(
    "Packages that are upgraded, by their names; those of them that are not installed are left out.",
    z
      .array(packageNameField())
      .min(1, "name at least one package, or leave it out for all of them")
      .superRefine(noneTwice((name) => name)),
    { effect: "upgrade", default: "all that the node has, with what they newly need (`apt-get dist-upgrade`)" },
  ),
  triggers: optional(
    "Texts of your own, such as a date or a version: another one of them means another upgrade.",
    z.array(z.string()),
    { effect: "upgrade" },
  ),
  keepUpToDate: optional(
    "Count packages that can be upgraded as a difference: `pulumi up --refresh` then upgrades them. They are looked for in " +
      "the package lists as the node has them. Without it an `up` that changes nothing upgrades nothing.",
    z.boolean(),
    { effect: "upgrade", unset: false },
  ),
  allowRemove: optional(
    "Packages that may go where the upgrade needs it. Any other one that would go is an error at preview. The running " +
      "and the newest kernel and Proxmox VE itself are never removed.",
    z.array(packageNameField()),
    { effect: "live" },
  ),
  reboot: optional(
    "Reboot the node after an upgrade that needs it (another kernel than the running one is to be booted), and wait until it " +
      "is back. Nodes are rebooted one at a time.",
    z.boolean(),
    { effect: "reboot", unset: false },
  ),
  shutdownGuests: optional(
    "Allow that reboot although guests run on the node: they are shut down, and those with `onBoot` are started again by the " +
      "node. Without it guests that run there are an error.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
});

export type AptUpgradeInputs = z.infer<typeof aptUpgradeSchema>;

export const aptUpgradeModel: Model = {
  schema: aptUpgradeSchema,
  effects: effectsOf(aptUpgradeSchema),
  ownEffects: ownNodeEffects,
  sensitive: [],
};
