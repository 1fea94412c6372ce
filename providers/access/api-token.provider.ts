import { isDeepStrictEqual } from "node:util";
import { isThere } from "../../secrets";
import { makes } from "../checks/made-here";
import type { Call } from "../kernel/call/call";
import { milliseconds } from "../kernel/call/duration";
import { define } from "../kernel/define";
import { changeOfTexts, fromTexts } from "../kernel/fields/mapping";
import type { Pve } from "../kernel/session/pve-session";
import type { Change } from "../kernel/state/changes";
import type { Session } from "../kernel/session/session";
import { placeProblems } from "../infisical/stored-value";
import { apiTokenModel, heldOfToken, type TokenInputs } from "./api-token.model";
import { calendarSeconds } from "../kernel/call/calendar";
import { checkKnown } from "./known-subjects";
import { momentOf } from "../kernel/call/moment";
import { withTokenMark } from "./token-mark";
import { isSameToken, type Kept } from "./same-token";
import { changedSince, storedTokens, type InStore, type Stored } from "./stored-token";
import { finished, retire } from "./token-afterwards";
import { followed, inspectOwn, inspectSlot } from "./token-checks";
import { isOver, nextRotation, outdated, outdatedInStore } from "./token-due";
import { giveRights, rightsOf } from "./token-rights";
import {
  changeToken,
  findToken,
  fullId,
  isOwnToken,
  keptToken,
  makeToken,
  otherSlot,
  revokeToken,
  type NewToken,
  type Token,
} from "./tokens";
import { userConfig } from "./user-config";

interface TokenOutputs extends Kept, Stored {
  /** `user@realm!name` of the token that is in use. */
  readonly fullTokenId: string;
  /** Undefined where it is in the store instead. */
  readonly value: string | undefined;
  /** `user@realm!name=value`. */
  readonly apiToken: string | undefined;
  /** Undefined where it was taken up from a killed run, and an order asks when it was made. */
  readonly madeAt: string | undefined;
  readonly rotatesAt: string | undefined;
  /** The one before it, until it goes: its name, what its mark tells, and when. */
  readonly __previous: readonly [tokenId: string, made: string, until: string] | undefined;
}

