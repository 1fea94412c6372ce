import { suggestion, type Problem } from "../state/problems";

/** What `configure` offers: the stack's config, or the arguments of an explicit Provider. */
export interface ConfigSource {
  /** The stack's config is text; a `Provider` hands over what the program wrote, lists and numbers too. */
  get(key: string): unknown;
}

const prefix = "proxmox:";

/** Keys that others than the provider read. */
const ofPrograms = ["cluster"];

/**
 * Keys of ours that are set. The SDK offers no list of them, but holds them so in every version; where it does not,
 * none is told.
 */
const given = (source: ConfigSource): string[] =>
  Object.keys((source as { rawConfig?: object }).rawConfig ?? {}).flatMap((key) =>
    key.startsWith(prefix) ? [key.slice(prefix.length)] : [],
  );

interface UnknownKeys {
  /** So close to one of ours that nothing else can have been meant. */
  readonly misspelt: readonly Problem[];
  /** A program may keep its own values there; they do nothing here. */
  readonly strange: readonly string[];
}

/** What is set under our name and is none of our keys. */
export function unknownKeys(source: ConfigSource, known: readonly string[]): UnknownKeys {
  const unknown = given(source).filter((key) => !known.includes(key) && !ofPrograms.includes(key));
  const meant = unknown.map((key) => ({ key, hint: suggestion(key, [...known, ...ofPrograms]) }));
  return {
    misspelt: meant
      .filter(({ hint }) => hint !== "")
      .map(({ key, hint }) => ({ path: `config ${prefix}${key}`, message: `there is no such key${hint}` })),
    strange: meant.filter(({ hint }) => hint === "").map(({ key }) => `${prefix}${key}`),
  };
}
