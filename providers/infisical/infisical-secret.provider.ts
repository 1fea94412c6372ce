import { isDeepStrictEqual } from "node:util";
import { isThere, SourceRefused, type SecretPlace, type SecretSeen, type StoredSecret } from "../../secrets";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import { isOwnerKnown } from "../kernel/identity/mark";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { generatedValue } from "./generated-value";
import { infisicalSecretModel, type Generated, type InfisicalSecretInputs } from "./infisical-secret.model";
import { madeBy, newInstance, readStoredMark, withStoredMark } from "./stored-mark";
import {
  anothers,
  hashed,
  hashOf,
  isSameValue,
  noFolder,
  placeOf,
  put,
  referenceTo,
  type StoredReference,
} from "./stored-value";
import { unstorable } from "./stored-value.model";

interface InfisicalSecretOutputs {
  readonly reference: StoredReference;
  readonly version: number;
  /** Infisical's id of it: one that is made again under the same name has another. */
  readonly __secretId: string;
  /** What its mark tells of this very creation. */
  readonly __instance: string;
  /** Keyed hash of the value, and its key, which no other secret has. */
  readonly __hash: string;
  readonly __key: string;
}

const idOf = ({ projectId, environment, path, secretName }: SecretPlace): string =>
  `${projectId}/${environment}${path === "/" ? "" : path}/${secretName}`;

const hashIn = ({ __hash, __key }: InfisicalSecretOutputs) => ({ hash: __hash, key: __key });

/** What stands in the place of a value that somebody else has written: no value of any secret is like it. */
const changedMark = "changed in Infisical, version ";

