import { printable } from "../../../pve/format/printable";
import { fromDirectives, toDirectives, type RotationSettings } from "./directives.model";
import { printRotation, readRotations } from "./rotation-file";

/** What a file says, as arguments say it. */
interface SeenRotation {
  readonly logs: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** What no argument says: scripts, other directives, further blocks. */
  readonly others: readonly string[];
  readonly hasScripts: boolean;
}

export type Described = RotationSettings & { readonly logs?: readonly string[] | undefined };

/** A file as it is wanted. */
export const wantedText = (mark: string, described: Described): string =>
  printRotation(mark, described.logs ?? [], toDirectives(described));

/** Somebody's words, fit for a state and for a row. */
const shown = (text: string): string => {
  const fit = printable(text).replace(/\s+/g, " ");
  return fit.length > 200 ? `${fit.slice(0, 200)}…` : fit;
};

export function seenIn(text: string): SeenRotation {
  const { rotations, rest } = readRotations(text);
  const [first, ...more] = rotations;
  const { settings, others } = fromDirectives(first?.directives ?? []);
  return {
    logs: (first?.logs ?? []).map(shown),
    settings: Object.fromEntries(
      Object.entries(settings).map(([field, value]) => [field, typeof value === "string" ? shown(value) : value]),
    ),
    others: [
      ...[...others, ...(first?.scripts ?? []), ...rest].map(shown),
      ...more.map(({ logs }) => shown(`a block for ${logs.join(" ")}`)),
    ],
    hasScripts: rotations.some(({ scripts }) => scripts.length > 0),
  };
}

/** What stands there that is no part of the description: fields that it leaves out, and what is no field's. */
export function strangeIn({ settings, others }: SeenRotation, described: Described): string[] {
  const notWanted = Object.entries(settings).filter(([field]) => described[field as keyof Described] === undefined);
  const words = toDirectives(Object.fromEntries(notWanted) as RotationSettings).map((directive) => directive.join(" "));
  return [...words, ...others];
}
