import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { parsePropertyString, printPropertyString } from "../../../pve/format";
import type { Effect } from "../../kernel/state/changes";

export type Texts = Readonly<Record<string, string>>;

/** How one input is kept in a guest's config. */
export interface Field {
  /** Proxmox's key. */
  readonly key: string;
  readonly effect: Effect;
  /** The config's text for a wanted value, over what the config holds; sub-options that `was` managed are cleared. */
  write(wanted: unknown, now?: string, was?: unknown): string;
  /** What the config says, in the form in which it is wanted. */
  read(text: string | undefined, wanted?: unknown): unknown;
  /** Do both texts mean the same to Proxmox? */
  same(wanted: string, live: string | undefined): boolean;
  /** What is left in the config when the input is no longer set; the key goes when left out. */
  rest?(now: string, was: unknown): string;
  /** Not sent when the guest is made, but afterwards. */
  readonly late?: boolean;
}

export const whole = (what: string, min: number, max: number) =>
  z
    .number()
    .int(`write a whole number: ${what}`)
    .min(min, `${what}: at least ${min}`)
    .max(max, `${what}: at most ${max}`);

/** A text that a property string can carry. */
export const plainText = (what: string) => z.string().regex(/^[^,=\n]+$/, `${what}, without commas, = and line breaks`);

const scalar = (
  key: string,
  effect: Effect,
  print: (value: unknown) => string,
  parse: (text: string) => unknown,
  unset?: unknown,
): Field => ({
  key,
  effect,
  write: print,
  read: (text) => (text === undefined ? unset : parse(text)),
  same: (wanted, live) => isDeepStrictEqual(parse(wanted), live === undefined ? unset : parse(live)),
});

/** `unset`: what Proxmox does when the key is not in the config, where that is a value of ours. */
export const number = (key: string, effect: Effect, unset?: number): Field =>
  scalar(key, effect, String, Number, unset);
export const flag = (key: string, effect: Effect, unset?: boolean): Field =>
  scalar(key, effect, (value) => (value ? "1" : "0"), isOn, unset);
export const word = (key: string, effect: Effect, unset?: string): Field =>
  scalar(key, effect, String, (text) => text, unset);
/** A number, or a word instead. */
export const numberOrWord = (key: string, effect: Effect): Field =>
  scalar(key, effect, String, (text) => (/^\d+$/.test(text) ? Number(text) : text));

export const isOn = (text: string): boolean => /^(?:1|on|yes|true)$/i.test(text);

/** One sub-option of a property string. */
export interface Part {
  readonly key: string;
  readonly kind: "text" | "number" | "flag" | "list" | "switch" | "encoded";
  readonly unset?: string | number | boolean;
}

/** `switch`: a boolean that Proxmox spells `on`, and `ignore` when off; `encoded`: a text that it keeps URL-encoded. */
export const part = (key: string, kind: Part["kind"] = "text", unset?: Part["unset"]): Part => ({
  key,
  kind,
  ...(unset === undefined ? {} : { unset }),
});

export interface Properties {
  /** The sub-option that stands without its key. */
  readonly primary: string;
  /** Whether it is printed without its key. */
  readonly bare?: boolean;
  readonly parts: Readonly<Record<string, Part>>;
  /** Other names of keys. */
  readonly aliases?: Texts;
  /** Keys of which only one can be there. */
  readonly exclusive?: readonly string[];
  /** Does a live value stand for the wanted one? */
  alike?(key: string, wanted: string, live: string): boolean;
}

/** A property string, given as text, as an object, or (its primary sub-option) as a boolean. */
export function property(key: string, effect: Effect, form: Properties): Field {
  return {
    key,
    effect,
    write: (wanted, now, was) => printMap(merged(form, wanted, now, was), form),
    read: (text, wanted) => {
      if (wanted === undefined) return undefined;
      if (typeof wanted !== "string") return fromMap(form, parseMap(form, text ?? ""), wanted);
      return sameMap(form, wanted, text) ? wanted : text;
    },
    same: (wanted, live) => sameMap(form, wanted, live),
  };
}

