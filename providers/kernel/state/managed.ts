/**
 * What is live, seen through what the user manages: keys that the user did not set are left out at every depth, so
 * they never show as drift. Where a live value means the same as the wanted one (`same`), the wanted spelling is kept.
 */
export function managedPart(
  wanted: unknown,
  live: unknown,
  same: (path: string, wanted: unknown, live: unknown) => boolean = Object.is,
  path = "",
  /** Fields that are managed whole: what the user left out within is part of what is meant. */
  whole: readonly string[] = [],
): unknown {
  if (whole.includes(path)) return same(path, wanted, live) ? wanted : live;
  if (Array.isArray(wanted) && Array.isArray(live)) {
    const items: unknown[] = live;
    if (wanted.every((item) => item === null || typeof item !== "object"))
      return same(path, wanted, live) ? (wanted as unknown[]) : (live as unknown[]);
    return items.map((item, i) => (i < wanted.length ? managedPart(wanted[i], item, same, `${path}[]`, whole) : item));
  }
  if (isObject(wanted) && isObject(live)) {
    const out: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(wanted)) {
      const seen = managedPart(value, live[key], same, path ? `${path}.${key}` : key, whole);
      if (seen !== undefined) out[key] = seen;
    }
    return out;
  }
  return same(path, wanted, live) ? wanted : live;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The inputs among the outputs of a state. */
export function managedOf(outputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const keys = (outputs["__inputs"] as string[] | undefined) ?? [];
  return Object.fromEntries(keys.filter((key) => outputs[key] !== undefined).map((key) => [key, outputs[key]]));
}
