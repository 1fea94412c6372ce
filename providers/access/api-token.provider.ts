import { isProxmoxError } from "../../pve";
import { makes } from "../checks/made-here";
import type { Call } from "../kernel/call/call";
import { milliseconds } from "../kernel/call/duration";
import { define } from "../kernel/define";
import { changeOfTexts, fromTexts } from "../kernel/fields/mapping";
import { isOwnerKnown } from "../kernel/identity/mark";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { apiTokenModel, heldOfToken, type TokenInputs } from "./api-token.model";
import { calendarSeconds } from "./calendar";
import { checkKnown } from "./known-subjects";
import { momentOf, secondsOf } from "./time.model";
import { withTokenMark } from "./token-mark";
import { giveRights, rightsOf } from "./token-rights";
import {
  changeToken,
  findToken,
  fullId,
  inTheWay,
  makeToken,
  otherSlot,
  revokeToken,
  type NewToken,
  type Token,
} from "./tokens";
import { userConfig } from "./user-config";

interface TokenOutputs {
  /** `user@realm!name` of the token that is in use. */
  readonly fullTokenId: string;
  readonly value: string;
  /** `user@realm!name=value`. */
  readonly apiToken: string;
  readonly madeAt: string;
  readonly rotatesAt: string | undefined;
  /** What the mark of the token in use tells. */
  readonly __made: string;
  /** The one before it, until it goes: its name, what its mark tells, and when. */
  readonly __previous: readonly [tokenId: string, made: string, until: string] | undefined;
}

const defaultOverlap = "1h";

const split = ({ fullTokenId }: TokenOutputs): [user: string, tokenId: string] => {
  const at = fullTokenId.lastIndexOf("!");
  return [fullTokenId.slice(0, at), fullTokenId.slice(at + 1)];
};

