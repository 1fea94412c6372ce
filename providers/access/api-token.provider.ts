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
import { isSameToken, type Kept } from "./same-token";
import { giveRights, rightsOf, takenByRights } from "./token-rights";
import {
  changeToken,
  findToken,
  fullId,
  inTheWay,
  isOwnToken,
  keptToken,
  makeToken,
  otherSlot,
  revokeToken,
  type NewToken,
  type Token,
} from "./tokens";
import { userConfig } from "./user-config";

interface TokenOutputs extends Kept {
  /** `user@realm!name` of the token that is in use. */
  readonly fullTokenId: string;
  readonly value: string;
  /** `user@realm!name=value`. */
  readonly apiToken: string;
  readonly madeAt: string;
  readonly rotatesAt: string | undefined;
  /** The one before it, until it goes: its name, what its mark tells, and when. */
  readonly __previous: readonly [tokenId: string, made: string, until: string] | undefined;
}

const defaultOverlap = "1h";
/** So long the old one works at least: whether the engine could write its state shows with the next `up` alone. */
const leastOverlap = 5 * 60;

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

  const isSame = (pve: Pve, call: Call, at: TokenOutputs, token: Token): Promise<boolean> =>
    isSameToken(pve, split(at)[0], at, token, () => prove(call, at));

  /** The token as it is; throws for another one: nothing of that one is changed, and its rights are nobody's business. */
  async function identified(pve: Pve, call: Call, at: TokenOutputs): Promise<Token | undefined> {
    const [user, tokenId] = split(at);
    const token = await findToken(pve, user, tokenId);
    if (!token || (await isSame(pve, call, at, token))) return token;
    throw new Error(
      `token ${at.fullTokenId} is another one by now than this resource has made; nothing of it was changed. After pulumi ` +
        "refresh a token is made anew: write another tokenId, or delete the one that is there",
    );
  }

  /** The new one beside the old one, with the same rights; the old one goes when the engine knows the new one. */
  async function rotate(pve: Pve, call: Call, at: TokenOutputs, inputs: TokenInputs): Promise<TokenOutputs> {
    const [user, tokenId] = split(at);
    const slot = otherSlot(inputs.tokenId, tokenId);
    await identified(pve, call, at);
    const given = await rightsOf(pve, at.fullTokenId);
    // The one before the old one has had its time: there are never more than two.
    const [, before] = at.__previous ?? [];
    await revokeToken(
      ...([pve, call, user, slot] as const),
      ({ mark }) => mark !== undefined && !mark.unfinished && (mark.made === before || mark.owner === call.mark),
    );
    const token = await make(pve, call, inputs, slot);
    const next = outputsOf(inputs, token, momentOf(calendarSeconds()));
    const identify = () => identified(pve, call, next);
    await giveRights(pve, call, next.fullTokenId, given, false, identify);
    if (inputs.rights) await giveRights(pve, call, next.fullTokenId, inputs.rights, true, identify);
    await prove(call, next);
    const overlap = Math.ceil(milliseconds(inputs.overlap ?? defaultOverlap) / 1000);
    const until = calendarSeconds() + Math.max(overlap, leastOverlap);
    if (isOwnToken(pve, user, tokenId)) call.report.warn(followed(at.fullTokenId));
    else call.whenRecorded(() => retire(pve, user, tokenId, at.__made, until));
    call.report.result(`${next.fullTokenId} in place of ${at.fullTokenId}`);
    return { ...next, __previous: [tokenId, at.__made, momentOf(until)] };
  }

  /** The old one ends by itself, also if nobody comes back: Proxmox knows its last moment. */
  async function retire(pve: Pve, user: string, tokenId: string, mark: string, until: number) {
    const later = pve.process.connection;
    const isOurs = (token: Token | undefined): token is Token => token?.mark?.made === mark;
    await pve.writeAfterwards({
      what: `retiring token ${fullId(user, tokenId)}`,
      lock: userConfig,
      send: async () => {
        const token = await findToken(later, user, tokenId);
        if (!isOurs(token)) return;
        const expire = Number(token.texts["expire"] ?? 0);
        if (expire === 0 || expire > until) await changeToken(later, user, tokenId, { expire: String(until) });
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

  /** Of the token that the stack works by. */
  const followed = (fullTokenId: string): string =>
    `this stack works as token ${fullTokenId}: it stays and is given no end until proxmox:tokenId and proxmox:tokenSecret ` +
    "are those of the token that takes its place";

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
          if (isOwnToken(pve, user, slot)) problems.push(...(await inspectOwn(pve, call, inputs, was)));
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
        const pve = await session.look(call);
        const [user, tokenId] = split(at);
        const why = outdated(at, wanted.rotateAfter);
        if (why !== undefined) {
          if (pve && isOwnToken(pve, user, tokenId)) call.report.warn(followed(at.fullTokenId));
          return why;
        }
        if (at.rotatesAt !== undefined)
          call.report.progress(`rotates at ${at.rotatesAt}, or with the first up after it`);
        if (!pve) return undefined;
        const [before = "", made] = at.__previous ?? [];
        if (isOver(at) && (await findToken(pve, user, before))?.mark?.made === made) {
          if (!isOwnToken(pve, user, before)) return `the token before it, ${before}, goes`;
          call.report.warn(`${followed(fullId(user, before))}, ${at.fullTokenId}`);
        }
        // What this process has made or rotated is marked by itself when the engine has recorded it.
        if (known.has(at.fullTokenId)) return undefined;
        const mark = (await findToken(pve, user, tokenId))?.mark;
        return mark?.made === at.__made && mark.unfinished ? "its mark is to say that its value is known" : undefined;
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const [user, tokenId] = split(at);
        const token = await findToken(pve, user, tokenId);
        if (!token || !(await isSame(pve, call, at, token))) return undefined;
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
        await settle(pve, call, now, inputs, was, !creating && !rotates);
        if (creating) await prove(call, now);
        // The state knows no other one before it knows the new one.
        if (!rotates && isOver(now) && !isOwnToken(pve, user, now.__previous?.[0] ?? "")) {
          await revokePrevious(pve, call, now);
          now = { ...now, __previous: undefined };
        }
        call.whenRecorded(() => finished(pve, user, tokenId, now.__made));
        return { ...now, rotatesAt: nextRotation(now.madeAt, inputs.rotateAfter) };
      },
      async remove(call, at) {
        const pve = await session.pve(call);
        const [user, tokenId] = split(at);
        // Before anything goes: without either of them the rest could not be done.
        if ([tokenId, at.__previous?.[0] ?? ""].some((one) => isOwnToken(pve, user, one)))
          throw new Error(keptToken(pve));
        let another = false;
        await revokeToken(pve, call, user, tokenId, async (token) => {
          const same = await isSame(pve, call, at, token);
          another ||= !same;
          return same;
        });
        if (another) call.report.result(`another token of the name ${at.fullTokenId} is there by now, and was left`);
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

  /** Of the token that the stack works by: what would end the stack's own access, and what has to follow. */
  async function inspectOwn(
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

  /**
   * Brings what Proxmox holds of the token to what is wanted. `recorded`: the state has its value already, which its mark
   * does not say when a run was killed.
   */
  async function settle(
    ...[pve, call, at, inputs, was, recorded]: [Pve, Call, TokenOutputs, TokenInputs, Partial<TokenInputs>, boolean]
  ) {
    const [user, tokenId] = split(at);
    const change = async (): Promise<Record<string, string> | undefined> => {
      const token = await identified(pve, call, at);
      if (!token) return undefined;
      const { owner, unfinished } = token.mark ?? { owner: call.mark, unfinished: false };
      const mark = { owner, made: at.__made, unfinished: unfinished && !recorded };
      const found = changeOfTexts(heldOfToken, { ...token.texts, comment: token.comment }, inputs, was);
      const sent: Record<string, string> = { ...found.set };
      for (const key of found.delete) sent[key] = { privsep: "1", expire: "0" }[key] ?? "";
      if (sent["comment"] !== undefined) sent["comment"] = withTokenMark(sent["comment"], mark);
      else if (!token.mark || token.mark.unfinished !== mark.unfinished)
        sent["comment"] = withTokenMark(token.comment, mark);
      const expire = Number(sent["expire"] ?? 0);
      if (expire > 0 && expire <= calendarSeconds() && isOwnToken(pve, user, tokenId))
        throw new Error(`this stack works as token ${at.fullTokenId}, which is not ended`);
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
    if (inputs.rights || was.rights)
      await giveRights(pve, call, at.fullTokenId, inputs.rights ?? [], true, () => identified(pve, call, at));
  }
};
