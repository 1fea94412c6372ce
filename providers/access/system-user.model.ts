import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";
import { sensitivePaths } from "../kernel/secrets/sensitive";
import type { Problem } from "../kernel/state/problems";
import { guestName, guestWayFields } from "../guest/guest-access.model";
import { vmidSchema } from "../vm/life/source.model";
import { accountFields, accountName, accountProblems, fixedProblems } from "./linux/account-fields.model";

const systemUserSchema = fields({
  node: optional(
    "Name of the node; else write `guest` or `vmid`. A change replaces: the account of the old node is deleted.",
    z.string().min(1),
    { effect: "replace", default: "none" },
  ),
  guest: optional(
    "A guest instead of a node, by the name under which `proxmox:sshAddresses` has its address and `proxmox:sshKnownHosts` " +
      "its host key. The stack signs in by its key, as it does to the nodes, and sends no password. A change replaces.",
    guestName(),
    { effect: "replace", default: "none" },
  ),
  vmid: optional(
    "A VM instead of a node, by its VMID: by its guest agent, or over `ssh`. A change replaces.",
    vmidSchema.clone(),
    { effect: "replace", default: "none" },
  ),
  ...guestWayFields(),
  name: required("Name of the account. A change replaces.", accountName(), {
    effect: "replace",
    default: "the resource's name",
  }),
  ...accountFields(),
  adopt: optional("Take over the account of this name, and its file in /etc/sudoers.d.", z.boolean(), {
    effect: "none",
    unset: false,
  }),
  removeHome: optional("Deleting the resource deletes the home directory and all that is in it.", z.boolean(), {
    effect: "live",
    unset: false,
  }),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
}).superRefine((inputs, ctx) => {
  const places = [inputs.node, inputs.guest, inputs.vmid].filter((one) => one !== undefined);
  if (places.length !== 1)
    ctx.addIssue({ code: "custom", path: [], message: "write one of node, guest and vmid: where the account is" });
  for (const path of ["ssh", "agentTimeout"] as const)
    if (inputs[path] !== undefined && inputs.vmid === undefined)
      ctx.addIssue({ code: "custom", path: [path], message: "is about a guest by its vmid; leave it out" });
  for (const { path, message } of accountProblems(inputs)) ctx.addIssue({ code: "custom", path: [path], message });
});

export type SystemUserInputs = z.infer<typeof systemUserSchema>;

/** What cannot be done to an account that exists. */
function transition(inputs: Readonly<Record<string, unknown>>, was: Readonly<Record<string, unknown>>): Problem[] {
  if (["node", "guest", "vmid", "name"].some((place) => inputs[place] !== was[place])) return [];
  return fixedProblems(inputs, was);
}

export const systemUserModel: Model = {
  schema: systemUserSchema,
  effects: effectsOf(systemUserSchema),
  sensitive: sensitivePaths(systemUserSchema),
  defaults: namedBy("name"),
  transition,
};
