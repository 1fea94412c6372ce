import type { z } from "zod";

interface Def {
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
}

/**
 * Visits a schema and all that it is made of, with the path of each as in `disks[].sizeGiB`, `environment.*`. Every start
 * of the plugin does this for every model: nothing is copied.
 */
export function eachSchema(
  schema: z.core.$ZodType,
  visit: (schema: z.core.$ZodType, path: string) => void,
  path = "",
): void {
  visit(schema, path);
  const def = schema._zod.def as Def;
  if (def.innerType) eachSchema(def.innerType, visit, path);
  else if (def.element) eachSchema(def.element, visit, `${path}[]`);
  else if (def.valueType) eachSchema(def.valueType, visit, path === "" ? "*" : `${path}.*`);
  else if (def.options) for (const option of def.options) eachSchema(option, visit, path);
  else
    for (const name in def.shape)
      eachSchema(def.shape[name] as z.core.$ZodType, visit, path === "" ? name : `${path}.${name}`);
}
