import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";

/** Handles as Proxmox has them; which releases of Ceph there are, the node says. */
const handleForm =
  /^(?:enterprise|no-subscription|test|ceph-enterprise|ceph-[a-z]+-(?:enterprise|no-subscription|test))$/;

const aptRepositorySchema = fields({
  node: required("Name of the node. A change replaces.", z.string().min(1), { effect: "replace" }),
  handle: required(
    "Proxmox's name for the repository: `enterprise`, `no-subscription`, `test`, or of Ceph, as `ceph-squid-no-subscription`. " +
      "`ceph-enterprise` stands for Ceph's enterprise repositories of all releases, and can only be switched off.",
    z
      .string()
      .regex(
        handleForm,
        "write enterprise, no-subscription, test, or those of a release of Ceph, such as ceph-squid-no-subscription",
      ),
    { effect: "replace", proxmox: "`handle`" },
  ),
  enabled: optional(
    "Whether packages come from it. With `false` the repository is switched off where it is on, and not added where it is not.",
    z.boolean(),
    { effect: "live", unset: true, proxmox: "`enabled`" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
});

export type AptRepositoryInputs = z.infer<typeof aptRepositorySchema>;

export const aptRepositoryModel: Model = {
  schema: aptRepositorySchema.superRefine(({ handle, enabled }, ctx) => {
    // What is not known yet is looked at when it is.
    if (handle === "ceph-enterprise" && enabled === true)
      ctx.addIssue({
        code: "custom",
        path: ["enabled"],
        message:
          "ceph-enterprise stands for the repositories of all releases of Ceph; write false, or the handle of a release, such as ceph-squid-enterprise",
      });
  }),
  effects: effectsOf(aptRepositorySchema),
  sensitive: [],
  // Written down also where it is not said: somebody may switch it off by hand.
  defaults: (inputs) => ({ ...inputs, enabled: inputs["enabled"] ?? true }),
};
