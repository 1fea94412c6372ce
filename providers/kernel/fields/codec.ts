import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { Effect } from "../state/effect";
import { fieldsIn, type Facts, type Field, type Known } from "./field";

export type Texts = Readonly<Record<string, string>>;

/** How a value is kept as a text of Proxmox's. */
interface Codec {
  /** The text for a wanted value, over what is there now; sub-options that `was` managed are cleared. */
  write(wanted: unknown, now?: string, was?: unknown): string;
  /** What the text says, in the form in which it is wanted. */
  read(text: string | undefined, wanted?: unknown): unknown;
  /** Do both texts mean the same to Proxmox? */
  same(wanted: string, live: string | undefined): boolean;
  /** What is left when the input is no longer set; the key goes when left out, or when that is nothing. */
  rest?(now: string, was: unknown): string | undefined;
  /** Not sent when the object is made, but afterwards. */
  readonly late?: boolean;
}

/** A field that is one key of an object of Proxmox's. */
export interface Mapped extends Facts, Codec {
  readonly key: string;
  readonly effect: Effect;
}

const scalar = (
  key: string,
  effect: Effect,
  print: (value: unknown) => string,
  parse: (text: string) => unknown,
  unset?: unknown,
): Mapped => ({
  key,
  effect,
  ...(unset === undefined ? {} : { unset }),
  write: print,
  read: (text) => (text === undefined ? unset : parse(text)),
  same: (wanted, live) => isDeepStrictEqual(parse(wanted), live === undefined ? unset : parse(live)),
});

/** `unset`: what Proxmox does when the key is not there, where that is a value of ours. */
export const number = (key: string, effect: Effect, unset?: number): Mapped =>
  scalar(key, effect, String, Number, unset);
export const flag = (key: string, effect: Effect, unset?: boolean): Mapped =>
  scalar(key, effect, (value) => (value ? "1" : "0"), isOn, unset);
export const word = (key: string, effect: Effect, unset?: string): Mapped =>
  scalar(key, effect, String, (text) => text, unset);
/** A number, or a word instead. */
export const numberOrWord = (key: string, effect: Effect): Mapped =>
  scalar(key, effect, String, (text) => (/^\d+$/.test(text) ? Number(text) : text));

/** On or off, or a text instead. */
export const flagOrWord = (key: string, effect: Effect, unset?: boolean): Mapped =>
  scalar(
    key,
    effect,
    (value) => (typeof value === "boolean" ? (value ? "1" : "0") : (value as string)),
    (text) => (/^(?:[01]|on|off|yes|no|true|false)$/i.test(text) ? isOn(text) : text),
    unset,
  );

/** Lists are sets to Proxmox: it gives them back in any order. */
export const list = (key: string, effect: Effect): Mapped => ({
  ...scalar(key, effect, (value) => (value as readonly string[]).join(","), itemsIn),
  same: (wanted, live) => live !== undefined && asSet(wanted) === asSet(live),
});

export const itemsIn = (text: string): string[] => text.split(/[,;\s]+/).filter((item) => item !== "");
const asSet = (text: string): string => [...new Set(itemsIn(text))].sort().join();

export const isOn = (text: string): boolean => /^(?:1|on|yes|true)$/i.test(text);

export const isMapped = (field: Field): field is Field & Mapped => "write" in field;

type Shape = Readonly<Record<string, Known>>;
/** The names of those fields of a shape that are one key each. */
type MappedNames<T extends Shape> = { [K in keyof T]: T[K] extends Known<z.ZodType, Mapped> ? K : never }[keyof T];

/** The fields of a shape that are one key each, by their names. */
export const mappedIn = <T extends Shape>(shape: T): Readonly<Record<MappedNames<T> & string, Field & Mapped>> =>
  fieldsIn(shape, isMapped) as Record<MappedNames<T> & string, Field & Mapped>;
