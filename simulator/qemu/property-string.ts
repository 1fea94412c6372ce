/** How the keys of one kind of property string behave when qemu-server re-prints it. */
export interface PropertyFormat {
  /** Key of the value that stands without one. */
  readonly defaultKey?: string;
  /** Other names of keys: `volume` for `file`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Keys of type boolean: `yes`, `on`, `true` are printed as 1. */
  readonly booleans?: ReadonlySet<string>;
  /** Keys whose name is itself the value of another key: `virtio=MAC` says `model` and `macaddr`. */
  readonly group?: { readonly keys: ReadonlySet<string>; readonly name: string; readonly value: string };
}

/** Parsed property string: key to text. */
export type Properties = Record<string, string>;

/** Text of a boolean as Proxmox stores it: 1 or 0; undefined when it is none. */
export function booleanText(value: string): "0" | "1" | undefined {
  if (value === "1" || /^(on|yes|true)$/i.test(value)) return "1";
  if (value === "0" || /^(off|no|false)$/i.test(value)) return "0";
  return undefined;
}

/**
 * Parses a comma-separated property string that the contract has already accepted (PVE::JSONSchema
 * `parse_property_string`). Empty parts are skipped, unknown keys kept.
 */
export function parseProperties(text: string, format: PropertyFormat = {}): Properties {
  const properties: Properties = {};
  for (const part of text.split(",")) {
    if (/^\s*$/.test(part)) continue;
    const match = /^([^=]+)=(.+)$/s.exec(part);
    if (!match) {
      if (format.defaultKey) properties[format.defaultKey] = part;
      continue;
    }
    const [, key, value] = match as unknown as [string, string, string];
    if (format.group?.keys.has(key)) {
      properties[format.group.name] = key;
      properties[format.group.value] = value;
      continue;
    }
    const name = format.aliases?.[key] ?? key;
    properties[name] = format.booleans?.has(name) ? (booleanText(value) ?? value) : value;
  }
  return properties;
}

/** Prints a property string: the default key's value first, then the rest by name. */
export function printProperties(properties: Properties, format: PropertyFormat = {}): string {
  const parts: string[] = [];
  const done = new Set<string>();
  const { group, defaultKey } = format;
  if (group && properties[group.name] !== undefined && properties[group.value] !== undefined) {
    parts.push(`${properties[group.name]}=${properties[group.value]}`);
    done.add(group.name).add(group.value);
  } else if (defaultKey && properties[defaultKey] !== undefined) {
    parts.push(properties[defaultKey]);
    done.add(defaultKey);
  }
  for (const key of Object.keys(properties).sort()) {
    if (!done.has(key)) parts.push(`${key}=${properties[key]}`);
  }
  return parts.join(",");
}

/** Splits a list as PVE::Tools `split_list`: commas, semicolons, blanks and NUL separate. */
export function splitList(text: string | undefined): string[] {
  return (text ?? "").split(/[,;\s\0]+/).filter((item) => item !== "");
}
