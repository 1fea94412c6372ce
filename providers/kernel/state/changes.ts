import { isDeepStrictEqual } from "node:util";
import { isReference } from "../../../secrets/reference";
import type { Effect } from "./effect";
import { pattern } from "./problems";
import { hasUnknown, isUnknown } from "./unknowns";

/** What a change does to the objects of one area alone: reboots them, reloads something, moves them. */
export interface OwnEffect {
  /** As the model's `effects` and the preview name it: `reboot: cores`. */
  readonly name: string;
  /** What the reference says of a field with this effect. */
  readonly meaning: string;
  /** What it may turn out to be when the object is looked at (`refine`). */
  readonly mayBecome?: readonly string[];
  /** The argument that refuses it when it is false, and what is then said of each such change. */
  readonly refusedBy?: { readonly argument: string; readonly message: string };
}

/** One changed field. `to` is undefined when the user no longer sets it; unknown values are shown as such by Pulumi. */
export interface Change {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly effect: Effect;
  /** What it does, where the path alone does not say it. */
  readonly note?: string;
}

/** Property path patterns (`disks[].sizeGiB`, or a whole subtree as `disks`) to what their change does. */
export type Effects = Readonly<Record<string, Effect>>;

/** The leaf fields that differ between what is and what shall be. */
export function changesBetween(
  was: Record<string, unknown>,
  wanted: Record<string, unknown>,
  effects: Effects,
): Change[] {
  const changes: Change[] = [];
  compare(was, wanted, "", (path, from, to) => {
    const effect = effectOf(path, effects);
    if (effect !== "none") changes.push({ path, from, to, effect });
  });
  return changes;
}

/** The effect of the longest pattern that covers the path: `disks[].cache`, else `disks[]`, else `disks`. */
export function effectOf(path: string, effects: Effects): Effect {
  for (let at = pattern(path); at !== ""; at = at.replace(/(\.[^.[\]]+|\[\]|^[^.[\]]+)$/, "")) {
    const effect = effects[at];
    if (effect) return effect;
  }
  throw new Error(`no effect is written down for ${path}`);
}

function compare(
  was: unknown,
  wanted: unknown,
  path: string,
  report: (path: string, from: unknown, to: unknown) => void,
) {
  if (isUnknown(wanted)) return report(path, was, wanted);
  if (isDeepStrictEqual(was, wanted)) return;
  const both = [was, wanted].every((side) => side !== null && typeof side === "object");
  if (!both || Array.isArray(was) !== Array.isArray(wanted) || isReference(was) || isReference(wanted))
    return report(path, was, wanted);
  if (Array.isArray(was) && Array.isArray(wanted)) {
    const plain = [...(was as unknown[]), ...(wanted as unknown[])].every(
      (item) => item === null || typeof item !== "object",
    );
    if (plain) return report(path, was, wanted);
    for (let i = 0; i < Math.max(was.length, wanted.length); i++) compare(was[i], wanted[i], `${path}[${i}]`, report);
    return;
  }
  const [left, right] = [was as Record<string, unknown>, wanted as Record<string, unknown>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
    compare(left[key], right[key], path ? `${path}.${key}` : key, report);
}

/**
 * One line for the resource's row: each field with what its change does, the gravest first; of the area's own effects
 * in the order in which it lists them. What is not known yet may turn out to be no change at all.
 */
export function describe(changes: readonly Change[], own: readonly OwnEffect[] = []): string {
  const unknown = changes.filter(({ to }) => hasUnknown(to));
  const known = changes.filter(({ to }) => !hasUnknown(to));
  const harmless = ["live", "none"];
  const others = known.map(({ effect }) => effect).filter((effect) => !harmless.includes(effect));
  const gravity = new Set(["replace", ...own.map(({ name }) => name), ...others, ...harmless]);
  const groups = [...gravity]
    .map((effect) => ({ effect, paths: known.filter((c) => c.effect === effect).map(named) }))
    .filter(({ paths }) => paths.length > 0)
    .map(({ effect, paths }) => `${effect}: ${paths.join(", ")}`);
  if (unknown.length > 0) groups.push(`not known yet: ${unknown.map(named).join(", ")}`);
  return groups.join("; ");
}

/** A secret that has another value now is told as such, for nothing else of it can be shown. */
const named = ({ path, from, to, note }: Change): string =>
  isReference(from) && isReference(to) && from.secretRef === to.secretRef && from.hash !== to.hash
    ? `${path} (rotated)`
    : note === undefined
      ? path
      : `${path} (${note})`;

/** Top-level properties whose change replaces. An unknown value is no reason to announce a replacement. */
export const replacements = (changes: readonly Change[]): string[] => [
  ...new Set(
    changes.filter((c) => c.effect === "replace" && !hasUnknown(c.to)).map((c) => c.path.replace(/[.[].*/, "")),
  ),
];
