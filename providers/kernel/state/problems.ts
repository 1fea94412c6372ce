import type { z } from "zod";
import { fieldOf } from "../fields/field";
import { isSensitive } from "../secrets/sensitive-values";
import { leadsToUnknown } from "./unknowns";

/** One thing that is wrong with the inputs: where, what, and what to write instead. */
export interface Problem {
  /** Property path such as `disks[0].sizeGiB`; empty for the resource as a whole. */
  readonly path: string;
  readonly message: string;
  /** Whether it is none after all; asked before it is said. */
  readonly unless?: () => Promise<boolean>;
  /** It lies in what this run was given and not in the program: a preview says it and goes on, nothing else does. */
  readonly lacking?: true;
}

/** Those that are problems indeed. */
export async function certain(problems: readonly Problem[]): Promise<Problem[]> {
  const isNone = await Promise.all(problems.map(async ({ unless }) => (await unless?.()) === true));
  return problems.filter((_, i) => isNone[i] !== true);
}

export const showProblem = ({ path, message }: Problem): string => (path ? `${path}: ${message}` : message);

export const showPath = (path: readonly PropertyKey[]): string =>
  path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i ? "." : ""}${String(key)}`)).join("");

/** `disks[0].sizeGiB` -> `disks[].sizeGiB`: how effects and sensitive fields are written down. */
export const pattern = (path: string): string => path.replace(/\[\d+\]/g, "[]");

/**
 * Everything that the schema finds wrong, leaving out what concerns values that are not known yet. The texts never
 * hold the value itself when the field is sensitive.
 */
export function problemsOf(
  schema: z.ZodType,
  inputs: Record<string, unknown>,
  sensitive: readonly string[] = [],
): Problem[] {
  const parsed = schema.safeParse(inputs, { jitless: isRarelyUsed(schema) });
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => explain(schema, issue, inputs, sensitive));
}

/** zod compiles a schema when it is first used: that takes as long as some fifty uses without it. */
const enoughUses = 50;
const uses = new WeakMap<z.ZodType, number>();

function isRarelyUsed(schema: z.ZodType): boolean {
  const used = (uses.get(schema) ?? 0) + 1;
  uses.set(schema, used);
  return used < enoughUses;
}

function explain(schema: z.ZodType, issue: z.core.$ZodIssue, inputs: unknown, sensitive: readonly string[]): Problem[] {
  if (leadsToUnknown(inputs, issue.path)) return [];
  if (issue.code === "invalid_union") {
    // The form that was tried, if it can be told: its own words are more exact.
    const form = issue.errors.find((list) =>
      list.every(({ path, code }) => path.length > 0 || !/type|value/.test(code)),
    );
    if (form && form.length > 0)
      return form.flatMap((inner) =>
        explain(schema, { ...inner, path: [...issue.path, ...inner.path] }, inputs, sensitive),
      );
  }
  const path = showPath(issue.path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: path ? `${path}.${key}` : key,
      message: `there is no such property${suggestion(key, keysAt(schema, issue.path))}`,
    }));
  if (issue.code === "invalid_type" && valueAt(inputs, issue.path) === undefined)
    return [{ path, message: `is required (${issue.expected})${meaningAt(schema, issue.path)}` }];
  const value = valueAt(inputs, issue.path);
  const shown =
    isSensitive(path, sensitive) || value === undefined || Number.isNaN(value) || typeof value === "object"
      ? ""
      : ` (got ${JSON.stringify(value)})`;
  return [{ path, message: `${inOurWords(issue.message)}${shown}` }];
}

const words: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "a text",
};

/** What zod says of a value of another type, where the schema has no message of its own. */
function inOurWords(message: string): string {
  const [, wanted = "", given = ""] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  return words[wanted]
    ? `write ${words[wanted]}, not ${given === "boolean" ? "a flag" : (words[given] ?? given)}`
    : message;
}

type Shape = Readonly<Record<PropertyKey, z.core.$ZodType>>;

/** The objects that the schema knows at a path, by their fields: one for each member of a union. */
function shapesAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): Shape[] {
  const [key, ...rest] = path;
  const def = schema._zod.def as {
    type: string;
    innerType?: z.core.$ZodType;
    element?: z.core.$ZodType;
    valueType?: z.core.$ZodType;
    options?: readonly z.core.$ZodType[];
    shape?: Shape;
  };
  if (def.innerType) return shapesAt(def.innerType, path);
  if (def.options) return def.options.flatMap((option) => shapesAt(option, path));
  if (key === undefined) return def.shape ? [def.shape] : [];
  const inner = def.element ?? def.valueType ?? def.shape?.[key];
  return inner ? shapesAt(inner, rest) : [];
}

/** The property names that the schema knows at a path. */
const keysAt = (schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] =>
  shapesAt(schema, path).flatMap((shape) => Object.keys(shape));

/** `: NFS server`, what a field is, where that is one thing. */
function meaningAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string {
  const name = path.at(-1) ?? "";
  const fields = shapesAt(schema, path.slice(0, -1)).flatMap((shape) =>
    shape[name] ? fieldOf(shape[name]) : undefined,
  );
  const meanings = [...new Set(fields.map((field) => field?.meaning.replace(/\.(?: .*)?$/s, "")))];
  return meanings.length === 1 && meanings[0] !== undefined ? `: ${meanings[0]}` : "";
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at === null || typeof at !== "object" ? undefined : (at as Record<PropertyKey, unknown>)[key]),
    root,
  );
}

/** `; did you mean "cores"?` when one of the names is close to what was written. */
export function suggestion(wrong: string, names: readonly string[]): string {
  const near = names
    .map((name) => ({ name, distance: editDistance(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(Math.max(wrong.length, name.length) / 2.5)))
    .sort((a, b) => a.distance - b.distance)[0]?.name;
  const begun = wrong.length < 3 ? [] : names.filter((name) => name.toLowerCase().startsWith(wrong.toLowerCase()));
  const meant = near ?? (begun.length === 1 ? begun[0] : undefined);
  return meant === undefined ? "" : `; did you mean "${meant}"?`;
}

export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] as number;
}
