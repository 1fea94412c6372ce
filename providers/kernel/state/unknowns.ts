/**
 * Values that a preview (or a real run that probes the dependents of a replacement) does not know yet travel as these
 * strings, at any depth and in any type position. Pulumi defines one for each type of value.
 */
const sentinels = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string, and what a Node program practically always sends
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // bool
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

export const isUnknown = (value: unknown): boolean => typeof value === "string" && sentinels.has(value);

/** Is anything in this value, at any depth, not known yet? */
export function hasUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (value !== null && typeof value === "object") return Object.values(value).some(hasUnknown);
  return isUnknown(value);
}

/** The known part of a value: unknown leaves are gone from objects and are undefined in arrays. */
export function knownPart(value: unknown): unknown {
  if (isUnknown(value)) return undefined;
  if (Array.isArray(value)) return value.map(knownPart);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, knownPart(inner)] as const)
      .filter(([, inner]) => inner !== undefined),
  );
}

/** Does the path lead to, or through, a value that is not known yet? */
export function leadsToUnknown(root: unknown, path: readonly PropertyKey[]): boolean {
  let at = root;
  for (const key of path) {
    if (isUnknown(at)) return true;
    if (at === null || typeof at !== "object") return false;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return isUnknown(at);
}

/** A sentinel must never reach Proxmox: it would be stored there as if it were a name. */
export function assertKnown(value: unknown, what: string): void {
  if (hasUnknown(value)) throw new Error(`${what}: an input is not known yet; nothing was done. This is a bug.`);
}
