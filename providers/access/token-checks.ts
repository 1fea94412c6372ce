import type { Call } from "../kernel/call/call";
import { isOwnerKnown } from "../kernel/identity/mark";
import type { Pve } from "../kernel/session/pve-session";
import type { Problem } from "../kernel/state/problems";
import type { TokenInputs } from "./api-token.model";
import { calendarSeconds } from "../kernel/call/calendar";
import { secondsOf } from "../kernel/call/moment";
import { takenByRights } from "./token-rights";
import { findToken, inTheWay } from "./tokens";

/** Of the token that the stack works by. */
export const followed = (fullTokenId: string): string =>
  `this stack works as token ${fullTokenId}: it stays and is given no end until proxmox:tokenId and proxmox:tokenSecret ` +
  "are those of the token that takes its place";

/** What is there under a name that the resource may need. */
export async function inspectSlot(pve: Pve, call: Call, user: string, slot: string): Promise<Problem[]> {
  const token = await findToken(pve, user, slot);
  if (!token) return [];
  // A preview does not know the owner's mark.
  const ours = token.mark !== undefined && (!isOwnerKnown(call) || token.mark.owner === call.mark);
  if (ours && (token.mark?.unfinished || !isOwnerKnown(call))) return [];
  const message = inTheWay(call, user, token);
  return message === undefined ? [] : [{ path: "tokenId", message }];
}

/** Of the token that the stack works by: what would end the stack's own access, and what has to follow. */
export async function inspectOwn(
  pve: Pve,
  call: Call,
  inputs: Partial<TokenInputs>,
  was: Partial<TokenInputs> | undefined,
): Promise<Problem[]> {
  const { user, rights, expiresAt, rotationTrigger } = inputs;
  if (was && rotationTrigger !== undefined && rotationTrigger !== was.rotationTrigger)
    call.report.warn(followed(pve.process.user));
  const taken = rights && user !== undefined ? await takenByRights(pve, pve.process.user, rights) : undefined;
  return [
    ...(taken === undefined ? [] : [{ path: "rights", message: taken }]),
    ...(expiresAt !== undefined && secondsOf(expiresAt) <= calendarSeconds()
      ? [{ path: "expiresAt", message: `this stack works as token ${pve.process.user}, which is not ended` }]
      : []),
  ];
}
