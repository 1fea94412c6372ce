import type { z } from "zod";
import type { Effects } from "../state/changes";
import type { Effect } from "../state/effect";
import { eachField } from "./field";

/**
 * What a change of each field of a schema does, as its fields say it; `others`: what it does in this model instead. Where
 * the members of a union say different things, one has to be chosen there.
 */
export function effectsOf(schema: z.core.$ZodType, others: Effects = {}): Effects {
  const found: Record<string, Effect> = {};
  const paths = new Set<string>();
  const problems: string[] = [];
  eachField(schema, (path, field) => {
    paths.add(path);
    const { effect } = field;
    if (effect === undefined || others[path] !== undefined) return;
    if (found[path] !== undefined && found[path] !== effect) problems.push(`${path} has two effects; choose one`);
    found[path] = effect;
  });
  for (const path of Object.keys(others)) if (!paths.has(path)) problems.push(`${path} has an effect and is no field`);
  if (problems.length > 0) throw new Error(problems.join("; "));
  return { ...found, ...others };
}