const notOurs = "a secret of this name is there already, which is not this token's; write another name, or adopt: true";
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
  const store = storedTokens(session.secrets);

  const outputsOf = (inputs: TokenInputs, token: NewToken, madeAt: string | undefined): TokenOutputs => ({
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
    const recorded = known.get(name);
    if (recorded && (await findToken(pve, inputs.user, tokenId))?.mark?.made === recorded.made) return recorded;
    const token = await makeToken(pve, call, inputs, tokenId);
    session.secrets.remember(token.value);
    known.set(name, token);
    return token;
  }

  /** The value, from the state or from the store; undefined where neither has it. */
  async function valueOf(at: TokenOutputs): Promise<string | undefined> {
    if (typeof at.value === "string" && at.value !== "") return at.value;
    const place = store.placeOf(at);
    const token = place && (await store.read(place)).token;
    return token?.fullTokenId === at.fullTokenId ? token.value : undefined;
  }

  const why = (at: TokenOutputs, { rotateAfter }: Partial<TokenInputs>): string | undefined =>
    outdated(at, rotateAfter, session.rotationOrder());

  /** What a killed run has made is of a time that nobody has written down: an order to rotate must not miss it. */
  const madeNow = (ready: NewToken | undefined): string | undefined =>
    ready && session.rotationOrder() !== undefined ? undefined : momentOf(calendarSeconds());

  /** A real call by the token itself: what is handed on works. */
  async function prove(call: Call, at: TokenOutputs): Promise<void> {
    const secret = await valueOf(at);
    if (secret === undefined) throw new Error(`the value of token ${at.fullTokenId} is lost: it cannot be tried`);
    await session.signedIn(call, { tokenId: at.fullTokenId, secret }, async (pve) => {
      await pve.api.version.$get();
    });
  }

  /** A token that a killed run has made and written: its place in the store says so, and it is the very one. */
  async function written(pve: Pve, call: Call, user: string, tokenId: string, there: InStore | undefined) {
    if (!there?.token || there.token.fullTokenId !== fullId(user, tokenId) || there.owner !== call.mark)
      return undefined;
    const mark = (await findToken(pve, user, tokenId))?.mark;
    if (mark?.owner !== call.mark || there.made !== mark.made) return undefined;
    return { tokenId, value: there.token.value, made: mark.made };
  }

  /** Has this resource written it? Its mark says so, and the token in it is one of the two names. */
  const isOurs =
    (call: Call, { fullTokenId }: Pick<TokenOutputs, "fullTokenId">) =>
    ({ owner, token }: InStore): boolean => {
      const base = fullTokenId.replace(/-2$/, "");
      return owner === call.mark && [base, `${base}-2`, `${fullTokenId}-2`].includes(token?.fullTokenId ?? "");
    };

  /** What is in the store and may be written over; throws for what is somebody else's, before anything is done. */
  async function replaceable(
    call: Call,
    inputs: TokenInputs,
    at: TokenOutputs | undefined,
  ): Promise<InStore | undefined> {
    if (inputs.writeTo === undefined) return undefined;
    const place = store.place(inputs.writeTo);
    const there = await store.read(place);
    const anothers = there.owner !== undefined && there.owner !== call.mark;
    if (!isThere(there.seen) || (inputs.writeTo.adopt === true && !anothers)) return there;
    const { id, version } = there.seen;
    const same = id === at?.__secretId && (version === at.storedVersion || there.token?.fullTokenId === at.fullTokenId);
    // What a killed run has written is known by its mark and by the token that it names.
    if (same || isOurs(call, { fullTokenId: fullId(inputs.user, inputs.tokenId) })(there)) return there;
    throw new Error(`${session.secrets.store().place(place)}: ${at?.reference ? changedSince : notOurs}`);
  }

  /** Hands a token that was proved to the store, if there is one: from then on no state has its value. */
  async function handOn(
    call: Call,
    inputs: TokenInputs,
    at: TokenOutputs,
    there: InStore | undefined,
  ): Promise<TokenOutputs> {
    if (inputs.writeTo === undefined) return at;
    const apiToken = at.apiToken ?? "";
    const place = store.place(inputs.writeTo);
    const stored = await store.write(call, place, inputs.writeTo, { apiToken, made: at.__made, known: there });
    return { ...at, ...stored, value: undefined, apiToken: undefined };
  }

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
  async function rotate(
    ...[pve, call, at, inputs, there]: [Pve, Call, TokenOutputs, TokenInputs, InStore | undefined]
  ): Promise<TokenOutputs> {
    const [user, tokenId] = split(at);
    const slot = otherSlot(inputs.tokenId, tokenId);
    await identified(pve, call, at);
    const given = await rightsOf(pve, at.fullTokenId);
    // The one before the old one has had its time: there are never more than two.
    const [, before] = at.__previous ?? [];
    const ready = await written(pve, call, user, slot, there);
    if (!ready)
      await revokeToken(
        ...([pve, call, user, slot] as const),
        ({ mark }) => mark !== undefined && !mark.unfinished && (mark.made === before || mark.owner === call.mark),
      );
    const token = ready ?? (await make(pve, call, inputs, slot));
    const next = outputsOf(inputs, token, madeNow(ready));
    const identify = () => identified(pve, call, next);
    await giveRights(pve, call, next.fullTokenId, given, false, identify);
    if (inputs.rights) await giveRights(pve, call, next.fullTokenId, inputs.rights, true, identify);
    await prove(call, next);
    const handed = await handOn(call, inputs, next, there);
    const overlap = Math.ceil(milliseconds(inputs.overlap ?? defaultOverlap) / 1000);
    const until = calendarSeconds() + Math.max(overlap, leastOverlap);
    if (isOwnToken(pve, user, tokenId)) call.report.warn(followed(at.fullTokenId));
    else call.whenRecorded(() => retire(pve, user, tokenId, at.__made, until));
    call.report.result(`${next.fullTokenId} in place of ${at.fullTokenId}`);
    return { ...handed, __previous: [tokenId, at.__made, momentOf(until)] };
  }

  return define<TokenInputs, TokenOutputs>(
    {
      kind: "ApiToken",
      model: apiTokenModel,
      outputs: [
        ...(["fullTokenId", "value", "apiToken", "madeAt", "rotatesAt", "__made", "__previous"] as const),
        ...(["reference", "storedVersion", "__secretId"] as const),
      ],
      timeouts: { create: "5m", update: "5m", delete: "2m", read: "2m" },
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        if (!pve) return [];
        const { user, tokenId, rights = [] } = inputs;
        const roles = rights.map(({ role }, i) => checkKnown(pve, "role", role, `rights[${i}].role`));
        const problems = (await Promise.all(roles)).flat();
        if (inputs.writeTo && !isDeepStrictEqual(inputs.writeTo, was?.writeTo))
          problems.push(...(await placeProblems(session.secrets, call, inputs.writeTo)));
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
      async refine(_call, changes, at, { wanted }) {
        const triggered = ({ path, to }: Change) => path === "rotationTrigger" && to !== undefined;
        if (changes.some(triggered))
          return changes.map((change) =>
            triggered(change) ? { ...change, note: "makes a new token; the old one goes after overlap" } : change,
          );
        // An update for another reason rotates too when it is time, and its row says so.
        const note = changes.some(({ effect }) => effect === "replace") ? undefined : why(at, wanted);
        return note === undefined ? changes : changes.map((change, i) => (i === 0 ? { ...change, note } : change));
      },
      async due(call, at, wanted) {
        const pve = await session.look(call);
        const [user, tokenId] = split(at);
        const place = store.placeOf(at);
        const there = place && (await store.look(place));
        const reason = why(at, wanted) ?? outdatedInStore(at, there);
        if (there && isThere(there.seen) && !there.token) call.report.warn(changedSince);
        if (reason !== undefined) {
          if (pve && isOwnToken(pve, user, tokenId)) call.report.warn(followed(at.fullTokenId));
          return reason;
        }
        if (at.rotatesAt !== undefined)
          call.report.progress(`rotates at ${at.rotatesAt}, or with the first up after it`);
        if (!pve) return undefined;
        const [before = "", made] = at.__previous ?? [];
        if (isOver(at.__previous) && (await findToken(pve, user, before))?.mark?.made === made) {
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
        const there = await replaceable(call, inputs, undefined);
        const ready = await written(pve, call, inputs.user, inputs.tokenId, there);
        const token = ready ?? (await make(pve, call, inputs, inputs.tokenId));
        const made = outputsOf(inputs, token, madeNow(ready));
        if (inputs.writeTo) await prove(call, made);
        const at = await handOn(call, inputs, made, there);
        recorded(at.fullTokenId, at);
        call.report.result(at.fullTokenId);
        return { id: at.fullTokenId, at };
      },
      async sync(call, at, inputs, was, creating) {
        const pve = await session.pve(call);
        const moves = !isDeepStrictEqual(inputs.writeTo, was.writeTo) && !creating;
        const there = creating ? undefined : await replaceable(call, inputs, at);
        const value = moves ? await valueOf(at) : undefined;
        const rotates =
          !creating &&
          ((inputs.rotationTrigger !== undefined && inputs.rotationTrigger !== was.rotationTrigger) ||
            (why(at, inputs) ?? (moves ? undefined : outdatedInStore(at, there))) !== undefined ||
            (moves && value === undefined));
        let now = rotates ? await rotate(pve, call, at, inputs, there) : at;
        if (moves && !rotates && value !== undefined) now = await handOn(call, inputs, inState(at, value), there);
        if (moves && at.reference && !isDeepStrictEqual(now.reference, at.reference))
          call.whenRecorded(async () => void (await store.remove(at, isOurs(call, at))));
        const [user, tokenId] = split(now);
        await settle(pve, call, now, inputs, was, !creating && !rotates);
        if (creating && !inputs.writeTo) await prove(call, now);
        // The state knows no other one before it knows the new one.
        if (!rotates && isOver(now.__previous) && !isOwnToken(pve, user, now.__previous?.[0] ?? "")) {
          await revokePrevious(pve, call, now);
          now = { ...now, __previous: undefined };
        }
        call.whenRecorded(() => finished(pve, user, tokenId, now.__made));
        return { ...now, rotatesAt: nextRotation(now, inputs.rotateAfter) };
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
        if ((await store.remove(at, isOurs(call, at))) === "left")
          call.report.result(`${at.reference?.secretRef ?? ""} stays in Infisical: somebody has changed it since`);
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

  /** With its value in the state again. */
  function inState(
    { reference: _, storedVersion: __, __secretId: ___, ...at }: TokenOutputs,
    value: string,
  ): TokenOutputs {
    return { ...at, value, apiToken: `${at.fullTokenId}=${value}` };
  }

  async function revokePrevious(pve: Pve, call: Call, at: TokenOutputs): Promise<void> {
    const [tokenId, made] = at.__previous ?? [];
    if (tokenId === undefined) return;
    await revokeToken(pve, call, split(at)[0], tokenId, ({ mark }) => mark?.made === made);
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
