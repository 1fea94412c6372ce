import type { Call } from "./call";

/** Another resource of the program, as far as its arguments are plain values. */
export interface Beside {
  readonly kind: string;
  readonly resource: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Arguments that are not known before others are made. */
  readonly unknown: readonly string[];
}

/** What the program says of others of a resource's sort. Nothing where no program runs, as in a deletion. */
export function besidesOf({ inputs }: Pick<Call, "inputs">): readonly Beside[] {
  const others = inputs["__beside"];
  if (typeof others === "string") return JSON.parse(others) as Beside[];
  return Array.isArray(others) ? (others as Beside[]) : [];
}
