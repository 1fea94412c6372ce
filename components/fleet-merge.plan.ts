import type { Path } from "./fleet-schema.plan";

/** How to change what is not known yet, such as an output of another resource. */
export type Later = (value: unknown, change: (value: unknown) => unknown) => unknown;

/**
 * A row over the description that all VMs share: objects are merged field by field, lists of objects (disks, networks,
 * addresses) place by place, and everything else, lists of plain values such as tags included, is replaced. `null`
 * takes a value away. `later` is asked where the shared value is no plain one.
 */
export function merge(base: unknown, over: unknown, isPlain: (value: unknown) => boolean, later: Later): unknown {
  if (over === undefined) return base;
  if (over === null) return undefined;
  if (typeof over !== "object" || !isPlain(over)) return over;
  if (base !== undefined && !isPlain(base)) return later(base, (known) => merge(known, over, isPlain, later));
  if (Array.isArray(over)) {
    const overs: unknown[] = over;
    const bases: unknown[] = Array.isArray(base) ? base : [];
    if (!overs.some((item) => item !== null && typeof item === "object")) return overs;
    const length = Math.max(bases.length, overs.length);
    return Array.from({ length }, (_, i) => merge(bases[i], overs[i], isPlain, later) ?? {});
  }
  const bases = base !== null && typeof base === "object" && !Array.isArray(base) ? base : {};
  const keep = sameChoice(bases, over) ? bases : {};
  const out: Record<string, unknown> = { ...keep };
  for (const [key, value] of Object.entries(over)) {
    const next = merge(out[key], value, isPlain, later);
    if (next === undefined) delete out[key];
    else out[key] = next;
  }
  return out;
}

const sources = ["clone", "imageVolumeId", "cloudImage", "iso", "empty"];

/** A VM has one kind of source: another kind takes the place of the shared one instead of standing beside it. */
function sameChoice(base: object, over: object): boolean {
  const [from, to] = [base, over].map((source) => sources.filter((kind) => kind in source));
  return !from?.length || !to?.length || from.join() === to.join();
}

/** A value at its place: `set({}, ["disks", 1, "sizeGiB"], 20)`. */
export function set(root: Record<string, unknown>, path: Path, value: unknown): void {
  let at: Record<string | number, unknown> = root;
  path.forEach((key, i) => {
    if (i === path.length - 1) at[key] = value;
    else at = (at[key] ??= typeof path[i + 1] === "number" ? [] : {}) as Record<string | number, unknown>;
  });
}

/** Sets a value where there is none yet; `null` says that there shall be none. */
export function setDefault(root: Record<string, unknown>, path: Path, value: unknown): void {
  const present = path.reduce<unknown>(
    (at, key) => (at === null || at === undefined ? at : (at as Record<string | number, unknown>)[key]),
    root,
  );
  if (present === undefined) set(root, path, value);
}
