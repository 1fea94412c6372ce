import { isThere, SourceRefused, type SecretPlace, type SecretSeen } from "../../secrets";
import type { Call } from "../kernel/call/call";
import type { Secrets } from "../kernel/secrets/secrets";
import { readStoredMark, withStoredMark } from "../infisical/stored-mark";
import { placeOf, put, referenceTo, type StoredReference } from "../infisical/stored-value";
import type { WrittenTo } from "../infisical/stored-place.model";

/** What the state keeps of a token that is in the store instead. */
export interface Stored {
  readonly reference?: StoredReference | undefined;
  readonly storedVersion?: number | undefined;
  readonly __secretId?: string | undefined;
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

  placeOf: ({ reference }: Stored): SecretPlace | undefined => reference && placeOf(reference),

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
    const comment = withStoredMark(undefined, { owner: call.mark, made });
    const written = await put(secrets, call, at, {
      createFolders: to.createFolders,
      mayChange,
      contentOf: async () => ({ value: apiToken, comment }),
    });
    return {
      reference: referenceTo(at),
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
});

export const changedSince =
  "somebody has changed it since this stack wrote the token there; nothing was written and no token revoked. " +
  "Delete it to have a new token made and written, or write adopt: true";
