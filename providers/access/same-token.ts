import { isProxmoxError, wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import { calendarSeconds } from "../kernel/call/calendar";
import { fullId, type Token } from "./tokens";

/** What the state knows a token by. */
export interface Kept {
  /** What the mark of the token in use tells. */
  readonly __made: string;
}

/** Is it the token of the state? Where somebody has edited the mark away, the value tells, which `prove` tries. */
export async function isSameToken(
  pve: Pve,
  user: string,
  { __made: made }: Kept,
  token: Token,
  prove: () => Promise<void>,
): Promise<boolean> {
  if (token.mark) return token.mark.made === made;
  try {
    await prove();
    return true;
  } catch (error) {
    if (!isProxmoxError(error, "unauthenticated")) throw error;
  }
  const barred = await whyBarred(pve, user, token);
  if (barred === undefined) return false;
  throw new Error(
    `whether token ${fullId(user, token.tokenId)} is the one that this resource has made cannot be told: somebody has edited ` +
      `its mark away, and ${barred}. Change that for the time of this run`,
  );
}

/** Why nobody is let in with the right value either. */
async function whyBarred(pve: Pve, user: string, { tokenId, texts }: Token): Promise<string | undefined> {
  const isPast = (expire: number): boolean => expire > 0 && expire <= calendarSeconds();
  if (isPast(Number(texts["expire"] ?? 0))) return `${fullId(user, tokenId)} has ended`;
  const account = wire.object(await pve.api.access.users.$(user).$get());
  if (!wire.boolean(account["enable"])) return `${user} is disabled`;
  if (isPast(wire.integer(account["expire"]) ?? 0)) return `${user} has ended`;
  return undefined;
}
