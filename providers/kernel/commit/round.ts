import { ApplyFailed, ForeignChanges, type CommitMember, type CommitPart, type CommitTarget } from "./target";

/** A member with its part, as long as it waits for the outcome. */
export interface Entry<Change, Held, Outcome> {
  readonly part: CommitPart<Change, Held>;
  readonly member: CommitMember;
  resolve(outcome: Outcome | undefined): void;
  reject(error: Error): void;
}

/** Those who have come together, from the first look at what is staged until it is applied. */
export class Round<Change, Held, Outcome> {
  private readonly entries: readonly Entry<Change, Held, Outcome>[];
  private readonly signal: AbortSignal;
  /** Those who wait for others that have not come yet; they have been told nothing. */
  readonly deferred: Entry<Change, Held, Outcome>[] = [];

  constructor(
    private readonly target: CommitTarget<Change, Held, Outcome>,
    entries: readonly Entry<Change, Held, Outcome>[],
  ) {
    // Not in the order of arrival, which is another one each time: what is staged first stands first in a file.
    this.entries = [...entries].sort(
      ({ part: a }, { part: b }) =>
        (a.order ?? 0) - (b.order ?? 0) || a.what.localeCompare(b.what, "en", { numeric: true }),
    );
    this.signal = whenAllAborted(entries.map(({ member }) => member.signal));
  }

  /**
   * Stages all parts and applies them once; `before`: what was staged already. Returns what tells everybody, to be called
   * when the place is given back; who failed alone has been told before.
   */
  async run(held: Held, before: readonly Change[]): Promise<() => void> {
    if (this.signal.aborted) return () => undefined;
    const strange = strangeTo(this.entries, before);
    if (strange.length > 0) throw this.foreign(strange, "nothing was staged");
    await this.safePoint(this.entries);
    const staged = await this.stage(held);
    if (staged.length === 0) return () => undefined;
    await this.target.prepare?.(held, this.signal);
    const pending = await this.target.pending(held, this.signal);
    const others = strangeTo(staged, pending);
    if (others.length > 0)
      throw this.foreign(others, `nothing was applied, and ${list(staged)} stays staged for the next run`);
    const due = pending.length > 0 || staged.some(({ part }) => part.applyAnyway);
    const outcome = due ? await this.apply(held, staged) : undefined;
    return () => staged.forEach(({ resolve }) => resolve(outcome));
  }

  /** Tells all who have not been told yet. */
  fail(error: Error): void {
    for (const { reject } of this.entries) reject(error);
  }

  /** Those whose part is staged; who failed has been told. */
  private async stage(held: Held): Promise<Entry<Change, Held, Outcome>[]> {
    const staged: Entry<Change, Held, Outcome>[] = [];
    for (let left = await this.release(held); left.length > 0;) {
      const before = staged.length;
      const failed = await this.pass(left, staged, held);
      const more = staged.length > before;
      for (const { entry, error } of failed)
        if (more && entry.part.again?.(error)) continue;
        else if (staged.length > 0 && entry.part.again?.(error) && entry.part.awaits?.(error))
          await this.putOff(entry, held, error);
        else await this.takeBack(entry, held, error);
      left = more ? failed.filter(({ entry, error }) => entry.part.again?.(error)).map(({ entry }) => entry) : [];
    }
    return staged;
  }

  /** Those who may be staged: who could not give up what it should has been told. */
  private async release(held: Held): Promise<readonly Entry<Change, Held, Outcome>[]> {
    const left: Entry<Change, Held, Outcome>[] = [];
    for (const entry of this.entries) {
      try {
        if (!entry.member.signal.aborted) await entry.part.release?.(held);
        left.push(entry);
      } catch (error) {
        await this.takeBack(entry, held, error);
      }
    }
    return left;
  }

  private async pass(
    entries: readonly Entry<Change, Held, Outcome>[],
    staged: Entry<Change, Held, Outcome>[],
    held: Held,
  ): Promise<{ entry: Entry<Change, Held, Outcome>; error: unknown }[]> {
    const failed: { entry: Entry<Change, Held, Outcome>; error: unknown }[] = [];
    for (const entry of entries) {
      const { part, member } = entry;
      // Its resource has been told; nothing is begun for it any more.
      if (member.signal.aborted) continue;
      member.progress(`staging ${part.what}`);
      try {
        await part.stage(held);
        staged.push(entry);
      } catch (error) {
        failed.push({ entry, error });
      }
    }
    return failed;
  }

  /** It is of the next round; what it gave up is its own again until then. */
  private async putOff(entry: Entry<Change, Held, Outcome>, held: Held, failure: unknown): Promise<void> {
    try {
      await entry.part.unstage?.(held, this.signal);
      this.deferred.push(entry);
    } catch (error) {
      entry.reject(new Error(`${messageOf(failure)}; what it had staged could not be taken back: ${messageOf(error)}`));
    }
  }

  private async takeBack({ part, reject }: Entry<Change, Held, Outcome>, held: Held, failure: unknown): Promise<void> {
    try {
      // Its own signal may be what ended it.
      await part.unstage?.(held, this.signal);
      reject(failure as Error);
    } catch (error) {
      reject(new Error(`${messageOf(failure)}; what it had staged could not be taken back: ${messageOf(error)}`));
    }
  }

  private async apply(held: Held, staged: readonly Entry<Change, Held, Outcome>[]): Promise<Outcome> {
    await this.safePoint(staged);
    for (const { member } of staged)
      if (!member.signal.aborted)
        member.progress(`applying ${this.target.name}${staged.length > 1 ? `, ${staged.length} changes at once` : ""}`);
    try {
      return await this.target.apply(held, this.signal);
    } catch (cause) {
      const together = staged.length > 1 ? ` (one write for ${list(staged)})` : "";
      throw new ApplyFailed(`applying ${this.target.name} failed${together}: ${messageOf(cause)}`, { cause });
    }
  }

  /** All members are of one process: what stops one stops all. For nobody who still waits, nothing is begun either. */
  private async safePoint(entries: readonly Entry<Change, Held, Outcome>[]): Promise<void> {
    const waiting = entries.find(({ member }) => !member.signal.aborted);
    if (!waiting) throw entries[0]?.member.signal.reason;
    await waiting.member.safePoint();
  }

  private foreign(changes: readonly Change[], what: string): ForeignChanges {
    const { name, remedy, show } = this.target;
    return new ForeignChanges(
      `${name}: something else is staged there that this program did not ask for; ${what}. ` +
        `Look at it, ${remedy}, then run this again:\n${show(changes)}`,
    );
  }
}

/** Staged changes that no part claims. */
export function strangeTo<Change>(
  entries: readonly { readonly part: { claims(change: Change): boolean } }[],
  pending: readonly Change[],
): Change[] {
  return pending.filter((change) => !entries.some(({ part }) => part.claims(change)));
}

const list = (entries: readonly { readonly part: { readonly what: string } }[]): string =>
  entries.map(({ part }) => part.what).join(", ");

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Aborted when the last one is: as long as one waits, the work goes on. */
function whenAllAborted(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const check = () => {
    if (signals.every(({ aborted }) => aborted)) controller.abort(signals.at(-1)?.reason);
  };
  for (const signal of signals) signal.addEventListener("abort", check, { once: true });
  check();
  return controller.signal;
}
