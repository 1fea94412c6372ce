import type { Call } from "../kernel/call/call";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { nameIn } from "../kernel/state/urn";

const makeOwners = () => new Map<string, string>();

/** Name of the resource of this run that describes the thing already; undefined where it is this one, or nobody. */
export function otherOwner(session: Session, { urn }: Call, thing: string): string | undefined {
  const owners = session.memory("what is described, and by whom", makeOwners);
  const owner = owners.get(thing) ?? urn;
  owners.set(thing, owner);
  return owner === urn ? undefined : nameIn(owner);
}

/**
 * Two resources for one thing would undo each other's work in every run. `words` lead to the other one's name ("the name
 * servers of pve1 are set by"); `thing` is told where the words alone could mean several.
 */
export function declaredTwice(session: Session, call: Call, path: string, words: string, thing = words): Problem[] {
  const owner = otherOwner(session, call, thing);
  return owner === undefined ? [] : [{ path, message: `${words} ${owner} already; keep one of the two` }];
}

/** What resources of the program describe, of those things that the pattern fits: its first group of each, once. */
export function describedLike(session: Session, pattern: RegExp): string[] {
  const owners = session.memory("what is described, and by whom", makeOwners);
  return [...new Set([...owners.keys()].flatMap((thing) => pattern.exec(thing)?.[1] ?? []))].sort();
}
