import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";

const cephInstallSchema = fields({
  node: required("Name of the node. A change replaces: the node of before keeps its packages.", z.string().min(1), {
    effect: "replace",
    proxmox: "`pveceph install` on the node",
  }),
  release: optional(
    "Release of Ceph. Packages of another release that are there are never upgraded or downgraded: that is refused.",
    z.enum(["squid", "tentacle"]),
    { effect: "live", proxmox: "`--version`", default: "the node's own: tentacle since Proxmox VE 9.2, squid before" },
  ),
  repository: optional(
    "Where the packages come from; `manual` leaves the repositories as they are. Only read when packages are installed.",
    z.enum(["enterprise", "no-subscription", "test", "manual"]),
    { effect: "none", proxmox: "`--repository`", default: "enterprise, which needs a subscription" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephInstallInputs = z.infer<typeof cephInstallSchema>;

export const cephInstallModel: Model = {
  schema: cephInstallSchema,
  effects: effectsOf(cephInstallSchema),
  sensitive: [],
};
