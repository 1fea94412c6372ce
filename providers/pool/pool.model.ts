import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy, sameComment } from "../kernel/named.model";

const poolSchema = fields({
  poolId: required(
    "Name of the pool; inside another one `parent/child`, at most three levels. A change replaces.",
    z
      .string()
      .regex(
        /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+){0,2}$/,
        "write letters, digits, . _ and -, with / between up to 3 levels",
      )
      .refine(
        (id) => id.split("/").every((level) => /^[A-Za-z]/.test(level)),
        "each level of the name must start with a letter",
      ),
    { key: "poolid", effect: "replace", default: "the resource's name" },
  ),
  comment: optional("Shown beside the name.", z.string(), {
    ...word("comment", "live"),
    same: sameComment,
  }),
  adopt: optional(
    "Take over the pool of this name, which must exist; its members stay. Only read when the resource is created.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type PoolInputs = z.infer<typeof poolSchema>;

export const poolModel: Model = {
  schema: poolSchema,
  effects: effectsOf(poolSchema),
  sensitive: [],
  defaults: namedBy("poolId"),
  same: sameIn(poolSchema),
};
