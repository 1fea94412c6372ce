import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isThere, SourceRefused, type SecretPlace, type SecretSeen, type StoredSecret } from "../../secrets";
import type { Call } from "../kernel/call/call";
import type { Secrets } from "../kernel/secrets/secrets";
import type { Problem } from "../kernel/state/problems";
import { newInstance, readStoredMark, withStoredMark } from "./stored-mark";
import type { WrittenTo } from "./stored-place.model";
import {
  anothers,
  hashOf,
  isSameValue,
  placeOf,
  placeProblems,
  put,
  referenceTo,
  thereAlready,
  type StoredReference,
} from "./stored-value";
import { unstorable } from "./stored-value.model";

/** What the state keeps of a value that is in the store instead: flat, beside the other outputs of its kind. */
export interface Written {
  readonly reference?: StoredReference | undefined;
  readonly storedVersion?: number | undefined;
  /** Infisical's id of it: one that is made again under the same name has another. */
  readonly __secretId?: string | undefined;
  /** What its mark tells of this very creation. */
  readonly __storedInstance?: string | undefined;
  /** The wish that it was made by. */
  readonly __storedMade?: string | undefined;
  readonly __storedHash?: string | undefined;
  readonly __storedKey?: string | undefined;
}

/**
 * The same as keys, for `outputs` of a kind. Its shell shows `reference` and `storedVersion`, and has `__storedHash` and
 * `__storedKey` among its `secretOutputs`.
 */
export const writtenKeys = [
  ...(["reference", "storedVersion", "__secretId"] as const),
  ...(["__storedInstance", "__storedMade", "__storedHash", "__storedKey"] as const),
];

/** What is to be written: a value that is known; or one that the resource makes by a wish, and that stays while that does. */
type Content =
  | { readonly value: string; readonly wish?: unknown }
  | {
      /** All that the value depends on, as data. */
      readonly wish: unknown;
      make(): string | Promise<string>;
      /** Is it what this wish makes? What a killed run has left is made anew where it is not. */
      fits?(value: string): boolean;
    };

/**
 * Values that a resource has made, and hands to the store instead of the state: the one way in which kinds with
 * `writeTo` create, compare, rewrite and remove them. What each of them calls: `inspect` in its check, `due` in its diff,
 * `write` when it is made and in each update, `remove` with it.
 */
export const writtenValues = (secrets: Secrets) => ({
  at: ({ secretName, ...given }: WrittenTo): SecretPlace => secrets.store().at(secretName, given),

  /** What is wrong with the place; nothing where it was written to already. */
  async inspect(
    call: Call,
    to: Partial<WrittenTo> | undefined,
    was: Partial<WrittenTo> | undefined,
  ): Promise<Problem[]> {
    return to === undefined || isDeepStrictEqual(to, was) ? [] : placeProblems(secrets, call, to);
  },

  /**
   * Why an update has to write though no argument was changed; `anew` says what then happens. What somebody else has
   * written is warned of, and stays.
   */
  async due(call: Call, at: Written, to: WrittenTo | undefined, anew: string): Promise<string | undefined> {
    if (at.reference === undefined || to === undefined) return undefined;
    const place = placeOf(at.reference);
    const seen = await secrets.look((store) => store.read(place));
    if (seen === undefined || (isThere(seen) && seen.id === at.__secretId && isSame(at, seen))) return undefined;
    if (!isThere(seen)) return `Infisical no longer has ${place.secretName}: ${anew}`;
    if (isOfKilledRun(call, at, seen)) return `a run that did not end has written ${place.secretName}: ${anew}`;
    if (to.adopt === true) return `somebody has changed ${place.secretName} in Infisical: ${anew}`;
    call.report.warn(`${secrets.store().place(place)}: ${changedSince}`);
    return undefined;
  },

  /** The value that was written; undefined where it is gone. Throws where somebody has written another one. */
  async kept(at: Written): Promise<string | undefined> {
    if (at.reference === undefined) return undefined;
    const place = placeOf(at.reference);
    const seen = await secrets.store().read(place);
    if (!isThere(seen)) return undefined;
    const where = secrets.store().place(place);
    if (seen.value === undefined) throw new SourceRefused(`${where}: ${hidden}`);
    if (seen.id !== at.__secretId || !isSame(at, seen)) throw new SourceRefused(`${where}: ${changedSince}`);
    secrets.remember(seen.value);
    return seen.value;
  },

  /**
   * Brings the place to the content. `before`: what the state keeps of it, undefined for a resource that is made. A value
   * that is made by a wish stays as long as it is there, was written by this resource, and the wish is the same.
   */
  async write(
    call: Call,
    to: WrittenTo,
    before: Written | undefined,
    content: Content,
  ): Promise<{ readonly written: Written; readonly value: string; readonly isNew: boolean }> {
    const at = this.at(to);
    const known = before?.reference && isDeepStrictEqual(placeOf(before.reference), at) ? before : undefined;
    // One that is made again is another creation: what a killed run has made is told from what somebody has put there.
    let instance = known?.__storedInstance ?? newInstance();
    const made = content.wish === undefined ? undefined : madeBy(content.wish);
    const keeps = before !== undefined && before.__storedMade === made;
    const elsewhere = keeps && known === undefined ? await this.kept(before) : undefined;
    const stored = await put(secrets, call, at, {
      createFolders: to.createFolders,
      mayChange: known ? mayOverwrite(secrets, call, at, to, known) : mayTake(secrets, call, at, to),
      contentOf: async (seen) => {
        if (!isThere(seen)) instance = newInstance();
        return {
          value: await valueOf(secrets, call, at, { seen, known, content, made, elsewhere }),
          comment: withStoredMark(undefined, { owner: call.mark, made, id: instance }),
        };
      },
    });
    const value = stored.value ?? "";
    const same = before?.reference !== undefined && isSameValue(keyedHash(before), stored);
    const { hash, key } = same ? keyedHash(before) : hashOf(value);
    return {
      ...{ value, isNew: !same },
      written: {
        ...{ reference: referenceTo(at), storedVersion: stored.version, __secretId: stored.id },
        ...{ __storedInstance: instance, __storedMade: made, __storedHash: hash, __storedKey: key },
      },
    };
  },

  /** When the engine knows the new place, or that there is none any more, the old one is emptied. */
  leave(call: Call, before: Written, now: Written): void {
    if (before.reference === undefined || isDeepStrictEqual(before.reference, now.reference)) return;
    call.whenRecorded(async () => void (await this.remove(call, before)));
  },

  /** Takes it away while it is what was written, and says in the row why it stays where it is not. */
  async remove(call: Call, at: Written): Promise<void> {
    if (at.reference === undefined) return;
    const place = placeOf(at.reference);
    let why = "";
    const left = await secrets.store().remove(place, (seen) => {
      const { mark } = readStoredMark(seen.comment);
      if (seen.id !== at.__secretId) why = "another secret of this name is there by now";
      // Whoever has taken it over in the same place: what a forced replacement has made, for instance.
      else if (mark && mark.id !== at.__storedInstance) why = "its mark is another one's by now";
      else if (!isSame(at, seen) && !isOfKilledRun(call, at, seen)) why = "somebody has changed its value since";
      else return true;
      return false;
    });
    if (left === "left") call.report.result(`${place.secretName} stays in Infisical: ${why}`);
  },
});

