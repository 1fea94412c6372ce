import type { SecretReference, SourceName } from "./reference";

/** One place where secrets are kept. */
export interface SecretSource {
  readonly name: SourceName;
  /** Where a reference leads in this source, for people: "Infisical project p, environment dev, path /". */
  place(reference: SecretReference): string;
  /** Why nothing can be looked up here, when the stack's config does not set it up. */
  unconfigured?(reference: SecretReference): string | undefined;
  /** The value, or undefined when there is no such secret. */
  find(reference: SecretReference): Promise<string | undefined>;
  /** Names that are there, to suggest one; none where they cannot be listed. */
  names(reference: SecretReference): Promise<readonly string[]>;
}

/** The source cannot be asked at the moment: no credentials, no network, no answer. A preview goes on without it. */
export class SourceUnavailable extends Error {
  override readonly name = "SourceUnavailable";
}

/** The source has answered, and refuses: wrong credentials, no permission, no such project. */
export class SourceRefused extends Error {
  override readonly name = "SourceRefused";
}

/** There is no secret of this name in any place that was asked. */
export class SecretNotFound extends Error {
  override readonly name = "SecretNotFound";
}

/** The same failure, said of something: what the program goes on with is told by the kind of failure. */
export function failureOf(what: string, error: unknown): unknown {
  for (const Kind of [SourceUnavailable, SourceRefused, SecretNotFound])
    if (error instanceof Kind) return new Kind(`${what}: ${error.message}`);
  return error;
}
