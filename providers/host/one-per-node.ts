import type { Call } from "../kernel/call/call";
import type { Session } from "../kernel/session/session";
import { nameIn } from "../kernel/state/urn";
import type { Problem } from "../kernel/state/problems";

const makeOwners = () => new Map<string, string>();

/** Two resources for one thing would undo each other's work in every run. `what`: "the name servers of pve1 are". */
export function declaredTwice(session: Session, { urn }: Call, what: string, path = "node"): Problem[] {
  const owners = session.memory("host: who sets what", makeOwners);
  const owner = owners.get(what) ?? urn;
  owners.set(what, owner);
  if (owner === urn) return [];
  return [{ path, message: `${what} set by ${nameIn(owner)} already; keep one of the two` }];
}