const keyedHash = ({ __storedHash = "", __storedKey = "" }: Written) => ({ hash: __storedHash, key: __storedKey });

/** A comment alone is another version, and no other value; a value that may not be seen is told by its version. */
const isSame = (at: Written, seen: StoredSecret): boolean =>
  seen.value === undefined ? seen.version === at.storedVersion : isSameValue(keyedHash(at), seen);

/**
 * Written by a run of this resource which nothing was recorded of, for another wish or where nothing was any more: whoever
 * edits a value leaves the mark as it is.
 */
function isOfKilledRun(call: Call, at: Written, seen: StoredSecret): boolean {
  const { mark } = readStoredMark(seen.comment);
  if (mark?.owner !== call.mark || mark.made === undefined) return false;
  return mark.id !== at.__storedInstance || mark.made !== at.__storedMade;
}

/** Throws for a secret that is not this resource's to write. */
const mayTake =
  (secrets: Secrets, call: Call, at: SecretPlace, { adopt }: WrittenTo) =>
  (seen: SecretSeen): void => {
    if (!isThere(seen)) return;
    const { mark } = readStoredMark(seen.comment);
    if (mark?.owner === call.mark) return;
    if (mark) throw new SourceRefused(`${secrets.store().place(at)}: ${anothers}`);
    if (adopt !== true) throw new SourceRefused(`${secrets.store().place(at)}: ${thereAlready}`);
  };

/** Throws when what is there is not what this resource has written. What is gone is written again. */
const mayOverwrite =
  (...[secrets, call, at, { adopt }, before]: [Secrets, Call, SecretPlace, WrittenTo, Written]) =>
  (seen: SecretSeen): void => {
    if (!isThere(seen)) return;
    const { mark } = readStoredMark(seen.comment);
    const where = secrets.store().place(at);
    if (mark && mark.id !== before.__storedInstance && mark.owner !== call.mark)
      throw new SourceRefused(`${where}: ${anothers}`);
    if (isOfKilledRun(call, before, seen) || (seen.id === before.__secretId && isSame(before, seen))) return;
    if (adopt !== true) throw new SourceRefused(`${where}: ${changedSince}`);
  };

interface Choice {
  readonly seen: SecretSeen;
  readonly known: Written | undefined;
  readonly content: Content;
  readonly made: string | undefined;
  /** What is in another place, and moves. */
  readonly elsewhere: string | undefined;
}

/** The value that is to be there. */
async function valueOf(
  ...[secrets, call, at, { seen, known, content, made, elsewhere }]: [Secrets, Call, SecretPlace, Choice]
): Promise<string> {
  if ("value" in content) {
    const why = unstorable(content.value);
    if (why !== undefined) throw new Error(`what is to be written to ${at.secretName}: ${why}`);
    return content.value;
  }
  if (elsewhere !== undefined) return elsewhere;
  if (isThere(seen)) {
    const byWish = readStoredMark(seen.comment).mark?.made === made;
    const stays = known
      ? (isSame(known, seen) && known.__storedMade === made) || (isOfKilledRun(call, known, seen) && byWish)
      : byWish;
    if (stays && seen.value === undefined) throw new SourceRefused(`${secrets.store().place(at)}: ${hidden}`);
    if (stays && seen.value !== undefined && (content.fits?.(seen.value) ?? true)) {
      secrets.remember(seen.value);
      return seen.value;
    }
  }
  const value = await content.make();
  secrets.remember(value);
  return value;
}

/** The same for the same wish, and no way back to it. */
const madeBy = (wish: unknown): string => createHash("sha256").update(JSON.stringify(wish)).digest("hex").slice(0, 8);

const hidden = "its value may not be seen; give the machine identity a role that reads values";
const changedSince =
  "somebody has changed it since this stack wrote it; nothing was written. Delete it to have it written again, or write " +
  "adopt: true to write over it";
