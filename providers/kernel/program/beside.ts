import * as pulumi from "./sdk";
import type { Beside } from "../call/besides";

/** One list for each run of a program: several may run in one process. */
const runs = new WeakMap<object, Beside[]>();
const elsewhere = {};

const isPlain = (value: unknown): boolean =>
  value === undefined ||
  ["string", "boolean"].includes(typeof value) ||
  Number.isFinite(value) ||
  (Array.isArray(value) && value.every((item) => item !== undefined && isPlain(item))) ||
  (typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(isPlain));

/**
 * Tells the check of a resource what others of its sort the program describes, in whatever order they come to be checked:
 * what is wrong with one of them may be put right by another. `same`: the argument that others must share with it, or
 * `kind:Sdn` for all whose kinds begin so. It is one text: the SDK would make promises for each value in a structure, and the
 * engine and the plugin a message of each.
 */
export async function beside(kind: string, resource: string, args: object, same: string): Promise<string> {
  const run = pulumi.runtime.getStackResource() ?? elsewhere;
  const all = runs.get(run) ?? [];
  runs.set(run, all);
  const entries = Object.entries(args).filter(([, value]) => value !== undefined);
  const plain = Object.fromEntries(entries.filter(([, value]) => isPlain(value)));
  const own = { kind, resource, args: plain, unknown: entries.flatMap(([key]) => (key in plain ? [] : [key])) };
  all.push(own);
  // By then the program has described all that it describes without waiting for anything.
  await new Promise((resolve) => setImmediate(resolve));
  const [, prefix] = /^kind:(.+)$/.exec(same) ?? [];
  const others = all.filter((other) => {
    if (other === own) return false;
    if (prefix !== undefined) return other.kind.startsWith(prefix);
    return plain[same] !== undefined && other.args[same] === plain[same];
  });
  return JSON.stringify(others);
}