function merged(form: Properties, wanted: unknown, now = "", was?: unknown): Record<string, string> {
  if (typeof wanted === "string") return parseMap(form, wanted);
  const next = parseMap(form, now);
  const given = toMap(form, wanted);
  for (const key of Object.keys(toMap(form, was))) delete next[key];
  if (form.exclusive?.some((key) => given[key] !== undefined)) for (const key of form.exclusive) delete next[key];
  return { ...next, ...given };
}

export function parseMap({ primary, aliases }: Properties, text: string): Record<string, string> {
  const found = parsePropertyString(text, primary);
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [aliases?.[key] ?? key, value]));
}

export function printMap(map: Texts, { primary, bare = true }: Properties): string {
  return printPropertyString(map, bare ? primary : undefined);
}

/** The sub-options that a wanted value sets. */
export function toMap(form: Properties, wanted: unknown): Record<string, string> {
  if (wanted === undefined || wanted === null) return {};
  if (typeof wanted === "string") return parseMap(form, wanted);
  if (typeof wanted !== "object") return { [form.primary]: wanted ? "1" : "0" };
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const known = form.parts[name];
    if (known && value !== undefined) out[known.key] = printPart(known, value as unknown);
  }
  return out;
}

function printPart({ kind }: Part, value: unknown): string {
  if (kind === "flag") return value ? "1" : "0";
  if (kind === "switch") return value ? "on" : "ignore";
  if (kind === "list") return (value as unknown[]).join(";");
  if (kind === "encoded") return encodeURIComponent(value as string);
  return String(value);
}

function readPart({ kind, unset }: Part, text: string | undefined): unknown {
  if (text === undefined) return unset;
  if (kind === "number") return Number(text);
  if (kind === "flag" || kind === "switch") return isOn(text);
  if (kind === "list") return text.split(";").filter((item) => item !== "");
  return kind === "encoded" ? decodeURIComponent(text) : text;
}

/** What a property string says in our terms, with the defaults of what it leaves out. */
export function fromMap(form: Properties, map: Texts, wanted: unknown): unknown {
  if (typeof wanted === "boolean") return isOn(map[form.primary] ?? "0");
  const asked = wanted as Record<string, unknown> | undefined;
  const out: Record<string, unknown> = {};
  for (const [name, known] of Object.entries(form.parts)) {
    const live = readPart(known, map[known.key]);
    if (live === undefined) continue;
    const value = asked?.[name];
    out[name] =
      value !== undefined && alikeParts(form, known, printPart(known, value), printPart(known, live)) ? value : live;
  }
  return out;
}

const canonical = (kind: Part["kind"] | undefined, text: string): string => {
  if (kind === "flag" || kind === "switch") return isOn(text) ? "1" : "0";
  if (kind === "number") return String(Number(text));
  if (kind === "list") return [...new Set(text.split(";"))].sort().join(";");
  return text;
};

const alikeParts = (form: Properties, known: Part | undefined, wanted: string, live: string): boolean =>
  canonical(known?.kind, wanted) === canonical(known?.kind, live) ||
  (known !== undefined && form.alike?.(known.key, wanted, live) === true);

/** Do both property strings mean the same, what they leave out counted as its default? */
export function sameMap(form: Properties, wanted: string, live: string | undefined): boolean {
  const known = new Map(Object.values(form.parts).map((one) => [one.key, one]));
  const [left, right] = [parseMap(form, wanted), parseMap(form, live ?? "")];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => {
    const one = known.get(key);
    const unset = one?.unset === undefined ? undefined : printPart(one, one.unset);
    const [a, b] = [left[key] ?? unset, right[key] ?? unset];
    return a !== undefined && b !== undefined ? alikeParts(form, one, a, b) : a === b;
  });
}

/** Numbered devices of one kind: `usb0`, `usb1`, ...; a device's place in the list is its number. */
export interface DeviceList {
  readonly prefix: string;
  readonly effect: Effect;
  readonly item: Field;
}

export const devices = (prefix: string, effect: Effect, item: (key: string, effect: Effect) => Field): DeviceList => ({
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
