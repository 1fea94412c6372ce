import { z } from "zod";
import type { Effect } from "../state/effect";
import { eachSchema } from "./walk";

/** What is known of a field beside the form of its values. */
export interface Facts {
  /** What a change does; left out, what a change of the field around it does. */
  readonly effect?: Effect;
  /** Proxmox's key. */
  readonly key?: string;
  /** Proxmox's key in words, where it is not this one key alone. */
  readonly proxmox?: string;
  /** The value that it has where nothing is set. */
  readonly unset?: unknown;
  /** The same in words, where it is no value or more is to be said. */
  readonly default?: string;
  /** What to write instead of a field that goes with the next release. */
  readonly deprecated?: string;
}

/** A field as it is written down, once, at its schema: what is checked, compared, sent and documented follows from it. */
export interface Field extends Facts {
  /** What it is, and its unit. */
  readonly meaning: string;
}

const registry = z.registry<Field>();

declare const known: unique symbol;

/** The schema of a field whose facts are written down. */
export type Known<S extends z.ZodType = z.ZodType, F extends Facts = Facts> = S & { readonly [known]: F };

/** A field that may be left out. */
export const optional = <S extends z.ZodType, F extends Facts>(meaning: string, schema: S, facts: F) =>
  written(schema.optional(), meaning, facts);

/** A field that must be there. */
export const required = <S extends z.ZodType, F extends Facts>(meaning: string, schema: S, facts: F) =>
  written(schema, meaning, facts);

function written<S extends z.ZodType, F extends Facts>(schema: S, meaning: string, facts: F): Known<S, F> {
  if (registry.has(schema)) throw new Error(`one schema for two fields ("${meaning}"): make one for each`);
  registry.add(schema, { ...facts, meaning });
  return schema as Known<S, F>;
}

/** An object of fields and of nothing else. */
export const fields = <T extends { readonly [K in keyof T]: Known }>(shape: T) => z.strictObject(shape);

/** What is written down of a field. */
export const fieldOf = (schema: z.core.$ZodType): Field | undefined => registry.get(schema);

/** Those fields of a shape that are of one sort, by their names. */
export const fieldsIn = <F extends Field>(
  shape: Readonly<Record<string, Known>>,
  isOne: (field: Field) => field is F,
): Record<string, F> =>
  Object.fromEntries(
    Object.entries(shape).flatMap(([name, schema]) => {
      const field = fieldOf(schema);
      return field && isOne(field) ? [[name, field]] : [];
    }),
  );

/** Proxmox's keys of the fields of a shape that have one, by their names. */
export const keysIn = <T extends Readonly<Record<string, Known>>>(shape: T): [keyof T & string, string][] =>
  Object.entries(shape).flatMap(([name, schema]) => {
    const key = fieldOf(schema)?.key;
    return key === undefined ? [] : [[name, key]];
  });

/** Visits every field of a schema, at any depth. Members of a union may have one of the same path each. */
export function eachField(schema: z.core.$ZodType, visit: (path: string, field: Field) => void): void {
  eachSchema(schema, (one, path) => {
    const field = registry.get(one);
    if (field) visit(path, field);
  });
}
