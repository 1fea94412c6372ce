import type { Schema } from "../../contract/index.js";
import { accessFormats } from "./access.js";
import { clusterFormats } from "./cluster.js";
import type { Format } from "./format.js";
import { idFormats } from "./ids.js";
import { splitList } from "./list.js";
import { miscFormats } from "./misc.js";
import { networkFormats } from "./network.js";
import { nodeFormats } from "./node.js";
import { propertyFormats, propertyValidators } from "./properties.js";
import { qemuFormats } from "./qemu.js";
import { storageFormats } from "./storage.js";

const formats: Readonly<Record<string, Format>> = {
  ...idFormats,
  ...accessFormats,
  ...networkFormats,
  ...qemuFormats,
  ...miscFormats,
  ...clusterFormats,
  ...nodeFormats,
  ...storageFormats,
};

/** Why a text is not of a named format: `x-list` and `x-opt` are lists and optional ones of `x`. */
export function checkNamedFormat(name: string, text: string): string | undefined {
  const whole = formats[name];
  if (whole) return whole(text);
  const [, base = name, kind] = /^(.*?)(?:-(list|opt))?$/.exec(name) ?? [];
  const format = formats[base];
  if (!format) return undefined;
  if (kind === "opt") return text === "" || text === "0" ? undefined : format(text);
  if (kind === "list") {
    for (const item of splitList(text)) {
      const failure = format(item);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }
  return format(text);
}

/** Whether the simulator knows a format; a test asks this for every name in the contract. */
export function isKnownFormat(name: string): boolean {
  return (
    formats[name] !== undefined ||
    formats[name.replace(/-(list|opt)$/, "")] !== undefined ||
    propertyFormats[name] !== undefined
  );
}

/** The keys of a named property string. */
export function namedPropertyFormat(name: string): Readonly<Record<string, Schema>> | undefined {
  return propertyFormats[name];
}

/** The conditions between the keys of a named property string, once each is right by itself. */
export function validateNamedProperties(name: string, text: string): string | undefined {
  return propertyValidators[name]?.(text);
}
