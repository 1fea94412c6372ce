import { z } from "zod";
import { isDuration } from "../kernel/call/duration";
import { durationSchema, timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { flag, mappedIn, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { writtenTo } from "../infisical/stored-place.model";
import { namedBy, sameComment } from "../kernel/named.model";
import { aclPathSchema, roleName } from "./acl.model";
import { moment } from "../kernel/call/moment";
import { expiry } from "./time.model";

const shape = {
  privilegeSeparation: optional(
    "The token may do what `rights` say and its user may; without, all that its user may.",
    z.boolean(),
    flag("privsep", "live", true),
  ),
  expiresAt: optional("From when on it is worth nothing.", moment(), { ...expiry("expire", "live"), default: "never" }),
  comment: optional(
    "Shown beside the name, before the mark of this resource.",
    z.string().regex(/^[^[\]]*$/, "write a text without [ and ]"),
    {
      ...word("comment", "live"),
      same: sameComment,
    },
  ),
};

const right = fields({
  path: required("Where.", aclPathSchema(), {}),
  role: required("Name of the role.", roleName(), {}),
  propagate: optional("Holds for everything below the path too.", z.boolean(), { unset: true }),
});

const tokenSchema = fields({
  user: required(
    "Whose token it is: `terraform@pve`. A change replaces.",
    z.string().regex(/^[^\s:/!]+@[A-Za-z][A-Za-z0-9._-]+$/, "write the user with its realm, as bob@pve"),
    { proxmox: "`userid`", effect: "replace" },
  ),
  tokenId: required(
    "Name of the token, after the `!`. Every second one that a rotation makes has `-2` behind it. A change replaces.",
    z
      .string()
      .max(96, "write at most 96 characters")
      .regex(/^[A-Za-z][A-Za-z0-9._-]+$/, "write letters, digits, . _ and -, first a letter, at least two"),
    { key: "tokenid", effect: "replace", default: "the resource's name" },
  ),
  ...shape,
  rights: optional("What the token may do, all of it. A token that a rotation makes gets the same.", z.array(right), {
    proxmox: "entries of `/access/acl`",
    effect: "live",
    default: "left as they are; a new token has none",
  }),
  rotationTrigger: optional(
    "Any text; with each new one a new token is made, and the old one goes after `overlap`.",
    z.string().min(1, "write a text that is not empty"),
    { effect: "live" },
  ),
  rotateAfter: optional(
    "Age at which an `up` makes a new token: `30d`.",
    durationSchema.refine((text) => !isDuration(text) || !/^0+(?:\.0+)?[a-z]+$/.test(text), "write more than nothing"),
    { effect: "live", default: "never" },
  ),
  writeTo: optional(
    "A secret in Infisical that gets the token as `user@realm!name=value`, with each rotation too: then no state has the " +
      "value, and `reference` leads to it.",
    writtenTo(),
    { effect: "live" },
  ),
  overlap: optional(
    "How long the old token works beside the new one, at least five minutes: a shorter time counts as that.",
    durationSchema,
    {
      effect: "none",
      unset: "1h",
    },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
}).superRefine(({ privilegeSeparation, rights }, ctx) => {
  if (privilegeSeparation === false && rights !== undefined)
    ctx.addIssue({
      code: "custom",
      path: ["rights"],
      message:
        "a token without separated privileges may do what its user may; leave rights out, or privilegeSeparation",
    });
});

/** What Proxmox holds of a token, by the names of the fields. */
export const heldOfToken = mappedIn(shape);

export type TokenInputs = z.infer<typeof tokenSchema>;
export type TokenRight = NonNullable<TokenInputs["rights"]>[number];

export const apiTokenModel: Model = {
  schema: tokenSchema,
  effects: effectsOf(tokenSchema),
  sensitive: [],
  defaults: (inputs, urn) => withPropagation(namedBy("tokenId")(inputs, urn)),
  same: sameIn(tokenSchema),
};

/** What is said of no right is said of each: so a live one that differs shows. */
function withPropagation(inputs: Record<string, unknown>): Record<string, unknown> {
  const { rights } = inputs;
  if (!Array.isArray(rights)) return inputs;
  const whole = (one: unknown): unknown =>
    one !== null && typeof one === "object" ? { propagate: true, ...one } : one;
  return { ...inputs, rights: rights.map(whole) };
}
