import type { Pve } from "../kernel/session/pve-session";

/** What resources make that others name; a kind of resource that makes one says so in its check. */
export type Made = "bridge" | "group" | "pool" | "role" | "token" | "user" | "volume";

const makeMade = () => new Map<Made, Set<string>>();
const madeHere = (pve: Pve) => pve.memory("what resources of the program make", makeMade);

/** A resource of the program was checked that makes this: others may name it before it is there. */
export function makes(pve: Pve, kind: Made, name: string): void {
  const made = madeHere(pve);
  made.set(kind, (made.get(kind) ?? new Set()).add(name));
}

export const isMade = (pve: Pve, kind: Made, name: string): boolean => madeHere(pve).get(kind)?.has(name) ?? false;