export const apiTokenProvider = (session: Session) => {
  /** Tokens that this process has made, by their names: what was lost on the way is looked for, and not made twice. */
  const known = new Map<string, NewToken>();

  const outputsOf = (inputs: TokenInputs, token: NewToken, madeAt: string): TokenOutputs => ({
    fullTokenId: fullId(inputs.user, token.tokenId),
    value: token.value,
    apiToken: `${fullId(inputs.user, token.tokenId)}=${token.value}`,
    madeAt,
    rotatesAt: undefined,
    __made: token.made,
    __previous: undefined,
  });

  async function make(pve: Pve, call: Call, inputs: TokenInputs, tokenId: string): Promise<NewToken> {
    const name = fullId(inputs.user, tokenId);
    const told = known.get(name);
    if (told && (await findToken(pve, inputs.user, tokenId))?.mark?.made === told.made) return told;
    const token = await makeToken(pve, call, inputs, tokenId);
    session.secrets.remember(token.value);
    known.set(name, token);
    return token;
  }

  /** A real call by the token itself: what is handed on works. */
  const prove = (call: Call, { fullTokenId, value }: TokenOutputs): Promise<void> =>
    session.signedIn(call, { tokenId: fullTokenId, secret: value }, async (pve) => {
      await pve.api.version.$get();
    });

  /** Is it the token of the state? Where somebody has edited the mark away, the value tells. */
  async function isSame(call: Call, at: TokenOutputs, { mark }: Token): Promise<boolean> {
    if (mark) return mark.made === at.__made;
    try {
      await prove(call, at);
      return true;
    } catch (error) {
      if (isProxmoxError(error, "unauthenticated")) return false;
      throw error;
    }
  }

  /** The new one beside the old one, with the same rights; the old one goes when the engine knows the new one. */
  async function rotate(pve: Pve, call: Call, at: TokenOutputs, inputs: TokenInputs): Promise<TokenOutputs> {
    const [user, tokenId] = split(at);
    const slot = otherSlot(inputs.tokenId, tokenId);
    // The one before the old one has had its time: there are never more than two.
    const [, before] = at.__previous ?? [];
    await revokeToken(
      ...([pve, call, user, slot] as const),
      ({ mark }) => mark !== undefined && !mark.unfinished && (mark.made === before || mark.owner === call.mark),
    );
    const token = await make(pve, call, inputs, slot);
    const next = outputsOf(inputs, token, momentOf(calendarSeconds()));
    await giveRights(pve, call, next.fullTokenId, await rightsOf(pve, at.fullTokenId), false);
    if (inputs.rights) await giveRights(pve, call, next.fullTokenId, inputs.rights, true);
    await prove(call, next);
    const overlap = Math.ceil(milliseconds(inputs.overlap ?? defaultOverlap) / 1000);
    const until = calendarSeconds() + overlap;
    call.whenRecorded(() => retire(pve, user, tokenId, at.__made, until, overlap));
    call.report.result(`${next.fullTokenId} in place of ${at.fullTokenId}`);
    return { ...next, __previous: [tokenId, at.__made, momentOf(until)] };
  }

  /** The old one ends by itself, also if nobody comes back: Proxmox knows its last moment. */
  async function retire(pve: Pve, user: string, tokenId: string, mark: string, until: number, overlap: number) {
    const later = pve.process.connection;
    const isOurs = (token: Token | undefined): token is Token => token?.mark?.made === mark;
    await pve.writeAfterwards({
      what: `retiring token ${fullId(user, tokenId)}`,
      lock: userConfig,
      send: async () => {
        const token = await findToken(later, user, tokenId);
        if (!isOurs(token)) return;
        const expire = Number(token.texts["expire"] ?? 0);
        if (overlap === 0) await later.api.access.users.$(user).token.$(tokenId).$delete();
        else if (expire === 0 || expire > until) await changeToken(later, user, tokenId, { expire: String(until) });
      },
      // Done again, it does the same.
      happened: async () => false,
    });
  }

  /** The word that says that nobody knows its value goes. */
  async function finished(pve: Pve, user: string, tokenId: string, mark: string): Promise<void> {
    const later = pve.process.connection;
    await pve.writeAfterwards({
      what: `marking token ${fullId(user, tokenId)} as recorded`,
      lock: userConfig,
      send: async () => {
        const token = await findToken(later, user, tokenId);
        if (token?.mark?.made !== mark || !token.mark.unfinished) return;
        const comment = withTokenMark(token.comment, { ...token.mark, unfinished: false });
        await changeToken(later, user, tokenId, { comment });
      },
      happened: async () => false,
    });
  }

  const nextRotation = (madeAt: string, rotateAfter: string | undefined): string | undefined =>
    rotateAfter === undefined ? undefined : momentOf(secondsOf(madeAt) + Math.ceil(milliseconds(rotateAfter) / 1000));

  /** Why a new one is made though nothing was changed. */
  function outdated(at: TokenOutputs, rotateAfter: string | undefined): string | undefined {
    if (typeof at.value !== "string" || at.value === "") return "its value is lost: a new token is made";
    const next = nextRotation(at.madeAt, rotateAfter);
    if (next === undefined || secondsOf(next) > calendarSeconds()) return undefined;
    return `rotates: it is of ${at.madeAt}, and rotateAfter is ${rotateAfter ?? ""}`;
  }

  const isOver = ({ __previous: previous }: TokenOutputs): boolean =>
    previous !== undefined && secondsOf(previous[2]) <= calendarSeconds();

  return define<TokenInputs, TokenOutputs>(
    {
      kind: "ApiToken",
      model: apiTokenModel,
      outputs: ["fullTokenId", "value", "apiToken", "madeAt", "rotatesAt", "__made", "__previous"],
      timeouts: { create: "5m", update: "5m", delete: "2m", read: "2m" },
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        if (!pve) return [];
        const { user, tokenId, rights = [] } = inputs;
        const roles = rights.map(({ role }, i) => checkKnown(pve, "role", role, `rights[${i}].role`));
        const problems = (await Promise.all(roles)).flat();
        if (user === undefined) return problems;
        problems.push(...(await checkKnown(pve, "user", user, "user")));
        if (tokenId === undefined) return problems;
        for (const slot of [tokenId, otherSlot(tokenId, tokenId)]) {
          makes(pve, "token", fullId(user, slot));
          // Which of the two is in use, the check is not told.
          if (problems.length === 0 && !(was?.user === user && was.tokenId === tokenId))
            problems.push(...(await inspectSlot(pve, call, user, slot)));
        }
        return problems;
      },
      refine: async (_call, changes) =>
        changes.map((change) =>
          change.path === "rotationTrigger" && change.to !== undefined
            ? { ...change, note: "makes a new token; the old one goes after overlap" }
            : change,
        ),
      async due(call, at, wanted) {
        const why = outdated(at, wanted.rotateAfter);
        if (why !== undefined) return why;
        if (at.rotatesAt !== undefined)
          call.report.progress(`rotates at ${at.rotatesAt}, or with the first up after it`);
        const [before = "", made] = at.__previous ?? [];
        const pve = isOver(at) ? await session.look(call) : undefined;
        const there = pve && (await findToken(pve, split(at)[0], before))?.mark?.made === made;
        return there ? `the token before it, ${before}, goes` : undefined;
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const [user, tokenId] = split(at);
        const token = await findToken(pve, user, tokenId);
        if (!token || !(await isSame(call, at, token))) return undefined;
        const live = fromTexts(heldOfToken, { ...token.texts, comment: token.comment }, wanted);
        const all = Object.fromEntries(Object.keys(heldOfToken).map((name) => [name, live[name]]));
        const rights =
          wanted.rights === undefined ? {} : { rights: await rightsOf(pve, at.fullTokenId, wanted.rights) };
        return { inputs: { ...wanted, user, ...all, ...rights }, outputs: at };
      },
      async ensure(call, inputs, recorded) {
        const pve = await session.pve(call);
        const at = outputsOf(inputs, await make(pve, call, inputs, inputs.tokenId), momentOf(calendarSeconds()));
        recorded(at.fullTokenId, at);
        call.report.result(at.fullTokenId);
        return { id: at.fullTokenId, at };
      },
      async sync(call, at, inputs, was, creating) {
        const pve = await session.pve(call);
        const rotates =
          !creating &&
          ((inputs.rotationTrigger !== undefined && inputs.rotationTrigger !== was.rotationTrigger) ||
            outdated(at, inputs.rotateAfter) !== undefined);
        let now = rotates ? await rotate(pve, call, at, inputs) : at;
        const [user, tokenId] = split(now);
        await settle(pve, call, now, inputs, was);
        if (creating) await prove(call, now);
        // The state knows no other one before it knows the new one.
        if (!rotates && isOver(now)) {
          await revokePrevious(pve, call, now);
          now = { ...now, __previous: undefined };
        }
        call.whenRecorded(() => finished(pve, user, tokenId, now.__made));
        return { ...now, rotatesAt: nextRotation(now.madeAt, inputs.rotateAfter) };
      },
      async remove(call, at) {
        const pve = await session.pve(call);
        const [user, tokenId] = split(at);
        if (at.fullTokenId === pve.process.user)
          throw new Error(
            `this stack works as token ${at.fullTokenId}, which is not revoked; work as somebody else, or keep it (retainOnDelete)`,
          );
        await revokeToken(pve, call, user, tokenId, (token) => isSame(call, at, token));
        await revokePrevious(pve, call, at);
        // What a killed rotation has left is nobody's.
        const base = tokenId.replace(/-2$/, "");
        for (const slot of new Set([base, `${base}-2`, `${tokenId}-2`])) {
          if (slot === tokenId) continue;
          await revokeToken(pve, call, user, slot, ({ mark }) => mark?.owner === call.mark && mark.unfinished);
        }
      },
    },
    session,
  );

  async function revokePrevious(pve: Pve, call: Call, at: TokenOutputs): Promise<void> {
    const [tokenId, made] = at.__previous ?? [];
    if (tokenId === undefined) return;
    await revokeToken(pve, call, split(at)[0], tokenId, ({ mark }) => mark?.made === made);
  }

  async function inspectSlot(pve: Pve, call: Call, user: string, slot: string): Promise<Problem[]> {
    const token = await findToken(pve, user, slot);
    if (!token) return [];
    // A preview does not know the owner's mark.
    const ours = token.mark !== undefined && (!isOwnerKnown(call) || token.mark.owner === call.mark);
    if (ours && (token.mark?.unfinished || !isOwnerKnown(call))) return [];
    const message = inTheWay(call, user, token);
    return message === undefined ? [] : [{ path: "tokenId", message }];
  }

  /** Brings what Proxmox holds of the token to what is wanted. */
  async function settle(pve: Pve, call: Call, at: TokenOutputs, inputs: TokenInputs, was: Partial<TokenInputs>) {
    const [user, tokenId] = split(at);
    const change = async (): Promise<Record<string, string> | undefined> => {
      const token = await findToken(pve, user, tokenId);
      if (!token) return undefined;
      const mark = token.mark ?? { owner: call.mark, made: at.__made, unfinished: false };
      const found = changeOfTexts(heldOfToken, { ...token.texts, comment: token.comment }, inputs, was);
      const sent: Record<string, string> = { ...found.set };
      for (const key of found.delete) sent[key] = { privsep: "1", expire: "0" }[key] ?? "";
      if (sent["comment"] !== undefined) sent["comment"] = withTokenMark(sent["comment"], mark);
      else if (!token.mark) sent["comment"] = withTokenMark(token.comment, mark);
      const same = Object.entries(sent).every(([key, value]) => token.texts[key] === value);
      return same ? undefined : sent;
    };
    if (await change())
      await pve.write(call, {
        what: `changing token ${at.fullTokenId}`,
        lock: userConfig,
        send: async () => {
          const sent = await change();
          if (sent) await changeToken(pve, user, tokenId, sent);
        },
        happened: async () => (await change()) === undefined,
      });
    if (inputs.rights || was.rights) await giveRights(pve, call, at.fullTokenId, inputs.rights ?? [], true);
  }
};
