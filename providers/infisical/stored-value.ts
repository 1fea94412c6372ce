import { createHmac, randomBytes } from "node:crypto";
import { isThere, SourceRefused, type SecretPlace, type SecretSeen, type StoredSecret } from "../../secrets";
import type { Call } from "../kernel/call/call";
import { isOwnerKnown } from "../kernel/identity/mark";
import type { Secrets } from "../kernel/secrets/secrets";
import type { Problem } from "../kernel/state/problems";
import { readStoredMark } from "./stored-mark";
import type { WrittenTo } from "./stored-place.model";

/** A place in the store, as arguments that hold secrets take it. */
export interface StoredReference {
  readonly secretRef: string;
  readonly from: "infisical";
  readonly projectId: string;
  readonly environment: string;
  readonly path: string;
}

export const referenceTo = ({ secretName, projectId, environment, path }: SecretPlace): StoredReference => ({
  ...{ secretRef: secretName, from: "infisical", projectId, environment, path },
});

export const placeOf = ({ secretRef, projectId, environment, path }: StoredReference): SecretPlace => ({
  ...{ projectId, environment, path, secretName: secretRef },
});

/** What a state keeps of a value: a hash, and its key, which no other secret has. */
interface KeyedHash {
  readonly hash: string;
  readonly key: string;
}

export const hashed = (key: string, value: string): string => createHmac("sha256", key).update(value).digest("hex");

export function hashOf(value: string): KeyedHash {
  const key = randomBytes(32).toString("base64url");
  return { key, hash: hashed(key, value) };
}

/** False for a value that may not be seen, too. */
export const isSameValue = ({ hash, key }: KeyedHash, { value }: StoredSecret): boolean =>
  value !== undefined && hashed(key, value) === hash;

interface Put {
  readonly createFolders: boolean | undefined;
  /** Asked with what is there, directly before each attempt; throws for what is somebody else's. */
  mayChange(seen: SecretSeen): void;
  contentOf(seen: SecretSeen): Promise<{ readonly value: string; readonly comment: string }>;
}

/** Brings a place in the store to a content, and makes its folder when told. */
export async function put(
  ...[secrets, call, at, { createFolders, mayChange, contentOf }]: [Secrets, Call, SecretPlace, Put]
): Promise<StoredSecret> {
  const store = secrets.store();
  const seen = await store.read(at);
  mayChange(seen);
  if (seen === "no folder") {
    if (createFolders !== true) throw new SourceRefused(`${store.place(at)}: ${noFolder}`);
    await call.safePoint();
    await store.makeFolder(at);
  }
  const content = await contentOf(seen);
  await call.safePoint();
  return store.write(at, content, mayChange);
}

/** What is wrong with a place that nothing was written to yet. */
export async function placeProblems(secrets: Secrets, call: Call, to: Partial<WrittenTo>): Promise<Problem[]> {
  const { secretName, ...given } = to;
  if (secretName === undefined) return [];
  const missing = secrets.store().unconfigured(given);
  if (missing !== undefined) return [{ path: "writeTo", message: `Infisical is not set up: ${missing}` }];
  try {
    const seen = await secrets.look((store) => store.read(store.at(secretName, given), false));
    if (seen === "no folder" && to.createFolders !== true) return [{ path: "writeTo.path", message: noFolder }];
    if (seen === undefined || !isThere(seen)) return [];
    const { mark } = readStoredMark(seen.comment);
    // A preview does not know the owner's mark.
    if (mark && (!isOwnerKnown(call) || mark.owner === call.mark)) return [];
    if (mark) return [{ path: "writeTo.secretName", message: anothers }];
    return to.adopt === true ? [] : [{ path: "writeTo.secretName", message: thereAlready }];
  } catch (error) {
    if (!(error instanceof SourceRefused)) throw error;
    // What a whole folder refuses is told once.
    return secrets.firstTime(error.message) ? [{ path: "writeTo", message: error.message }] : [];
  }
}

export const noFolder = "there is no such folder, or no such environment; make it, or write createFolders: true";
export const thereAlready =
  "a secret of this name is there already; write another name, or adopt: true to write over it";
export const anothers =
  "it belongs to another Pulumi resource, whose destroy would delete it; let go of it there (retainOnDelete) and take the mark out of its comment first";
