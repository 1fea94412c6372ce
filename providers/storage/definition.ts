import type { wire } from "../../pve";
import { changeOfTexts, textsOf, toTexts, type MappedFields } from "../kernel/fields/mapping";
import { heldOf, writeOnlyOf } from "./storage-types.model";
import type { StorageInputs } from "./storage.model";

export type StorageEntry = wire.WireObject;
type Values = Readonly<Record<string, unknown>>;

/** All that a creation sends. */
export const creation = (inputs: StorageInputs): Record<string, string> => ({
  ...{ storage: inputs.storageId, type: inputs.type },
  ...toTexts(heldOf(inputs.type), inputs),
  ...secretsOf(inputs),
});

function secretsOf(inputs: StorageInputs): Record<string, string> {
  const values = inputs as Values;
  const all = Object.entries(writeOnlyOf(inputs.type));
  return Object.fromEntries(
    all.flatMap(([name, key]) => (values[name] === undefined ? [] : [[key, values[name] as string]])),
  );
}

/** The fields of a type that can be changed where they are, or those that cannot. */
const fieldsWhere = (type: string, fixed: boolean): MappedFields =>
  Object.fromEntries(Object.entries(heldOf(type)).filter(([, { effect }]) => (effect === "replace") === fixed));

/** What is different from the inputs, and what was managed and is no longer set; undefined when nothing is. */
export function change(
  inputs: StorageInputs,
  was: Partial<StorageInputs>,
  entry: StorageEntry,
): Record<string, string> | undefined {
  const [values, before] = [inputs as Values, was as Values];
  const found = changeOfTexts(fieldsWhere(inputs.type, false), textsOf(entry), values, before);
  const sent = { ...found.set };
  const gone = [...found.delete];
  for (const [name, key] of Object.entries(writeOnlyOf(inputs.type))) {
    if (values[name] === before[name]) continue;
    if (values[name] === undefined) gone.push(key);
    else sent[key] = values[name] as string;
  }
  if (gone.length > 0) sent["delete"] = gone.join(",");
  if (Object.keys(sent).length === 0) return undefined;
  const digest = entry["digest"];
  return typeof digest === "string" ? { ...sent, digest } : sent;
}

/** How an existing definition is another storage than the one described; nothing when it is the same. */
export function otherPlace(inputs: Partial<StorageInputs>, entry: StorageEntry): string[] {
  const values = inputs as Values;
  const type = String(entry["type"]);
  if (values["type"] !== undefined && values["type"] !== type) return [`type is ${type}`];
  const live = textsOf(entry);
  return Object.entries(fieldsWhere(type, true))
    .filter(([name, field]) => values[name] !== undefined && !field.same(field.write(values[name]), live[field.key]))
    .map(([name, { key }]) => `${name} is ${live[key] ?? "not set"}`);
}
