/** What of a process is remembered: of the session, or of an operation in it. */
interface Remembering {
  memory<T>(key: string, make: () => T): T;
}

/** What resources make that others name; a kind of resource that makes one says so in its check. */
export type Made =
  | "account"
  | "address"
  | "bridge"
  | "crush-rule"
  | "group"
  | "guest"
  | "HA resource"
  | "host name"
  | "package"
  | "pool"
  | "role"
  | "token"
  | "user"
  | "volume";

const makeMade = () => new Map<Made, Set<string>>();
const madeHere = (process: Remembering) => process.memory("what resources of the program make", makeMade);

/** A resource of the program was checked that makes this: others may name it before it is there. */
export function makes(process: Remembering, kind: Made, name: string): void {
  const made = madeHere(process);
  made.set(kind, (made.get(kind) ?? new Set()).add(name));
}

export const isMade = (process: Remembering, kind: Made, name: string): boolean =>
  madeHere(process).get(kind)?.has(name) ?? false;

/** How something that a node has is named among what is made. */
export const onNode = (node: string, what: string): string => `${node} ${what.toLowerCase()}`;
