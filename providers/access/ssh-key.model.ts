import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional } from "../kernel/fields/field";
import { writtenTo } from "../infisical/stored-place.model";
import { nameIn } from "../kernel/state/urn";

const sshKeySchema = fields({
  type: optional("Algorithm of the key. A change replaces: another key is made.", z.enum(["ed25519", "rsa"]), {
    effect: "replace",
    unset: "ed25519",
  }),
  bits: optional(
    "Length of an RSA key. A change replaces.",
    z.number().int().min(4096, "an RSA key of less than 4096 bits is not made").max(16_384),
    { effect: "replace", default: "4096 for `rsa`" },
  ),
  comment: optional(
    "Stands behind the public key, to tell it from others. A change replaces.",
    z
      .string()
      .max(200)
      .regex(/^[^\p{Cc}]*$/u, "write one line without control characters"),
    { effect: "replace", default: "the resource's name" },
  ),
  rotationTrigger: optional(
    "Any text; with each new one another key is made.",
    z.string().min(1, "write a text that is not empty"),
    { effect: "replace" },
  ),
  writeTo: optional(
    "A secret in Infisical that gets the private half: then no state has it, and `reference` leads to it. What makes another " +
      "pair then writes that in its place.",
    writtenTo(),
    { effect: "live" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
}).superRefine(({ type, bits }, ctx) => {
  if (bits !== undefined && type !== "rsa")
    ctx.addIssue({
      code: "custom",
      path: ["bits"],
      message: "an ed25519 key has one length; leave it out, or type: rsa",
    });
});

export type SshKeyInputs = z.infer<typeof sshKeySchema>;

/** All that another pair is made for, the same however it is written. */
export const sshKeyWish = ({
  type = "ed25519",
  bits = 4096,
  comment = "",
  rotationTrigger = "",
}: Partial<SshKeyInputs>) => [type, ...(type === "rsa" ? [bits] : []), comment, rotationTrigger] as const;

export const sshKeyModel: Model = {
  schema: sshKeySchema,
  effects: effectsOf(sshKeySchema),
  sensitive: [],
  defaults: (inputs, urn) =>
    inputs["comment"] === undefined && urn !== "" ? { ...inputs, comment: nameIn(urn) } : inputs,
};
