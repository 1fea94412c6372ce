import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { parsePropertyString, printPropertyString } from "../../../pve/format";
import type { Effect } from "../state/effect";
import { isOn, type Mapped, type Texts } from "./codec";
import { fieldOf, type Facts } from "./field";

/** One sub-option of a property string. */
export interface Part extends Facts {
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

/** What makes up a property string. */
export interface Properties {
  /** The sub-option that stands without its key. */
  readonly primary: string;
  /** Whether it is printed without its key. */
  readonly bare?: boolean;
  readonly parts: Readonly<Record<string, Part>>;
  /** Other names of keys. */
  readonly aliases?: Texts;
  /** Keys of which only those that are wanted can be there. */
  readonly exclusive?: readonly string[];
  /** Does a live value stand for the wanted one? */
  alike?(key: string, wanted: string, live: string): boolean;
}

/** The sub-options that an object's fields are. */
export function partsIn(object: z.ZodObject): Record<string, Part> {
  const found: Record<string, Part> = {};
  for (const [name, schema] of Object.entries<z.ZodType>(object.shape)) {
    const field = fieldOf(schema);
    if (field && "kind" in field) found[name] = field as typeof field & Part;
  }
  return found;
}
/** A property string, given as text, as an object, or (its primary sub-option) as a boolean. */
export function property(key: string, effect: Effect, form: Properties): Mapped {
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

function printMap(map: Texts, { primary, bare = true }: Properties): string {
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

/** A property string of any keys: an object of texts. */
export const map = (key: string, effect: Effect): Mapped => ({
  key,
  effect,
  write: (wanted) => printPropertyString(wanted as Texts),
  read: (text) => (text === undefined ? undefined : parsePropertyString(text)),
  same: (wanted, live) =>
    live !== undefined && isDeepStrictEqual(parsePropertyString(wanted), parsePropertyString(live)),
});
