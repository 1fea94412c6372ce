import { z } from "zod";
import type { Mapped, Texts } from "../../kernel/fields/codec";
import type { Effect } from "../../kernel/state/changes";

export const whole = (what: string, min: number, max: number) =>
  z
    .number()
    .int(`write a whole number: ${what}`)
    .min(min, `${what}: at least ${min}`)
    .max(max, `${what}: at most ${max}`);

/** A text that a property string can carry. */
export const plainText = (what: string) => z.string().regex(/^[^,=\n]+$/, `${what}, without commas, = and line breaks`);

/** Numbered devices of one kind: `usb0`, `usb1`, ...; a device's place in the list is its number. */
export interface DeviceList {
  readonly prefix: string;
  readonly effect: Effect;
  readonly item: Mapped;
}

export const devices = (prefix: string, effect: Effect, item: (key: string, effect: Effect) => Mapped): DeviceList => ({
  prefix,
  effect,
  item: item(prefix, effect),
});

/** The numbers of such devices in a config. */
export const deviceNumbers = (config: Texts, prefix: string): number[] =>
  Object.keys(config)
    .flatMap((key) =>
      key.startsWith(prefix) && /^\d+$/.test(key.slice(prefix.length)) ? [key.slice(prefix.length)] : [],
    )
    .map(Number)
    .sort((a, b) => a - b);
