import type { z } from "zod";
import { fieldOf, type Field } from "../../providers/kernel/fields/field";
import { sensitiveForm } from "../../providers/kernel/secrets/sensitive";

/** The form of a value as a program may write it. */
export type Form =
  | { readonly is: "plain"; readonly text: string }
  | { readonly is: "list"; readonly of: Form }
  | { readonly is: "map"; readonly of: Form }
  | { readonly is: "union"; readonly of: readonly Form[] }
  | { readonly is: "object"; readonly schema: z.core.$ZodType; readonly fields: readonly SchemaField[] };

export interface SchemaField {
  readonly name: string;
  readonly optional: boolean;
  readonly form: Form;
  /** What is written down of it. */
  readonly facts: Field | undefined;
}

interface Def {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
}

const defOf = (schema: z.core.$ZodType): Def => schema._zod.def;
const plain = (text: string): Form => ({ is: "plain", text });
const literals = (values: readonly unknown[]): Form => plain(values.map((one) => JSON.stringify(one)).join(" | "));

/** What zod knows of a value; anything that is not written down here stops the generator. */
export function formOf(schema: z.core.$ZodType): Form {
  const sensitive = sensitiveForm(schema);
  if (sensitive) return plain(`string | SecretReference${sensitive === "data" ? " | Record<string, unknown>" : ""}`);
  const { type, innerType, options, shape, element, valueType, entries, values } = defOf(schema);
  if (type === "optional" && innerType) return formOf(innerType);
  if (type === "string" || type === "number" || type === "boolean") return plain(type);
  if (type === "enum" && entries) return literals(Object.values(entries));
  if (type === "literal" && values) return literals(values);
  if (type === "array" && element) return { is: "list", of: formOf(element) };
  if (type === "record" && valueType) return { is: "map", of: formOf(valueType) };
  if (type === "union" && options) return { is: "union", of: options.map(formOf) };
  if (type === "object" && shape)
    return {
      is: "object",
      schema,
      fields: Object.entries(shape).map(([name, field]) => ({
        name,
        optional: defOf(field).type === "optional",
        form: formOf(field),
        facts: fieldOf(field),
      })),
    };
  throw new Error(`a schema of type ${type} has no form in TypeScript here`);
}
