import { keyedHash, sameReference, SecretNotFound, SourceRefused, SourceUnavailable } from "../../../secrets";
import type { Problem } from "../state/problems";
import { referencesIn, sensitiveIn, withValues } from "./sensitive-values";
import type { Secrets } from "./secrets";

type Props = Record<string, unknown>;

/**
 * References with the keyed hash of what they lead to, so that a new value shows as a change. In a preview a source
 * that cannot be asked leaves the old hashes; otherwise it is a problem, told before anything is done.
 */
export async function hashReferences(
  secrets: Secrets,
  known: Props,
  was: Props | undefined,
  patterns: readonly string[],
  { preview, key }: { preview: boolean; key: string | undefined },
): Promise<{ values: Map<string, unknown>; problems: Problem[] }> {
  const values = new Map<string, unknown>();
  const problems: Problem[] = [];
  const before = new Map(referencesIn(was, patterns).map(({ path, reference }) => [path, reference]));
  for (const { path, reference } of referencesIn(known, patterns)) {
    // Kept from the old inputs, because the program ignores changes of it.
    if (reference.hash !== undefined) continue;
    const old = before.get(path);
    const oldHash = old && sameReference(old, reference) ? old.hash : undefined;
    try {
      const value = preview ? await secrets.peek(reference) : await secrets.reveal(reference);
      const hash = value === undefined || key === undefined ? oldHash : keyedHash(key, reference.secretRef, value);
      values.set(path, { ...reference, ...(hash === undefined ? {} : { hash }) });
    } catch (error) {
      if (!isSecretFailure(error)) throw error;
      // What a whole source refuses concerns every reference: a preview, which collects all problems, tells it once.
      if (preview && error instanceof SourceRefused && !secrets.firstTime(error.message)) continue;
      problems.push({ path, message: error.message });
    }
  }
  return { values, problems };
}

/** Inputs with values in place of references: only for the moment in which they are sent. */
export async function revealReferences<T extends object>(
  secrets: Secrets,
  inputs: T,
  patterns: readonly string[],
): Promise<T> {
  const found = referencesIn(inputs, patterns);
  const values = new Map<string, unknown>();
  for (const { path, reference } of found) values.set(path, await secrets.reveal(reference));
  return withValues(inputs, values);
}

/** No value is ever empty: stands for an old one that is not known, but is not the new one. */
const another = "";

/** What was managed before, comparable with revealed inputs: where the hash is the same, so is the value. */
export function revealAsBefore<T extends object>(
  was: T,
  inputs: object,
  revealed: object,
  patterns: readonly string[],
): T {
  const next = new Map(referencesIn(inputs, patterns).map(({ path, reference }) => [path, reference]));
  const known = new Map(sensitiveIn(revealed, patterns).map(({ path, value }) => [path, value]));
  return withValues(
    was,
    new Map(
      referencesIn(was, patterns).map(({ path, reference }) => {
        const now = next.get(path);
        const same = now?.hash !== undefined && now.secretRef === reference.secretRef && now.hash === reference.hash;
        return [path, same ? known.get(path) : another];
      }),
    ),
  );
}

const isSecretFailure = (error: unknown): error is Error =>
  error instanceof SourceUnavailable || error instanceof SourceRefused || error instanceof SecretNotFound;
