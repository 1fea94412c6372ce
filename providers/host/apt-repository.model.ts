import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";

/** Handles as Proxmox has them; which releases of Ceph there are, the node says. */
const handleForm = /^(?:enterprise|no-subscription|test|ceph-[a-z]+-(?:enterprise|no-subscription|test))$/;

const aptRepositorySchema = fields({
  node: required("Name of the node. A change replaces.", z.string().min(1), { effect: "replace" }),
  handle: required(
    "Proxmox's name for the repository: `enterprise`, `no-subscription`, `test`, or of Ceph, as `ceph-squid-no-subscription`.",
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
  schema: aptRepositorySchema,
  effects: effectsOf(aptRepositorySchema),
  sensitive: [],
  // Written down also where it is not said: somebody may switch it off by hand.
  defaults: (inputs) => ({ ...inputs, enabled: inputs["enabled"] ?? true }),
};
