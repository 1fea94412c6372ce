import { printPropertyString, type PropertyValues } from "../../../pve/format";
import type { z } from "zod";
import { isMapped, type Mapped, type Texts } from "./codec";
import { eachField } from "./field";

/** Fields that are one key each of one object, by their names. */
export type MappedFields = Readonly<Record<string, Mapped>>;
type Values = Readonly<Record<string, unknown>>;

/** An answer of Proxmox's as texts: numbers, and objects where the key holds a property string, are some too. */
export const textsOf = (answer: Values): Record<string, string> =>
  Object.fromEntries(
    Object.entries(answer).flatMap(([key, value]) =>
      value === undefined || value === null
        ? []
        : [[key, typeof value === "object" ? printPropertyString(value as PropertyValues) : String(value as string)]],
    ),
  );

/** All that the request says which makes the object. */
export function toTexts(fields: MappedFields, wanted: Values): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, field] of Object.entries(fields))
    if (wanted[name] !== undefined && !field.late) out[field.key] = field.write(wanted[name]);
  return out;
}

/** The object in the terms, and in the forms, of what is wanted. */
export function fromTexts(fields: MappedFields, live: Texts, wanted: Values = {}): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = field.read(live[field.key], wanted[name]);
    if (value !== undefined) out[name] = value;
  }
  return out;
}

/** What must be written and deleted so that an object is as wanted. */
export interface TextChange {
  readonly set: Record<string, string>;
  readonly delete: readonly string[];
}

/** `was`: what was managed before; what was not, and is not wanted, stays. */
export function changeOfTexts(fields: MappedFields, live: Texts, wanted: Values, was: Values): TextChange {
  const set: Record<string, string> = {};
  const gone: string[] = [];
  for (const [name, field] of Object.entries(fields))
    changeOfText(field, field.key, live, wanted[name], was[name], set, gone);
  return { set, delete: gone };
}

/** The same of one key, which is the field's own or numbered. */
export function changeOfText(
  field: Mapped,
  key: string,
  live: Texts,
  wanted: unknown,
  was: unknown,
  set: Record<string, string>,
  gone: string[],
): void {
  const now = live[key];
  if (wanted !== undefined) {
    const next = field.write(wanted, now, was);
    if (!field.same(next, now)) set[key] = next;
  } else if (was !== undefined && now !== undefined) {
    const rest = field.rest?.(now, was);
    if (rest === undefined) gone.push(key);
    else if (rest !== now) set[key] = rest;
  }
}

/** Do two values of the field at a path mean the same to Proxmox? */
export function sameIn(schema: z.core.$ZodType): (path: string, wanted: unknown, live: unknown) => boolean {
  const found = new Map<string, Mapped>();
  eachField(schema, (path, field) => {
    if (isMapped(field)) found.set(path, field);
  });
  return (path, wanted, live) => {
    const field = found.get(path);
    if (!field || wanted === undefined) return Object.is(wanted, live);
    return field.same(field.write(wanted), live === undefined ? undefined : field.write(live));
  };
}
