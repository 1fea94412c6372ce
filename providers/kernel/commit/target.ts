/**
 * What several resources change with one write: the networks of a node, the SDN of a cluster. Changes are staged there,
 * where anybody can see them, and become real when they are applied, all of them at once.
 */
export interface CommitTarget<Change, Held, Outcome> {
  /** For messages: "the networks of pve1". */
  readonly name: string;
  /** What to do about changes of others, for messages: "apply or revert them in System > Network of the node". */
  readonly remedy: string;
  /**
   * Takes what nobody else may have from the first look until everything is applied, and gives it back whatever happens;
   * the work gets what came of it, a lock's token for example.
   */
  hold<T>(work: (held: Held) => Promise<T>): Promise<T>;
  /** What is staged and not applied, by whomever. */
  pending(held: Held, signal: AbortSignal): Promise<readonly Change[]>;
  /** After all is staged, before the last look at it: reads what the apply is judged by, so that it follows the look at once. */
  prepare?(held: Held, signal: AbortSignal): Promise<void>;
  /** Changes for people: a line each, or one diff. */
  show(changes: readonly Change[]): string;
  /**
   * Applies all that is staged, and returns what came of it as it then is, for all who took part. An answer that was
   * lost is its own matter: it looks.
   */
  apply(held: Held, signal: AbortSignal): Promise<Outcome>;
}

/** One resource's part of a commit. */
export interface CommitPart<Change, Held> {
  /** For messages: "bridge vmbr1". */
  readonly what: string;
  /** Parts with lower numbers are staged first: a bond before the bridge on it; of equal ones by name. 0 unless given. */
  readonly order?: number | undefined;
  /**
   * Is this staged change this part's own: what it would stage itself, or a step on the way there? Told by what the
   * change is and does, for nothing tells who has staged it.
   */
  claims(change: Change): boolean;
  /**
   * Before any part is staged: gives up what another part may need first, such as a port that another interface takes,
   * where the part itself waits for what that one makes. A step on the way, which `claims` knows too.
   */
  release?(held: Held): Promise<void>;
  /** Stages what differs; it looks first, for an earlier run may have staged it already. */
  stage(held: Held): Promise<void>;
  /** Might it be staged after others, as a port that another one gives up? Then it is tried again when they are. */
  again?(failure: unknown): boolean;
  /**
   * Does it stand on something that others of the program are still to bring, and that may have had no place yet among
   * what the engine does at once? Then, where `again` holds, it is of the next round, as long as this one gets anything done.
   */
  awaits?(failure: unknown): boolean;
  /** After a `stage` that failed, or that is put off: takes back what it has left staged. Without it, that is nothing. */
  unstage?(held: Held, signal: AbortSignal): Promise<void>;
  /** What is wanted is configured, but not so in effect: it is applied even when nothing is left to stage. */
  readonly applyAnyway?: boolean | undefined;
}

/** What a commit needs of the operation that takes part in it. */
export interface CommitMember {
  readonly signal: AbortSignal;
  /** Throws when nobody would record any more what is done. */
  safePoint(): Promise<void>;
  progress(text: string): void;
}

/** Staged changes that nobody here can answer for. */
export class ForeignChanges extends Error {
  override readonly name = "ForeignChanges";
}

/** What was staged could not be applied; told to all who had a part in it. */
export class ApplyFailed extends Error {
  override readonly name = "ApplyFailed";
}
