import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { flag, list, mappedIn, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { writtenTo } from "../infisical/stored-place.model";
import { namedBy, sameComment } from "../kernel/named.model";
import { sensitivePaths, sensitiveText } from "../kernel/secrets/sensitive";
import { moment } from "../kernel/call/moment";
import { expiry } from "./time.model";

const comment = (key: string) => ({ ...word(key, "live"), same: sameComment });

const shape = {
  userId: required(
    "Name and realm: `terraform@pve`. A change replaces.",
    z
      .string()
      .max(64, "write at most 64 characters")
      // What is not ASCII can be made, but never be deleted again.
      .regex(/^[!-9;-?A-~]+@[A-Za-z][A-Za-z0-9._-]+$/, "write name@realm, the name without blanks, / and :")
      .refine((id) => !/[/!]/.test(id), "a name holds no / and no !"),
    { key: "userid", effect: "replace", default: "the resource's name" },
  ),
  comment: optional("Shown beside the name.", z.string(), comment("comment")),
  email: optional(
    "Address that Proxmox writes to.",
    z.string().regex(/^[\w+~-]+(?:\.[\w+~-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/, "write an email address"),
    comment("email"),
  ),
  firstName: optional("First name.", z.string(), comment("firstname")),
  lastName: optional("Last name.", z.string(), comment("lastname")),
  enabled: optional("May sign in; its tokens may too.", z.boolean(), flag("enable", "live", true)),
  expiresAt: optional("From when on it may not sign in any more, and its tokens neither.", moment(), {
    ...expiry("expire", "live"),
    default: "never",
  }),
  groups: optional("Groups that it is in, all of them.", z.array(z.string().min(1, "write the name of a group")), {
    ...list("groups", "live"),
    default: "left as they are",
  }),
};

const userSchema = fields({
  ...shape,
  password: optional(
    "Password, or a reference to it; of a user of the realm `pve` only. 8 to 64 characters. Never read back. A new one " +
      "is set by root@pam with its password alone.",
    sensitiveText(z.string().min(8, "write at least 8 characters").max(64, "write at most 64 characters")),
    { proxmox: "`password`", effect: "live" },
  ),
  generatedPassword: optional(
    "The provider makes the password of a user of the realm `pve`, writes it to Infisical alone and sets it: no state, no " +
      "output and no preview has it. A new one is made when this is changed, and set by root@pam with its password alone.",
    fields({
      length: optional("How many characters.", z.int().min(12, "write at least 12").max(64, "write at most 64"), {
        unset: 32,
      }),
      symbols: optional("Symbols too, beside letters and digits.", z.boolean(), { unset: false }),
      rotationTrigger: optional(
        "Any text; with each new one a new password is made and set.",
        z.string().min(1, "write a text that is not empty"),
        {},
      ),
      writeTo: required("The secret in Infisical that gets it; `reference` leads to it.", writtenTo(), {}),
    }),
    { effect: "live" },
  ),
  adopt: optional(
    "Take over the user of this name, which must exist. Only read when the resource is created.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
}).superRefine(({ userId, password, generatedPassword, enabled, expiresAt }, ctx) => {
  const realm = typeof userId === "string" && userId.includes("@") ? realmOf(userId) : undefined;
  if (password !== undefined && generatedPassword !== undefined)
    ctx.addIssue({
      code: "custom",
      path: ["generatedPassword"],
      message: "a password is written already; leave one of them out",
    });
  for (const [field, given] of Object.entries({ password, generatedPassword }))
    if (given !== undefined && realm !== undefined && realm !== "pve")
      ctx.addIssue({
        code: "custom",
        path: [field],
        message:
          realm === "pam"
            ? "the password of a user of the realm pam is that of its Linux account on each node; leave it out, and set it there"
            : "the realm keeps the passwords of its users itself; leave it out",
      });
  if (userId !== "root@pam") return;
  const message = "root@pam is never locked out; leave it out";
  if (enabled === false) ctx.addIssue({ code: "custom", path: ["enabled"], message });
  if (expiresAt !== undefined) ctx.addIssue({ code: "custom", path: ["expiresAt"], message });
});

const realmOf = (userId: string): string => userId.slice(userId.lastIndexOf("@") + 1);

/** What user.cfg holds of a user, by the names of the fields. */
export const heldOfUser = mappedIn(shape);

export type UserInputs = z.infer<typeof userSchema>;
export type GeneratedPassword = NonNullable<UserInputs["generatedPassword"]>;

/** All that another password is made for, the same however it is written. */
export const passwordWish = ({ length = 32, symbols = false, rotationTrigger = "" }: Partial<GeneratedPassword>) =>
  [length, symbols, rotationTrigger] as const;

export const userModel: Model = {
  schema: userSchema,
  effects: effectsOf(userSchema),
  sensitive: sensitivePaths(userSchema),
  defaults: namedBy("userId"),
  same: sameIn(userSchema),
};
