import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { SharedList } from "../kernel/shared-list";

const makeLooks = () => new Map<string, SharedList<unknown>>();

/**
 * In a preview nothing changes, and the engine waits for one check after the other: what one of them has read of Ceph serves
 * all. An `up` reads anew for each, for what it has made meanwhile counts. `what` names it, and the node that is asked.
 */
export function sharedInPreview<T>(
  session: Session,
  pve: Pve,
  call: Call,
  what: string,
  read: (pve: Pve) => Promise<T>,
): Promise<T> {
  if (!session.previewing()) return read(pve);
  const looks = pve.memory("ceph: looks of a preview", makeLooks);
  const look = (looks.get(what) ?? new SharedList()) as SharedList<T>;
  looks.set(what, look);
  return pve.shared(call, look, read);
}
