import { z } from "zod";
import { eachSchema } from "../fields/walk";
import { isReference, sourceNames, type SecretReference } from "../../../secrets/reference";

const text = z.string('write text, or secret("NAME")').min(1, "leave it out instead of writing an empty text");

const reference = z.strictObject({
  secretRef: z.string().min(1, "write the name of the secret"),
  from: z.enum(sourceNames).optional(),
  path: z.string().startsWith("/", "write a folder such as /pve").optional(),
  environment: z.string().min(1).optional(),
  projectId: z.string().min(1).optional(),
  /** Only there when an old input is kept (`ignoreChanges`). */
  hash: z.string().optional(),
});

const declared = new WeakMap<object, "text" | "data">();

/** Whether a schema is that of a sensitive field, and of which kind. */
export const sensitiveForm = (schema: object): "text" | "data" | undefined => declared.get(schema);

/**
 * A field that may hold a secret: text, or a reference to it. Such a field is encrypted in the state, and never shown.
 * Its type is text for the provider, which gets references already revealed.
 */
export function sensitiveText(form: z.ZodType<string> = text): z.ZodType<string, string | SecretReference> {
  const field = z.unknown().superRefine((value, ctx) => {
    const parsed = isReference(value) ? reference.safeParse(value) : form.safeParse(value);
    for (const { path, message } of parsed.error?.issues ?? []) ctx.addIssue({ code: "custom", path, message });
  });
  declared.set(field, "text");
  return field as unknown as z.ZodType<string, string | SecretReference>;
}

/** A field of text or of any data in its place, which may hold references at any depth. */
export function sensitiveData(
  form: z.ZodType<string> = text,
): z.ZodType<string | Record<string, unknown>, string | SecretReference | Record<string, unknown>> {
  const whole = sensitiveText(form);
  const field = z.unknown().superRefine((value, ctx) => {
    if (value !== null && typeof value === "object" && !Array.isArray(value) && !isReference(value)) return;
    for (const { path, message } of whole.safeParse(value).error?.issues ?? [])
      ctx.addIssue({ code: "custom", path, message });
  });
  declared.set(field, "data");
  return field as unknown as z.ZodType<
    string | Record<string, unknown>,
    string | SecretReference | Record<string, unknown>
  >;
}

/** Paths of a schema's sensitive fields, as `disks[].key`, `values.*`. */
export function sensitivePaths(schema: z.core.$ZodType): string[] {
  const found = new Set<string>();
  eachSchema(schema, (one, path) => void (declared.has(one) && found.add(path)));
  return [...found];
}
