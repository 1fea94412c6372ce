import { isProxmoxError, wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import { textsOf, toTexts } from "../kernel/fields/mapping";
import type { Pve } from "../kernel/session/pve-session";
import { heldOfToken, type TokenInputs } from "./api-token.model";
import { newMade, readTokenMark, withTokenMark, type TokenMark } from "./token-mark";
import { userConfig } from "./user-config";

/** A token as it is. */
export interface Token {
  readonly tokenId: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly comment: string;
  readonly mark: TokenMark | undefined;
}

/** One that this process has made: nobody is told its value again. */
export interface NewToken {
  readonly tokenId: string;
  readonly value: string;
  readonly made: string;
}

export const fullId = (user: string, tokenId: string): string => `${user}!${tokenId}`;

/** Two names, of which each rotation takes the other one: there are never more than two. */
export const otherSlot = (base: string, tokenId: string): string => (tokenId === base ? `${base}-2` : base);

/** Is it the token by which this stack works? It is never revoked, and never given an end. */
export const isOwnToken = (pve: Pick<Pve, "process">, user: string, tokenId: string): boolean =>
  fullId(user, tokenId) === pve.process.user;

export const keptToken = (pve: Pick<Pve, "process">): string =>
  `this stack works as token ${pve.process.user}, which is not revoked; work as somebody else, or keep it (retainOnDelete)`;

/** The one way in which tokens go. */
async function deleteToken(pve: Pve, user: string, tokenId: string): Promise<void> {
  if (isOwnToken(pve, user, tokenId)) throw new Error(keptToken(pve));
  await endpoint(pve, user, tokenId).$delete();
}

const endpoint = (pve: Pick<Pve, "api">, user: string, tokenId: string) =>
  pve.api.access.users.$(user).token.$(tokenId);

/** The token as it is; undefined only when Proxmox says that there is none, or no such user. */
export async function findToken(pve: Pick<Pve, "api">, user: string, tokenId: string): Promise<Token | undefined> {
  try {
    const token = wire.object(await endpoint(pve, user, tokenId).$get());
    if (token["privsep"] === undefined)
      throw new Error(
        `the answer to what token ${fullId(user, tokenId)} is tells nothing of it; are the endpoints right?`,
      );
    const { comment, mark } = readTokenMark(wire.string(token["comment"]));
    return { tokenId, texts: textsOf(token), comment, mark };
  } catch (error) {
    if (isProxmoxError(error, "not-found")) return undefined;
    // Of a user who is not there, all but root@pam itself are told that they may not ask.
    if (isProxmoxError(error, "denied") && (await isNoUser(pve, user))) return undefined;
    throw error;
  }
}

async function isNoUser(pve: Pick<Pve, "api">, user: string): Promise<boolean> {
  try {
    await pve.api.access.users.$(user).$get();
    return false;
  } catch (error) {
    return isProxmoxError(error, "not-found");
  }
}

/** Why the name cannot be had: the token there is somebody else's, or one that the engine has recorded. */
export function inTheWay(call: Call, user: string, { tokenId, mark }: Token): string | undefined {
  const name = `token ${fullId(user, tokenId)}`;
  if (mark?.owner !== call.mark)
    return `${name} exists already, and nobody is told its value again: it cannot be taken over; write another tokenId, or delete it`;
  if (mark.unfinished) return undefined;
  return `${name} is this resource's own from before; change rotationTrigger to get a new one`;
}

/**
 * Makes a token. One of this resource whose value was lost on the way, with the answer or with the run, makes way: it
 * was never used by anybody.
 */
export async function makeToken(pve: Pve, call: Call, inputs: TokenInputs, tokenId: string): Promise<NewToken> {
  const { user } = inputs;
  const made = newMade();
  const answer = await pve.write(call, {
    what: `making token ${fullId(user, tokenId)}`,
    lock: userConfig,
    send: async () => {
      const there = await findToken(pve, user, tokenId);
      if (there) {
        const refused = inTheWay(call, user, there);
        if (refused !== undefined) throw new Error(refused);
        await deleteToken(pve, user, tokenId);
      }
      const { comment: _, ...texts } = toTexts(heldOfToken, inputs);
      const comment = withTokenMark(inputs.comment, { owner: call.mark, made, unfinished: true });
      return endpoint(pve, user, tokenId).$post({ ...texts, comment });
    },
    // Even if it did: without the answer there is no value.
    happened: async () => false,
  });
  const value = wire.string(wire.object(answer)["value"]);
  if (value === undefined) throw new Error(`Proxmox told no value of token ${fullId(user, tokenId)}`);
  return { tokenId, value, made };
}

/** Takes a token away, if it is the one that is meant: another one may be there under its name. */
export async function revokeToken(
  pve: Pve,
  call: Call,
  user: string,
  tokenId: string,
  isMeant: (token: Token) => boolean | Promise<boolean>,
): Promise<void> {
  const find = async (): Promise<Token | undefined> => {
    const token = await findToken(pve, user, tokenId);
    return token && (await isMeant(token)) ? token : undefined;
  };
  await pve.write(call, {
    what: `revoking token ${fullId(user, tokenId)}`,
    lock: userConfig,
    send: async () => {
      if (await find()) await deleteToken(pve, user, tokenId);
    },
    happened: async () => (await find()) === undefined,
  });
}

export const changeToken = (pve: Pick<Pve, "api">, user: string, tokenId: string, change: Record<string, string>) =>
  endpoint(pve, user, tokenId).$put(change);
