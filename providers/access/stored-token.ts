import { isThere, SourceRefused, type SecretPlace, type SecretSeen } from "../../secrets";
import type { Call } from "../kernel/call/call";
import { isOwnerKnown } from "../kernel/identity/mark";
import type { Secrets } from "../kernel/secrets/secrets";
import type { Problem } from "../kernel/state/problems";
import { readStoredMark, withStoredMark } from "../infisical/stored-mark";
import type { WrittenTo } from "../infisical/stored-place.model";

/** What the state keeps of a token that is in the store instead. */
export interface Stored {
  readonly reference?: StoredReference | undefined;
  readonly storedVersion?: number | undefined;
  readonly __secretId?: string | undefined;
}

interface StoredReference {
  readonly secretRef: string;
  readonly from: "infisical";
  readonly projectId: string;
  readonly environment: string;
  readonly path: string;
}

/** A token as the store has it. */
export interface InStore {
  readonly seen: SecretSeen;
  /** Undefined where what is there is no token. */
  readonly token: { readonly fullTokenId: string; readonly value: string } | undefined;
  readonly owner: string | undefined;
  readonly made: string | undefined;
}

const form = /^([^\s:/=]+@[A-Za-z][\w.-]*![\w.-]+)=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Tokens in the store: each a secret that says the id as well, so that both change in one write. */
export const storedTokens = (secrets: Secrets) => ({
  place: ({ secretName, ...given }: WrittenTo): SecretPlace => secrets.store().at(secretName, given),

  placeOf: ({ reference }: Stored): SecretPlace | undefined =>
    reference && { ...reference, secretName: reference.secretRef },

  async read(at: SecretPlace): Promise<InStore> {
    return this.parsed(await secrets.store().read(at));
  },

  /** For previews: undefined where the store cannot be asked. */
  async look(at: SecretPlace): Promise<InStore | undefined> {
    const seen = await secrets.look((store) => store.read(at));
    return seen && this.parsed(seen);
  },

  parsed(seen: SecretSeen): InStore {
    if (!isThere(seen)) return { seen, token: undefined, owner: undefined, made: undefined };
    const { mark } = readStoredMark(seen.comment);
    const [, fullTokenId, value] = form.exec(seen.value ?? "") ?? [];
    const token = fullTokenId === undefined || value === undefined ? undefined : { fullTokenId, value };
    if (token) secrets.remember(token.value);
    return { seen, token, owner: mark?.owner, made: mark?.made };
  },

  /**
   * Writes a token that was proved. `known`: what was there a moment ago, and may be written over; whatever else has come
   * meanwhile is somebody else's.
   */
  async write(
    call: Call,
    at: SecretPlace,
    to: WrittenTo,
    {
      apiToken,
      made,
      known,
    }: { readonly apiToken: string; readonly made: string; readonly known: InStore | undefined },
  ): Promise<Stored> {
    const store = secrets.store();
    const mayChange = (seen: SecretSeen): void => {
      if (!isThere(seen)) return;
      const before = known?.seen;
      if (before && isThere(before) && before.id === seen.id && before.version === seen.version) return;
      throw new SourceRefused(`${store.place(at)}: ${changedSince}`);
    };
    if ((await store.read(at, false)) === "no folder") {
      if (to.createFolders !== true) throw new SourceRefused(`${store.place(at)}: ${noFolder}`);
      await call.safePoint();
      await store.makeFolder(at);
    }
    await call.safePoint();
    const comment = withStoredMark(undefined, { owner: call.mark, made });
    const written = await store.write(at, { value: apiToken, comment }, mayChange);
    const { projectId, environment, path, secretName } = at;
    return {
      reference: { secretRef: secretName, from: "infisical", projectId, environment, path },
      storedVersion: written.version,
      __secretId: written.id,
    };
  },

  /** Takes it away while it is the one that was written; `isOurs` knows what a killed run has written. */
  async remove(at: Stored, isOurs: (there: InStore) => boolean): Promise<"gone" | "left"> {
    const place = this.placeOf(at);
    if (!place) return "gone";
    return secrets
      .store()
      .remove(
        place,
        (seen) => (seen.id === at.__secretId && seen.version === at.storedVersion) || isOurs(this.parsed(seen)),
      );
  },

  /** What is wrong with a place that nothing was written to yet. */
  async inspect(call: Call, to: Partial<WrittenTo>): Promise<Problem[]> {
    const { secretName, ...given } = to;
    if (secretName === undefined) return [];
    const missing = secrets.store().unconfigured(given);
    if (missing !== undefined) return [{ path: "writeTo", message: `Infisical is not set up: ${missing}` }];
    try {
      const found = await this.look(secrets.store().at(secretName, given));
      if (found?.seen === "no folder" && to.createFolders !== true)
        return [{ path: "writeTo.path", message: noFolder }];
      if (!found || !isThere(found.seen) || to.adopt === true) return [];
      if (found.owner !== undefined && (!isOwnerKnown(call) || found.owner === call.mark)) return [];
      return [{ path: "writeTo.secretName", message: thereAlready }];
    } catch (error) {
      if (!(error instanceof SourceRefused)) throw error;
      return secrets.firstTime(error.message) ? [{ path: "writeTo", message: error.message }] : [];
    }
  },
});

const noFolder = "there is no such folder, or no such environment; make it, or write createFolders: true";
const thereAlready = "a secret of this name is there already; write another name, or adopt: true to write over it";
export const changedSince =
  "somebody has changed it since this stack wrote the token there; nothing was written and no token revoked. " +
  "Delete it to have a new token made and written, or write adopt: true";
