import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";
import { writtenTo } from "../infisical/stored-place.model";

/** Keys that Ceph and Proxmox live by. */
const kept = /^(?:admin|crash|bootstrap-.*|rgw\..*|igw\..*)$/;

const caps = () =>
  z
    .string()
    .min(1, "write what is allowed, such as profile rbd")
    .regex(/^[^\n\r"]+$/, "write one line without quotation marks");

const cephClientSchema = fields({
  name: optional(
    "Name of the client, without `client.`. A change makes another one, with another key.",
    z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "write letters, digits, _, - and ., without client. before it")
      .refine((name) => !name.startsWith("client."), "write the name without client. before it")
      .refine((name) => !kept.test(name), "is a key that Ceph or Proxmox itself lives by; write another name"),
    { effect: "replace", default: "the resource's name", proxmox: "`ceph auth get-or-create` on the node" },
  ),
  node: required("Node on which Ceph is asked; any one with a monitor will do.", z.string().min(1), { effect: "live" }),
  caps: required(
    'What it may do, by kind of daemon: `{ mon: "profile rbd", osd: "profile rbd pool=vm_ssd" }`; all of it.',
    fields({
      mon: optional("What it may ask of the monitors.", caps(), { effect: "live" }),
      osd: optional("What it may do with data.", caps(), { effect: "live" }),
      mds: optional("What it may do with file systems.", caps(), { effect: "live" }),
      mgr: optional("What it may ask of the managers.", caps(), { effect: "live" }),
    }).refine((all) => Object.values(all).some((one) => one !== undefined), "name at least one kind of daemon"),
    { effect: "live" },
  ),
  writeTo: optional(
    "A secret in Infisical that gets the keyring: then no state has it nor the key, and `reference` leads to it. Where the key " +
      "is another one by now, it is written again.",
    writtenTo(),
    { effect: "live" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephClientInputs = z.infer<typeof cephClientSchema>;

export const cephClientModel: Model = {
  schema: cephClientSchema,
  effects: effectsOf(cephClientSchema),
  sensitive: [],
  defaults: namedBy("name"),
};
