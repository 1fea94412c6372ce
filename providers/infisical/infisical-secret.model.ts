import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";
import { sensitivePaths, sensitiveText } from "../kernel/secrets/sensitive";
import { storedEnvironment, storedFolder, storedName, storedProject } from "./stored-place.model";
import { unstorable } from "./stored-value.model";

const text = z.string().superRefine((value, ctx) => {
  const why = unstorable(value);
  if (why !== undefined) ctx.addIssue({ code: "custom", message: why });
});

const generated = fields({
  length: optional("How many characters.", z.int().min(12, "write at least 12").max(512, "write at most 512"), {
    unset: 32,
  }),
  symbols: optional("Symbols too, beside letters and digits.", z.boolean(), { unset: false }),
  trigger: optional("Any text; with each new one a new value is made.", z.string().min(1, "write a text"), {}),
});

const infisicalSecretSchema = fields({
  secretName: required("Its name, and that of `secret(…)`. A change replaces.", storedName(), {
    effect: "replace",
    default: "the resource's name",
  }),
  value: optional("Its value, or a reference to it; or write `generate`.", sensitiveText(text), { effect: "live" }),
  generate: optional(
    "The provider makes the value, and writes it to the store alone: no state, no output and no preview has it.",
    generated,
    { effect: "live" },
  ),
  comment: optional(
    "Shown beside the name, before the mark of this resource.",
    z
      .string()
      .min(1, "leave it out instead of writing an empty text")
      .regex(/^[^[\]]*$/, "write a text without [ and ]")
      .refine((comment) => comment.trim() === comment, "write it without white space at its ends"),
    { effect: "live" },
  ),
  path: optional("Folder in Infisical: `/pve`. A change replaces.", storedFolder(), {
    effect: "replace",
    default: "`proxmox:infisicalPath`",
  }),
  environment: optional("Environment in Infisical, by its slug. A change replaces.", storedEnvironment(), {
    effect: "replace",
    default: "`proxmox:infisicalEnvironment`",
  }),
  projectId: optional("Project in Infisical, by its id. A change replaces.", storedProject(), {
    effect: "replace",
    default: "`proxmox:infisicalProjectId`",
  }),
  createFolders: optional(
    "Make the folder when it is missing, with those above it. They stay on `destroy`.",
    z.boolean(),
    {
      effect: "none",
      unset: false,
    },
  ),
  adopt: optional(
    "Take over a secret of this name that is there already: its value becomes the one that is written here.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
}).superRefine(({ value, generate }, ctx) => {
  if (value === undefined && generate === undefined)
    ctx.addIssue({ code: "custom", path: ["value"], message: "write a value, a reference to one, or generate: {}" });
  if (value !== undefined && generate !== undefined)
    ctx.addIssue({ code: "custom", path: ["generate"], message: "a value is written already; leave one of them out" });
});

export type InfisicalSecretInputs = z.infer<typeof infisicalSecretSchema>;
export type Generated = NonNullable<InfisicalSecretInputs["generate"]>;

export const infisicalSecretModel: Model = {
  schema: infisicalSecretSchema,
  effects: effectsOf(infisicalSecretSchema),
  sensitive: sensitivePaths(infisicalSecretSchema),
  defaults: namedBy("secretName"),
};
