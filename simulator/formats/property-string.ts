import type { Schema } from "../../contract/index.js";

/** What a property string says: `virtio=BC:24:11:00:00:01,bridge=vmbr0`. */
type Properties = Record<string, string>;

/** Booleans inside property strings have more spellings than parameters (parse_boolean in PVE/JSONSchema.pm). */
function parseBoolean(text: string): "0" | "1" | undefined {
  if (/^(1|on|yes|true)$/i.test(text)) return "1";
  return /^(0|off|no|false)$/i.test(text) ? "0" : undefined;
}

/** A malformed property string. */
export class PropertyStringError extends Error {}

/**
 * Splits a property string by its format, without checking the values. Order and texts of the failures are those of
 * parse_property_string in PVE/JSONSchema.pm.
 */
export function splitProperties(format: Readonly<Record<string, Schema>>, text: string): Properties {
  const found: Properties = {};
  let defaultKey: string | undefined;
  for (const part of text.split(",")) {
    if (/^\s*$/.test(part)) continue;
    const pair = /^([^=]+)=(.+)$/s.exec(part);
    if (pair) {
      let [, key = "", value = ""] = pair;
      if (found[key] !== undefined)
        throw new PropertyStringError(`duplicate key in comma-separated list property: ${key}`);
      let schema = format[key];
      if (schema?.alias !== undefined) {
        const { alias, keyAlias } = schema;
        if (keyAlias !== undefined) {
          if (found[keyAlias] !== undefined)
            throw new PropertyStringError(`key alias '${keyAlias}' is already defined`);
          found[keyAlias] = key;
        }
        key = alias;
        schema = format[key];
        if (found[key] !== undefined) throw new PropertyStringError(`key '${key}' is already defined (via alias)`);
      }
      if (schema?.type === "boolean") value = parseBoolean(value) ?? value;
      found[key] = value;
    } else if (!part.includes("=")) {
      if (defaultKey !== undefined) {
        throw new PropertyStringError(`duplicate key in comma-separated list property: ${defaultKey}`);
      }
      defaultKey = Object.keys(format).find((key) => format[key]?.default_key);
      if (defaultKey === undefined) {
        throw new PropertyStringError("value without key, but schema does not define a default key");
      }
      if (found[defaultKey] !== undefined) {
        throw new PropertyStringError(`duplicate key in comma-separated list property: ${defaultKey}`);
      }
      found[defaultKey] = format[defaultKey]?.type === "boolean" ? (parseBoolean(part) ?? part) : part;
    } else {
      throw new PropertyStringError("missing key in comma-separated list property");
    }
  }
  return found;
}
