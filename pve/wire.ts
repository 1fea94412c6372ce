/**
 * Lenient reading of replies. Proxmox sends numbers as strings where a value comes from a text file, booleans as 1, 0
 * or not at all, and null for what is undefined (PVE/API2/*.pm; recorded: `memory: "512"`, nextid `"100"`).
 */
export type WireObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is WireObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object, or an empty one for anything else: every reader below copes with what is missing. */
export const object = (value: unknown): WireObject => (isObject(value) ? value : {});

/** The objects in a list; null and undefined are the empty list. */
export const list = (value: unknown): readonly WireObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

export function string(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

export function number(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value)) return undefined;
  return Number(value);
}

export const integer = (value: unknown): number | undefined => {
  const parsed = number(value);
  return parsed !== undefined && Number.isInteger(parsed) ? parsed : undefined;
};

/** Absent is false; `on`, `yes` and `true` occur inside property strings. */
export const boolean = (value: unknown): boolean =>
  value === true || value === 1 || (typeof value === "string" && /^(?:1|on|yes|true)$/i.test(value.trim()));

/** Like `boolean`, but undefined when the reply does not say. */
export const optionalBoolean = (value: unknown): boolean | undefined =>
  value === undefined || value === null || value === "" ? undefined : boolean(value);

/** Comma, semicolon or blank separated text (PVE/Tools.pm split_list), or a JSON array. */
export function strings(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(string).filter((one) => one !== undefined);
  const text = string(value) ?? "";
  return text.split(/[\s,;\0]+/).filter((one) => one !== "");
}
