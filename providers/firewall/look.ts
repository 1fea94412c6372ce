import { declaredTwice } from "../checks/declared-twice";
import { checkNode } from "../checks/nodes";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { thingOf } from "./firewall-calls";
import { placeKeys, placeWords, type FirewallPlace } from "./place.model";

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

/**
 * What a check sees of a place whose `what` ("rules") a resource sets as a whole: that no other one does, and that its node is
 * there.
 */
export async function lookAtWhole(
  ...[session, call, what, words, place, was]: [Session, Call, string, string, FirewallPlace, FirewallPlace | undefined]
): Promise<{ readonly pve?: Pve; readonly problems: Problem[] }> {
  const setBy = `${words} ${placeWords(place)} are set by`;
  const problems = declaredTwice(session, call, "place", setBy, thingOf(what, place));
  const seen = await lookAt(session, call, place);
  problems.push(...seen.problems);
  const { pve } = seen;
  if (!pve) return { problems };
  if (place.node !== undefined) problems.push(...checkNode(await pve.picture(), place.node, "place.node", was?.node));
  return { pve, problems };
}
