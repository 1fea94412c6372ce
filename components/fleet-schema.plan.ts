import type { z } from "zod";

type Schema = z.core.$ZodType;
type Kind = "string" | "number" | "boolean" | "array" | "object";
export type Path = readonly (string | number)[];

interface Def {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly options?: readonly Schema[];
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly valueType?: Schema;
  readonly values?: readonly unknown[];
}

const defOf = (schema: Schema): Def => schema._zod.def;

/** The schemas that a value may have to meet, unions and wrappers taken apart. */
function alternatives(schema: Schema): Schema[] {
  const def = defOf(schema);
  if (def.options) return def.options.flatMap(alternatives);
  const inner = def.innerType ?? def.in;
  return inner ? alternatives(inner) : [schema];
}

/** The schemas of the value at a path; empty when there is no such field. */
export function schemasAt(schema: Schema, path: Path): Schema[] {
  const [key, ...rest] = path;
  if (key === undefined) return alternatives(schema);
  return alternatives(schema).flatMap((one) => {
    const def = defOf(one);
    const below = typeof key === "number" ? def.element : (def.shape?.[key] ?? def.valueType);
    return below ? schemasAt(below, rest) : [];
  });
}

function kindsOf(schemas: readonly Schema[]): Set<Kind> {
  return new Set(
    schemas.flatMap((schema): Kind[] => {
      const { type, values } = defOf(schema);
      if (type === "enum") return ["string"];
      if (type === "literal") return (values ?? []).map((value) => typeof value as Kind);
      if (type === "record") return ["object"];
      return ["string", "number", "boolean", "array", "object"].includes(type) ? [type as Kind] : [];
    }),
  );
}

/** Every field that holds plain values, as paths: `cores`, `disks[0].sizeGiB`. */
export function leafPaths(schema: Schema, path: Path = []): Path[] {
  return alternatives(schema).flatMap((one) => {
    const { shape, element } = defOf(one);
    if (shape) return Object.entries(shape).flatMap(([key, inner]) => leafPaths(inner, [...path, key]));
    if (element && kindsOf(alternatives(element)).has("object")) return leafPaths(element, [...path, 0]);
    return [path];
  });
}

/** What a cell may say instead of text. */
const yes = /^(?:true|yes|on)$/i;
const no = /^(?:false|no|off)$/i;

/**
 * A cell's text as a value of the field's type. Lists are separated by semicolons; whatever has an inner structure may
 * be written as JSON.
 */
export function convert(text: string, schemas: readonly Schema[]): { value: unknown } | { problem: string } {
  const kinds = kindsOf(schemas);
  if ((kinds.has("array") || kinds.has("object")) && /^[[{]/.test(text)) {
    try {
      return { value: JSON.parse(text) as unknown };
    } catch (error) {
      return { problem: `is no JSON: ${(error as Error).message}` };
    }
  }
  if (kinds.has("boolean") && yes.test(text)) return { value: true };
  if (kinds.has("boolean") && no.test(text)) return { value: false };
  if (kinds.has("number") && /^-?\d+(?:\.\d+)?$/.test(text)) return { value: Number(text) };
  if (kinds.has("string")) return { value: text };
  if (kinds.has("array")) {
    const elements = schemas.flatMap((one) => {
      const { element } = defOf(one);
      return element ? alternatives(element) : [];
    });
    const items = text.split(/\s*[;\n]\s*/).filter((item) => item !== "");
    const converted = items.map((item) => convert(item, elements));
    const wrong = converted.find((one) => "problem" in one);
    return wrong ?? { value: converted.map((one) => ("value" in one ? one.value : undefined)) };
  }
  if (kinds.has("boolean")) return { problem: `write true or false (got ${JSON.stringify(text)})` };
  if (kinds.has("number")) return { problem: `write a number such as 2 (got ${JSON.stringify(text)})` };
  return { problem: `write it as JSON (got ${JSON.stringify(text)})` };
}

/** Whether text can be a value of the field as it is. */
export const takesText = (schemas: readonly Schema[]): boolean => kindsOf(schemas).has("string");
