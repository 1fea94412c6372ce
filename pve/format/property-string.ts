/**
 * `virtio=BC:24:11:00:00:01,bridge=vmbr0` or `local:100/vm-100-disk-0.qcow2,size=32G`: a part without `=` is the
 * value of the default key (PVE/JSONSchema.pm parse_property_string). A value may contain `=`.
 */
export function parsePropertyString(text: string, defaultKey?: string): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const part of text.split(",")) {
    if (part.trim() === "") continue;
    const at = part.indexOf("=");
    const [key, value] = at >= 0 ? [part.slice(0, at).trim(), part.slice(at + 1).trim()] : [defaultKey, part.trim()];
    if (key === undefined || key === "")
      throw new Error(`'${part}' in '${text}' has no key, and there is no default key`);
    if (Object.hasOwn(properties, key)) throw new Error(`'${key}' is given twice in '${text}'`);
    properties[key] = value;
  }
  return properties;
}

/** What may be printed; `undefined` is left out, booleans are 1 and 0. */
export type PropertyValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** The default key comes first and without its name, the others in the order given. */
export function printPropertyString(properties: PropertyValues, defaultKey?: string): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    const text = typeof value === "boolean" ? (value ? "1" : "0") : String(value);
    if (text.includes(",")) throw new Error(`the value of '${key}' has a comma, which a property string cannot carry`);
    if (key === defaultKey && !text.includes("=")) parts.unshift(text);
    else parts.push(`${key}=${text}`);
  }
  return parts.join(",");
}
