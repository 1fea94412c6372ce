import { besidesOf, type Beside } from "../kernel/call/besides";
import type { Call } from "../kernel/call/call";
import { suggestion, type Problem } from "../kernel/state/problems";

/** Names that resources of a kind have in the program, in whatever order they come to be checked. */
export function namesInProgram(call: Call, kind: string, name: string): string[] {
  return argumentsInProgram(call, kind).flatMap(({ args, resource }) => {
    const own = args[name] ?? resource;
    return typeof own === "string" ? [own] : [];
  });
}

/** What the program says of the others of a kind. */
export const argumentsInProgram = (call: Call, kind: string): Beside[] =>
  besidesOf(call).filter((other) => other.kind === kind);

/** Is there a thing of that name, in the cluster or in the program? */
export function checkNamed(
  value: unknown,
  path: string,
  noun: string,
  there: Iterable<string>,
  inProgram: readonly string[],
): Problem[] {
  if (typeof value !== "string") return [];
  const names = [...new Set([...there, ...inProgram])].sort();
  if (names.includes(value)) return [];
  const others =
    names.length === 0 ? "; there is none" : `; there ${names.length > 1 ? "are" : "is"} ${names.join(", ")}`;
  return [{ path, message: `there is no ${noun} "${value}"${suggestion(value, names)}${others}` }];
}
