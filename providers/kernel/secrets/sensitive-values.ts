import { isReference, type HashedReference } from "../../../secrets/reference";

/** What stands at a sensitive path of some inputs. */
interface Sensitive {
  /** Such as `cloudInit.password`, `disks[0].key`. */
  readonly path: string;
  readonly value: unknown;
}

/** Does the path, or one above it, match one of the patterns (`disks[].key`, `values.*`)? */
export const isSensitive = (path: string, patterns: readonly string[]): boolean =>
  patterns.some((one) => matcher(one).test(path));

const meaning: Readonly<Record<string, string>> = { "[]": "\\[\\d*\\]", "*": "[^.[]+" };
const matchers = new Map<string, RegExp>();

/** Made once per pattern: each check asks for every path of its inputs. */
function matcher(one: string): RegExp {
  let made = matchers.get(one);
  if (!made) {
    const text = one.replace(/\[\]|[*.$^()+?{}|\\]/g, (found) => meaning[found] ?? `\\${found}`);
    matchers.set(one, (made = new RegExp(`^${text}(?:[.[]|$)`)));
  }
  return made;
}

/**
 * Everything at sensitive paths, in the order in which it stands there. Of data at such a path only the references in
 * it: the words of a whole document are no secrets each.
 */
export function sensitiveIn(root: unknown, patterns: readonly string[]): Sensitive[] {
  const found: Sensitive[] = [];
  const visit = (value: unknown, path: string, inside: boolean) => {
    if (value === undefined || value === null) return;
    const sensitive = inside || (path !== "" && isSensitive(path, patterns));
    if (sensitive && (isReference(value) || (typeof value !== "object" && !inside))) found.push({ path, value });
    else if (Array.isArray(value)) value.forEach((item, i) => visit(item, `${path}[${i}]`, sensitive));
    else if (typeof value === "object")
      for (const [key, inner] of Object.entries(value)) visit(inner, path ? `${path}.${key}` : key, sensitive);
  };
  if (patterns.length > 0) visit(root, "", false);
  return found;
}

interface ReferenceAt {
  readonly path: string;
  readonly reference: HashedReference;
}

export const referencesIn = (root: unknown, patterns: readonly string[]): ReferenceAt[] =>
  sensitiveIn(root, patterns).flatMap(({ path, value }) => (isReference(value) ? [{ path, reference: value }] : []));

/** A copy with other values at some paths. */
export function withValues<T>(root: T, values: ReadonlyMap<string, unknown>): T {
  const copy = (value: unknown, path: string): unknown => {
    if (values.has(path)) return values.get(path);
    if (Array.isArray(value)) return value.map((item, i) => copy(item, `${path}[${i}]`));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, copy(inner, path ? `${path}.${key}` : key)]),
    );
  };
  return values.size === 0 ? root : (copy(root, "") as T);
}
