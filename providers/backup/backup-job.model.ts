import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { mappedIn } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy } from "../kernel/named.model";
import type { Model } from "../kernel/resource-kind";
import type { OwnEffect } from "../kernel/state/changes";
import { shape } from "./backup-job-fields.model";

const jobSchema = fields({
  jobId: required(
    "Id of the job. A change replaces.",
    z
      .string()
      .max(50, "write at most 50 characters")
      .regex(/^[A-Za-z][A-Za-z0-9_-]+$/, "write letters, digits, _ and -, first a letter, at least two"),
    { key: "id", effect: "replace", default: "the resource's name" },
  ),
  ...shape,
  adopt: optional(
    "Take over the job of this id, which must exist; what is not written stays. Only read when the resource is created.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type BackupJobInputs = z.infer<typeof jobSchema>;

export const jobFields = mappedIn(shape);

/** Which fields say whom it backs up; `all: false` says nothing. */
const selections = ({ vmids, pool, all }: Partial<BackupJobInputs>): string[] =>
  Object.entries({ vmids, pool, all: all === false ? undefined : all }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );

/** Asked also where another field is wrong: all that is wrong is told at once. */
const always = { when: () => true };

const sound = jobSchema
  .refine((job) => selections(job).length > 0, {
    ...always,
    path: ["vmids"],
    message: "nothing says whom it backs up; write one of vmids, pool and all: true",
  })
  .refine((job) => selections(job).length < 2, {
    ...always,
    path: ["vmids"],
    message: "vmids, pool and all exclude each other; write one of them",
  })
  .refine(({ exclude, all }) => exclude === undefined || (all !== undefined && all !== false), {
    ...always,
    path: ["exclude"],
    message: "leaves guests out of all; write all: true beside it, or take it out",
  });

/** What a job does that it did not before: backups that are there go, for good. */
const ownJobEffects: readonly OwnEffect[] = [
  {
    name: "prune",
    meaning: "prune: where it keeps less, backups go at the next run; live otherwise",
  },
];

/**
 * A job keeps all where nothing is said, so that no other setting removes anything unasked. What was never said of a job
 * that was taken over stays as it is.
 */
function withRetention(inputs: Record<string, unknown>, was: Record<string, unknown> | undefined) {
  const unsaid = was ? was["pruneBackups"] === undefined : inputs["adopt"] === true;
  return inputs["pruneBackups"] !== undefined || unsaid ? inputs : { ...inputs, pruneBackups: { keepAll: true } };
}

export const backupJobModel: Model = {
  schema: sound,
  effects: effectsOf(jobSchema),
  ownEffects: ownJobEffects,
  sensitive: [],
  defaults: namedBy("jobId"),
  derive: withRetention,
  same: sameIn(jobSchema),
};
