import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";

const name = "[A-Za-z0-9._-]+";
/** Where rights can be given (check_path in PVE/AccessControl.pm). */
const aclPath = new RegExp(
  `^(?:${[
    "/",
    `/access(?:/(?:groups|realm)(?:/${name})?)?`,
    `/nodes(?:/${name})?`,
    `/pool(?:/${name}(?:/${name}){0,2})?`,
    "/sdn",
    "/sdn/controllers(?:/[A-Za-z0-9_-]+)?",
    "/sdn/(?:dns|fabrics|ipams|prefix-lists|route-maps)(?:/[A-Za-z0-9]+)?",
    `/sdn/zones(?:/${name}(?:/${name}(?:/[1-9][0-9]{0,3})?)?)?`,
    `/storage(?:/${name})?`,
    "/vms(?:/[1-9][0-9]{2,})?",
    `/mapping(?:/${name}(?:/${name})?)?`,
  ].join("|")})$`,
);

export const aclPathSchema = () =>
  z
    .string()
    .regex(
      aclPath,
      "write a path that rights are given on, without a / at its end: /, /vms/100, /pool/web, /storage/local, /nodes/pve1, " +
        "/sdn/zones/localnetwork/vmbr0, /access/realm/pve, /mapping/pci/gpu",
    );

export const roleName = () => z.string().regex(/^[A-Za-z0-9._-]+$/, "write the name of a role");
const userName = () =>
  z.string().regex(/^[^\s:/!]+@[A-Za-z][A-Za-z0-9._-]+$/, "write the user with its realm, as bob@pve");

const aclSchema = fields({
  path: required("Where: `/vms/100`, `/pool/web`, `/`. A change replaces.", aclPathSchema(), {
    key: "path",
    effect: "replace",
  }),
  role: required("What is given: the name of a role. A change replaces.", roleName(), {
    key: "roles",
    effect: "replace",
  }),
  user: optional("Who gets it; or write `group`, or `token`. A change replaces.", userName(), {
    key: "users",
    effect: "replace",
  }),
  group: optional(
    "Name of the group whose members get it. A change replaces.",
    z.string().regex(/^[A-Za-z0-9._-]+$/, "write the name of a group"),
    { key: "groups", effect: "replace" },
  ),
  token: optional(
    "API token with separated privileges that gets it, `user@realm!name`: no more than its user has. A change replaces. A " +
      "token that rotates has other names; give it its rights where it is made.",
    z
      .string()
      .regex(/^[^\s:/!]+@[A-Za-z][A-Za-z0-9._-]+![A-Za-z][A-Za-z0-9._-]+$/, "write the token as user@realm!name"),
    { key: "tokens", effect: "replace" },
  ),
  propagate: optional("Holds for everything below the path too.", z.boolean(), {
    key: "propagate",
    effect: "live",
    unset: true,
  }),
  adopt: optional("Take over this very entry, which must exist. Only read when the resource is created.", z.boolean(), {
    effect: "none",
    unset: false,
  }),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
}).superRefine(({ user, group, token }, ctx) => {
  const given = [user, group, token].filter((one) => one !== undefined);
  if (given.length !== 1)
    ctx.addIssue({ code: "custom", path: [], message: "write one of user, group and token: who gets the role" });
});

export type AclInputs = z.infer<typeof aclSchema>;

export const aclModel: Model = {
  schema: aclSchema,
  effects: effectsOf(aclSchema),
  sensitive: [],
  same: (path, wanted, live) => (path === "propagate" ? (wanted ?? true) === (live ?? true) : Object.is(wanted, live)),
};
