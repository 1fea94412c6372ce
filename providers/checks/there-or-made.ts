import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { isMade, type Made } from "./made-here";

export const isPreview = (call: Call): boolean => call.inputs["__preview"] === true;

/** What to write where something is missing that this run may make: its resource then comes first. */
export const elsewise = (kind: string): string =>
  `if this program makes it, write the output of the resource that does, or make that resource before, with dependsOn ` +
  `(docs/decisions/0015); otherwise name a ${kind} that is there`;

/**
 * A name that is not among those that are there: an error, unless a resource of the program makes it. Outside of a
 * preview something else that the program waited for may have made it meanwhile: it is looked for again.
 */
export async function missing(
  pve: Pve,
  call: Call,
  [kind, name]: readonly [Made, string],
  list: (fresh: boolean) => Promise<ReadonlySet<string> | undefined>,
): Promise<readonly string[] | undefined> {
  if (isMade(pve, kind, name)) return undefined;
  let there = await list(false);
  if (there && !there.has(name) && !isPreview(call)) there = await list(true);
  return there === undefined || there.has(name) ? undefined : [...there].sort();
}
