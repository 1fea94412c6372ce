import type { Clock } from "../../../pve";
import { Round, strangeTo, type Entry } from "./round";
import type { CommitMember, CommitPart, CommitTarget } from "./target";

export { ApplyFailed, ForeignChanges, type CommitMember, type CommitPart } from "./target";

interface Pace {
  /** So long nobody has come, and nobody is known to be on the way: then those who are there begin. */
  readonly quietMs: number;
  /** So long after the first one they begin in any case. */
  readonly longestMs: number;
}

/** The engine hands out what is ready within milliseconds; between two of one place it may check a few others. */
const usualPace: Pace = { quietMs: 1_000, longestMs: 20_000 };

/**
 * Several resources, one write. Each arrives with its part; when it has become quiet the parts are staged, one after the
 * other, and applied once; then each is told what came of it. Who arrives later is of the next round. One per place and
 * process. What it guarantees stands in docs/decisions/0016.
 */
export class Commit<Change, Held, Outcome> {
  private waiting: Entry<Change, Held, Outcome>[] = [];
  private open = false;
  private firstAt = 0;
  private lastAt = 0;
  private onTheWay = 0;
  private previous: Promise<void> = Promise.resolve();

  constructor(
    private readonly target: CommitTarget<Change, Held, Outcome>,
    private readonly clock: Clock,
    private readonly pace: Pace = usualPace,
  ) {}

  /**
   * Somebody is being checked who may arrive: it is not quiet before that has ended. Returns what ends it.
   */
  expect(): () => void {
    let ended = false;
    this.onTheWay++;
    return () => {
      if (ended) return;
      ended = true;
      this.onTheWay--;
      this.lastAt = this.clock.now();
    };
  }

  /**
   * Takes part. Resolves when the part is in effect, with what applying it returned: undefined when nothing had to be
   * applied. Rejects when its own part could not be staged, when the whole could not be applied, and as soon as its
   * operation is aborted: before its part is staged it then leaves without a trace; after that the round goes on for the
   * others, and with it the part.
   */
  arrive(member: CommitMember, part: CommitPart<Change, Held>): Promise<Outcome | undefined> {
    return new Promise<Outcome | undefined>((resolve, reject) => {
      const { signal } = member;
      const left = (): void => {
        this.waiting = this.waiting.filter((one) => one !== entry);
        reject(signal.reason as Error);
      };
      const settled = () => signal.removeEventListener("abort", left);
      const entry: Entry<Change, Held, Outcome> = {
        part,
        member,
        resolve: (outcome) => (settled(), resolve(outcome)),
        reject: (error: Error) => (settled(), reject(error)),
      };
      if (signal.aborted) return left();
      signal.addEventListener("abort", left, { once: true });
      this.waiting.push(entry);
      this.begin();
    });
  }

  /** Somebody has come: a round begins with the first one. */
  private begin(): void {
    this.lastAt = this.clock.now();
    if (this.open) return;
    this.open = true;
    this.firstAt = this.lastAt;
    this.previous = this.round(this.previous);
  }

  /** One round, after the one before it. */
  private async round(before: Promise<void>): Promise<void> {
    await before;
    await this.quiet();
    // All have left again.
    if (this.waiting.length === 0) return void this.close();
    const begun: Round<Change, Held, Outcome>[] = [];
    const begin = () => {
      begun.push(new Round(this.target, this.close()));
      return begun[0] as Round<Change, Held, Outcome>;
    };
    try {
      const tell = await this.target.hold(async (held) => {
        const pending = await this.claimants(held);
        // Until here, who arrives still comes along.
        return begin().run(held, pending);
      });
      tell();
      this.rejoin(begun[0]?.deferred ?? []);
    } catch (error) {
      (begun[0] ?? begin()).fail(error as Error);
    }
  }

  /** They come along with the next round, in which those may be whom they wait for. */
  private rejoin(deferred: readonly Entry<Change, Held, Outcome>[]): void {
    const left = deferred.filter(({ member }) => !member.signal.aborted);
    if (left.length === 0) return;
    this.waiting.push(...left);
    this.begin();
  }

  private close(): Entry<Change, Held, Outcome>[] {
    const entries = this.waiting;
    this.waiting = [];
    this.open = false;
    return entries;
  }

  private async quiet(): Promise<void> {
    const { quietMs } = this.pace;
    for (;;) {
      const due = this.onTheWay > 0 ? this.clock.now() + quietMs : this.lastAt + quietMs;
      if (!(await this.wait(due))) return;
    }
  }

  /**
   * What is staged already. What an earlier run has staged may be of somebody who is still to come: it is not foreign
   * before the time is up.
   */
  private async claimants(held: Held): Promise<readonly Change[]> {
    const { signal } = new AbortController();
    for (;;) {
      const pending = await this.target.pending(held, signal);
      if (this.waiting.length === 0 || strangeTo(this.waiting, pending).length === 0) return pending;
      if (!(await this.wait(this.clock.now() + this.pace.quietMs))) return pending;
    }
  }

  /** False when there is nothing to wait for: it is past due, or past the longest time. */
  private async wait(due: number): Promise<boolean> {
    const now = this.clock.now();
    const until = Math.min(due, this.firstAt + this.pace.longestMs);
    if (until <= now) return false;
    await this.clock.sleep(until - now);
    return true;
  }
}
