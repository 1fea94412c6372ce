import type { Texts } from "../kernel/fields/codec";
import { changeOfTexts, fromTexts, toTexts, type MappedFields } from "../kernel/fields/mapping";
import type { Model } from "../kernel/resource-kind";
import { collections, type Collection, type SdnView } from "./sdn-view";

/** What the state knows an object by. */
export type SdnOutputs = Readonly<Record<string, string>>;

type Values = Readonly<Record<string, unknown>>;

/** One kind of objects that are staged and applied. */
export interface SdnKind {
  readonly kind: string;
  readonly noun: string;
  readonly collection: Collection;
  readonly model: Model;
  readonly outputs: readonly string[];
  /** Its key in the view, from inputs or outputs; it is the resource's id too. */
  id(of: Values): string;
  /** The outputs of an id. */
  at(id: string): SdnOutputs;
  /** Fields that are one key each; undefined: no such type. */
  fields(type: string | undefined): MappedFields | undefined;
  /** What the object is besides its fields: its type, the vnet that it is of. */
  fixed(inputs: Values): Texts;
}

/** What stands on others has a higher number. */
export const layerOf = ({ collection }: SdnKind): number => collections.indexOf(collection) + 1;

const fieldsOf = (kind: SdnKind, of: Values): MappedFields => kind.fields(of["type"] as string | undefined) ?? {};

/** Where the right to see it is given; of an object whose vnet or zone is not known, for all zones. */
export function aclPath(
  { collection }: SdnKind,
  id: string,
  { config, running }: SdnView,
  wanted: Values = {},
): string {
  if (collection === "controllers" || collection === "zones") return `/sdn/${collection}/${id}`;
  const vnet = id.replace(/\/.*/, "");
  const said = collection === "vnets" && typeof wanted["zone"] === "string" ? wanted["zone"] : undefined;
  const zone = config.vnets.get(vnet)?.["zone"] ?? running.vnets.get(vnet)?.["zone"] ?? said;
  return zone === undefined ? "/sdn/zones" : `/sdn/zones/${zone}/${vnet}`;
}

/** The object as a creation makes it. */
const creation = (kind: SdnKind, inputs: Values): Texts => ({
  ...toTexts(fieldsOf(kind, inputs), inputs),
  ...kind.fixed(inputs),
});

/** The object as wanted, over what is there; `was`: what was managed before. */
export function wantedTexts(kind: SdnKind, now: Texts | undefined, inputs: Values, was: Values): Texts {
  if (now === undefined) return creation(kind, inputs);
  const change = changeOfTexts(fieldsOf(kind, inputs), now, inputs, was);
  const all = { ...now, ...change.set };
  return Object.fromEntries(Object.entries(all).filter(([key]) => !change.delete.includes(key)));
}

/** Fields that differ from what is wanted, by their names. */
export function changedFields(kind: SdnKind, now: Texts, inputs: Values): string[] {
  return Object.entries(fieldsOf(kind, inputs))
    .filter(([name, field]) => inputs[name] !== undefined && !field.same(field.write(inputs[name]), now[field.key]))
    .map(([name]) => name);
}

/** The object in the terms of the inputs; a field that is not there is undefined. */
export function liveInputs(kind: SdnKind, texts: Texts, wanted: Values): Record<string, unknown> {
  const fields = kind.fields(texts["type"]) ?? {};
  const live = fromTexts(fields, texts, wanted);
  return Object.fromEntries(Object.keys(fields).map((name) => [name, live[name]]));
}

/** How the object that is there is another one than described. */
export function otherThan(kind: SdnKind, texts: Texts, inputs: Values): string | undefined {
  const fixed = kind.fixed(inputs);
  const other = Object.keys(fixed).find((key) => texts[key] !== fixed[key]);
  return other === undefined ? undefined : `its ${other} is ${texts[other] ?? "not set"}`;
}
