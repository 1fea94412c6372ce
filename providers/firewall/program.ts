import { besidesOf, type Beside } from "../kernel/call/besides";
import type { Call } from "../kernel/call/call";

/** What the program says of the others of a kind of the firewall. */
export const besideOf = (call: Call, kind?: string): Beside[] =>
  besidesOf(call).filter((other) => kind === undefined || other.kind === kind);

/** Names, in small letters, that resources of a kind have in the program. */
export const namesInProgram = (call: Call, kind: string, field: string): string[] =>
  besideOf(call, kind).flatMap(({ args, resource }) => {
    const name = args[field] ?? resource;
    return typeof name === "string" ? [name.toLowerCase()] : [];
  });
