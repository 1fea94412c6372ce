import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy, sameComment } from "../kernel/named.model";

const groupSchema = fields({
  groupId: required(
    "Name of the group. A change replaces.",
    z.string().regex(/^[A-Za-z0-9._-]+$/, "write letters, digits, . _ and -"),
    { key: "groupid", effect: "replace", default: "the resource's name" },
  ),
  comment: optional("Shown beside the name.", z.string(), { ...word("comment", "live"), same: sameComment }),
  adopt: optional(
    "Take over the group of this name, which must exist; its members stay. Only read when the resource is created.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type GroupInputs = z.infer<typeof groupSchema>;

export const groupModel: Model = {
  schema: groupSchema,
  effects: effectsOf(groupSchema),
  sensitive: [],
  defaults: namedBy("groupId"),
  same: sameIn(groupSchema),
};
