import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { list } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy } from "../kernel/named.model";
import { samePrivileges } from "./privileges.model";

const privileges = list("privs", "live");
const itemsIn = (text: string | undefined): readonly string[] => privileges.read(text ?? "") as readonly string[];

const roleSchema = fields({
  roleId: required(
    "Name of the role. A change replaces.",
    z
      .string()
      .regex(/^[A-Za-z0-9._-]+$/, "write letters, digits, . _ and -")
      .refine((id) => !/^PVE/i.test(id), "names that begin with PVE are Proxmox's own roles; write another one")
      .refine(
        (id) => !["Administrator", "NoAccess"].includes(id),
        "is a role that Proxmox brings with it, and never changed; write another name",
      ),
    { key: "roleid", effect: "replace", default: "the resource's name" },
  ),
  privileges: required(
    "What the role allows, all of it: `VM.Audit`, `Datastore.AllocateSpace`. `VM.Monitor` stands for `Sys.Audit` and " +
      "`VM.GuestAgent.Audit` on Proxmox VE 9, which has it no more.",
    z.array(
      z
        .string()
        .regex(
          /^[A-Z][A-Za-z]*(?:\.[A-Z][A-Za-z]*)+$/,
          "write a privilege as Proxmox names it, such as VM.Audit or VM.Config.Disk",
        ),
    ),
    {
      ...privileges,
      same: (wanted: string, live: string | undefined) => samePrivileges(itemsIn(wanted), itemsIn(live)),
    },
  ),
  adopt: optional(
    "Take over the role of this name, which must exist; its privileges become those that are written here. Only read " +
      "when the resource is created.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type RoleInputs = z.infer<typeof roleSchema>;

export const roleModel: Model = {
  schema: roleSchema,
  effects: effectsOf(roleSchema),
  sensitive: [],
  defaults: namedBy("roleId"),
  same: sameIn(roleSchema),
};
