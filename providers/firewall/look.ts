import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { placeKeys, type FirewallPlace } from "./place.model";

/** A look for a check; nothing where the cluster or the node does not answer. */
export async function lookAt(
  session: Session,
  call: Call,
  place: FirewallPlace,
): Promise<{ readonly pve?: Pve; readonly problems: readonly Problem[] }> {
  if (place.node !== undefined) return session.lookAtNode(call, place.node, "place.node");
  const pve = await session.look(call);
  return pve ? { pve, problems: [] } : { problems: [] };
}

/** Is this a whole place, with nothing in it that is not known yet? */
export const isWhole = (place: FirewallPlace | undefined): place is FirewallPlace =>
  place !== undefined && placeKeys.some((key) => place[key] !== undefined);
