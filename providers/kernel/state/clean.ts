/**
 * A copy that survives the way to the engine. `undefined` would hang or fail the call after the object exists, dates
 * and maps would arrive empty, big numbers rounded: so undefined is dropped and the others are errors here.
 */
export function clean<T>(value: T, path = ""): T {
  return copy(value, path) as T;
}

function copy(value: unknown, path: string): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${path || "value"}: ${value} cannot be stored in the state`);
      if (Number.isInteger(value) && !Number.isSafeInteger(value))
        throw new TypeError(`${path || "value"}: ${value} is too large to be stored in the state exactly`);
      return value;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item, i) => copy(item, `${path}[${i}]`) ?? null);
      return copyObject(value, path);
    case "undefined":
      return undefined;
    default:
      throw new TypeError(`${path || "value"}: a ${typeof value} cannot be stored in the state`);
  }
}

function copyObject(value: object, path: string): Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`${path || "value"}: a ${value.constructor.name} cannot be stored in the state`);
  const out: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const copied = copy(inner, path ? `${path}.${key}` : key);
    if (copied !== undefined) out[key] = copied;
  }
  return out;
}

/** The inputs that can be stored: of those that are refused, the engine only needs to show the others. */
export const storablePart = (inputs: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(inputs).filter(([, value]) => isStorable(value)));

function isStorable(value: unknown): boolean {
  if (typeof value === "number")
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return value === null || typeof value !== "object" || Object.values(value).every(isStorable);
}