export const infisicalSecretProvider = (session: Session) => {
  const { secrets } = session;

  const outputsOf = (
    at: SecretPlace,
    { id, version, value }: StoredSecret,
    __instance: string,
  ): InfisicalSecretOutputs => {
    const { hash, key } = hashOf(value ?? "");
    return { reference: referenceTo(at), version, __secretId: id, __instance, __key: key, __hash: hash };
  };

  const sameValue = (before: InfisicalSecretOutputs, seen: StoredSecret): boolean => isSameValue(hashIn(before), seen);

  /** Was the value that is there made by this very wish? Whoever the mark's owner is: a renamed resource has another. */
  const isMadeBy = (generate: Generated, seen: StoredSecret): boolean =>
    readStoredMark(seen.comment).mark?.made === madeBy(generate);

  /** The value that is to be there; a generated one stays while its wish does. */
  function valueOf({ value, generate }: InfisicalSecretInputs, kept: string | undefined): string {
    if (generate === undefined) {
      const why = unstorable(value ?? "");
      if (why !== undefined) throw new Error(`value: ${why}`);
      return value ?? "";
    }
    const made = kept ?? generatedValue(generate);
    secrets.remember(made);
    return made;
  }

  const commentOf = (call: Call, { comment, generate }: InfisicalSecretInputs, id: string): string =>
    withStoredMark(comment, { owner: call.mark, made: generate === undefined ? undefined : madeBy(generate), id });

  interface Writing {
    readonly instance: string;
    mayChange(seen: SecretSeen): void;
    /** Is the generated value that is there to stay? */
    stays(seen: StoredSecret): boolean;
  }

  async function write(
    ...[call, at, inputs, { instance, mayChange, stays }]: [Call, SecretPlace, InfisicalSecretInputs, Writing]
  ): Promise<StoredSecret> {
    return put(secrets, call, at, {
      createFolders: inputs.createFolders,
      mayChange,
      contentOf: async (seen) => ({
        value: valueOf(inputs, isThere(seen) && stays(seen) ? seen.value : undefined),
        comment: commentOf(call, inputs, instance),
      }),
    });
  }

  /** Throws for a secret that is not this resource's to write. */
  const mayTake =
    (call: Call, at: SecretPlace, { adopt }: InfisicalSecretInputs) =>
    (seen: SecretSeen): void => {
      const where = secrets.store().place(at);
      if (!isThere(seen)) return;
      const { mark } = readStoredMark(seen.comment);
      if (mark?.owner === call.mark) return;
      // Whoever it belongs to would delete it with its own destroy.
      if (mark) throw new SourceRefused(`${where}: ${anothers}`);
      if (adopt !== true) throw new SourceRefused(`${where}: ${thereAlready}`);
    };

  /** Throws when what is there is not what this stack has written, or seen by a refresh. */
  const mayOverwrite =
    (before: InfisicalSecretOutputs, inputs: InfisicalSecretInputs) =>
    (seen: SecretSeen): void => {
      const where = secrets.store().place(placeOf(before.reference));
      if (!isThere(seen))
        throw new SourceRefused(`${where}: it is no longer there; run pulumi refresh, then this again`);
      if (seen.id !== before.__secretId) throw new SourceRefused(`${where}: ${another}; nothing of it was changed`);
      const { value, generate } = inputs;
      const wanted = generate === undefined ? seen.value === value : isMadeBy(generate, seen);
      if (seen.version === before.version || sameValue(before, seen) || wanted) return;
      throw new SourceRefused(
        `${where}: somebody has changed it: it is at version ${seen.version}, and this stack knows version ${before.version}. ` +
          "Nothing was written; run pulumi refresh to see it as a change, and the next up writes the program's value",
      );
    };

  return define<InfisicalSecretInputs, InfisicalSecretOutputs>(
    {
      kind: "InfisicalSecret",
      model: infisicalSecretModel,
      outputs: ["reference", "version", "__secretId", "__instance", "__hash", "__key"],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      async inspect(call, inputs, was) {
        const { secretName } = inputs;
        if (secretName === undefined) return [];
        const missing = secrets.store().unconfigured(inputs);
        if (missing !== undefined) return [{ path: "projectId", message: `Infisical is not set up: ${missing}` }];
        const keys = ["secretName", "path", "environment", "projectId"] as const;
        // What is there already is this resource's own: the diff, which is told its state, looks at it.
        if (was && keys.every((key) => was[key] === inputs[key])) return [];
        try {
          const at = secrets.store().at(secretName, inputs);
          return inspectNew(call, inputs, await secrets.look((store) => store.read(at, false)));
        } catch (error) {
          if (!(error instanceof SourceRefused)) throw error;
          // What a whole folder refuses is told once.
          return secrets.firstTime(error.message) ? [{ path: "secretName", message: error.message }] : [];
        }
      },
      async refine(call, changes, at, { wanted }) {
        const seen = changes.some(({ path }) => path === "value" || path.startsWith("generate"))
          ? await secrets.look((store) => store.read(placeOf(at.reference)))
          : undefined;
        if (seen !== undefined && isThere(seen) && seen.version !== at.version && !sameValue(at, seen))
          call.report.warn(
            `somebody has changed it in Infisical: it is at version ${seen.version}, and this stack knows version ${at.version}; ` +
              "up will refuse to write before a pulumi refresh",
          );
        return changes.map((change) =>
          // What is written out and what the config says may be the same place.
          change.effect === "replace" && isPlace(at, wanted)
            ? { ...change, effect: "none" }
            : typeof change.from === "string" && change.from.startsWith(changedMark)
              ? { ...change, note: "somebody has changed it in Infisical; the program's value is written again" }
              : change,
        );
      },
      async observe(call, before, wanted) {
        const seen = await secrets.store().read(placeOf(before.reference));
        // Another one of this name is nothing of ours: ours is gone.
        if (!isThere(seen) || seen.id !== before.__secretId) return undefined;
        if (seen.value !== undefined) secrets.remember(seen.value);
        const own = readStoredMark(seen.comment).comment;
        const inputs = { ...wanted, comment: own === "" ? undefined : own };
        const same = seen.value === undefined ? seen.version === before.version : sameValue(before, seen);
        // Only what a refresh shows is known: whatever comes between a write and the look after it is somebody else's.
        if (call.operation !== "read") return { inputs, outputs: before };
        const __hash = seen.value === undefined ? before.__hash : hashed(before.__key, seen.value);
        const outputs = { ...before, version: seen.version, __hash };
        if (same || wanted.generate !== undefined) return { inputs, outputs };
        return { inputs: { ...inputs, value: `${changedMark}${seen.version}` }, outputs };
      },
      async ensure(call, inputs, recorded) {
        const at = secrets.store().at(inputs.secretName, inputs);
        const instance = newInstance();
        const written = await write(call, at, inputs, {
          instance,
          mayChange: mayTake(call, at, inputs),
          // Made by a run that was killed, or by what this replaces; what is taken over gets a new value.
          stays: (seen) =>
            inputs.generate !== undefined &&
            readStoredMark(seen.comment).mark?.owner === call.mark &&
            isMadeBy(inputs.generate, seen),
        });
        const made = outputsOf(at, written, instance);
        recorded(idOf(at), made);
        call.report.result(`version ${made.version}`);
        return { id: idOf(at), at: made };
      },
      async sync(call, before, inputs, was, creating) {
        if (creating) return before;
        const at = placeOf(before.reference);
        const { generate } = inputs;
        const written = await write(call, at, inputs, {
          instance: before.__instance,
          mayChange: mayOverwrite(before, inputs),
          stays: (seen) =>
            generate !== undefined &&
            (isMadeBy(generate, seen) || (was.generate !== undefined && madeBy(was.generate) === madeBy(generate))),
        });
        if (written.version !== before.version) call.report.result(`version ${written.version}`);
        return sameValue(before, written)
          ? { ...before, version: written.version }
          : outputsOf(at, written, before.__instance);
      },
      async remove(call, before, { generate, value }) {
        const at = placeOf(before.reference);
        let why = "";
        const gone = await secrets.store().remove(at, (seen) => {
          const { mark } = readStoredMark(seen.comment);
          const shown = typeof value === "string" && value.startsWith(changedMark);
          if (seen.id !== before.__secretId) why = another;
          else if (mark && (mark.owner !== call.mark || mark.id !== before.__instance))
            why = "its mark is another one's by now";
          else if (shown || (generate === undefined && !sameValue(before, seen)))
            why = "somebody has changed its value since";
          else return true;
          return false;
        });
        if (gone === "left") call.report.result(`${at.secretName} stays in Infisical: ${why}`);
      },
    },
    session,
  );

  /** Do the arguments lead to where it is already? */
  function isPlace(at: InfisicalSecretOutputs, wanted: Partial<InfisicalSecretInputs>): boolean {
    const { secretName } = wanted;
    if (secretName === undefined || secrets.store().unconfigured(wanted) !== undefined) return false;
    return isDeepStrictEqual(secrets.store().at(secretName, wanted), placeOf(at.reference));
  }

  function inspectNew(call: Call, inputs: Partial<InfisicalSecretInputs>, seen: SecretSeen | undefined): Problem[] {
    if (seen === "no folder" && inputs.createFolders !== true) return [{ path: "path", message: noFolder }];
    if (seen === undefined || !isThere(seen)) return [];
    const { mark } = readStoredMark(seen.comment);
    // A preview does not know the owner's mark.
    if (mark && (!isOwnerKnown(call) || mark.owner === call.mark)) return [];
    if (mark) return [{ path: "secretName", message: anothers }];
    if (inputs.adopt === true) {
      call.report.warn(`takes over the secret that is there, at version ${seen.version}: its value gives way`);
      return [];
    }
    return [{ path: "secretName", message: thereAlready }];
  }
};

const thereAlready =
  "a secret of this name is there already, which this resource has not written; write another name, or adopt: true to take it over with the value that is written here";
const another = "another secret of this name is there by now";
