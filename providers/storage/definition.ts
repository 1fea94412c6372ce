import { isProxmoxError, wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import { hasValue, secretFields, storageFields, toWire } from "./storage-fields.model";
import { liveFor, placeFields, type StorageInputs } from "./storage.model";

export type Entry = wire.WireObject;
type Values = Readonly<Record<string, unknown>>;

/** The definition as it is; undefined when there is none of that name. */
export async function findStorage(pve: Pve, storageId: string): Promise<Entry | undefined> {
  try {
    const entry = wire.object(await pve.api.storage.$(storageId).$get());
    // Proxmox says that there is none: an answer without it is not Proxmox's.
    if (entry["storage"] !== storageId)
      throw new Error(`the answer to what storage ${storageId} is tells nothing of it; are the endpoints right?`);
    return entry;
  } catch (error) {
    if (isProxmoxError(error, "not-found")) return undefined;
    throw error;
  }
}

/** All that a creation sends. */
export function creation(inputs: StorageInputs): Record<string, string | number> {
  const values = inputs as Values;
  const all: Record<string, string | number> = { storage: inputs.storageId, type: inputs.type };
  for (const [name, { key }] of Object.entries(storageFields))
    if (values[name] !== undefined) all[key] = toWire(name, values[name]);
  for (const [name, key] of Object.entries(secretFields))
    if (values[name] !== undefined) all[key] = values[name] as string;
  return all;
}

/** Whether the field can be changed for this type of storage without making the definition anew. */
const isFixed = (name: string, type: string): boolean =>
  placeFields.includes(name) || (liveFor[name] !== undefined && !liveFor[name].includes(type));

/** What is different from the inputs, and what was managed and is no longer set; undefined when nothing is. */
export function change(
  inputs: StorageInputs,
  was: Partial<StorageInputs>,
  entry: Entry,
  secretsToo: boolean,
): Record<string, string | number> | undefined {
  const [values, before] = [inputs as Values, was as Values];
  const sent: Record<string, string | number> = {};
  const gone: string[] = [];
  for (const [name, { key }] of Object.entries(storageFields)) {
    if (isFixed(name, inputs.type)) continue;
    const value = values[name];
    if (value === undefined) {
      if (before[name] !== undefined && entry[key] !== undefined) gone.push(key);
    } else if (!hasValue(name, value, entry)) sent[key] = toWire(name, value);
  }
  for (const [name, key] of Object.entries(secretFields)) {
    if (!secretsToo || values[name] === before[name]) continue;
    if (values[name] === undefined) gone.push(key);
    else sent[key] = values[name] as string;
  }
  if (gone.length > 0) sent["delete"] = gone.join(",");
  if (Object.keys(sent).length === 0) return undefined;
  const digest = entry["digest"];
  return typeof digest === "string" ? { ...sent, digest } : sent;
}

/** How an existing definition is another storage than the one described; nothing when it is the same. */
export function otherPlace(inputs: Partial<StorageInputs>, entry: Entry): string[] {
  const values = inputs as Values;
  const type = String(entry["type"]);
  if (values["type"] !== undefined && values["type"] !== type) return [`type is ${type}`];
  return Object.keys(storageFields)
    .filter((name) => isFixed(name, type) && values[name] !== undefined && !hasValue(name, values[name], entry))
    .map((name) => `${name} is ${shown(entry[storageFields[name]?.key ?? ""])}`);
}

const shown = (value: unknown): string =>
  value === undefined ? "not set" : typeof value === "string" ? value : JSON.stringify(value);
