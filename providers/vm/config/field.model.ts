import { z } from "zod";
import type { Mapped, Texts } from "../../kernel/fields/codec";
import { fieldsIn, type Facts, type Field, type Known } from "../../kernel/fields/field";
import type { Effect } from "../../kernel/state/effect";

export const whole = (what: string, min: number, max: number) =>
  z
    .number()
    .int(`write a whole number: ${what}`)
    .min(min, `${what}: at least ${min}`)
    .max(max, `${what}: at most ${max}`);

/** A text that a property string can carry. */
export const plainText = (what: string) => z.string().regex(/^[^,=\n]+$/, `${what}, without commas, = and line breaks`);

/** Numbered devices of one kind: `usb0`, `usb1`, ...; a device's place in the list is its number. */
export interface DeviceList extends Facts {
  readonly prefix: string;
  readonly effect: Effect;
  readonly item: Mapped;
}

export const devices = (prefix: string, effect: Effect, item: (key: string, effect: Effect) => Mapped): DeviceList => ({
  prefix,
  effect,
  item: item(prefix, effect),
});

type Shape = Readonly<Record<string, Known>>;
/** The names of those fields of a shape that are numbered devices. */
type ListNames<T extends Shape> = { [K in keyof T]: T[K] extends Known<z.ZodType, DeviceList> ? K : never }[keyof T];

/** The fields of a shape that are numbered devices, by their names. */
export const listsIn = <T extends Shape>(shape: T): Readonly<Record<ListNames<T> & string, Field & DeviceList>> =>
  fieldsIn(shape, isList) as Record<ListNames<T> & string, Field & DeviceList>;

const isList = (field: Field): field is Field & DeviceList => "prefix" in field;

/** The numbers of such devices in a config. */
export const deviceNumbers = (config: Texts, prefix: string): number[] =>
  Object.keys(config)
    .flatMap((key) =>
      key.startsWith(prefix) && /^\d+$/.test(key.slice(prefix.length)) ? [key.slice(prefix.length)] : [],
    )
    .map(Number)
    .sort((a, b) => a - b);
