import { Forecasts } from "./forecasts";

/** So many of the latest durations of a kind are remembered. */
const REMEMBERED = 8;
/** The share of it after which the looks begin; later, up to the end itself, where all took the same lately. */
const NEARLY = 0.92;
/** So many are needed to say that, and they differ by no more than this share. */
const EXPERIENCE = 3;
const SAME = 0.02;
/** The shares of it between two looks: before the end is expected, and right after that, when it is about to come. */
const STEP = 0.04;
const FIRST_STEP = 0.01;
/** Who has no experience looks after a longer share, but none longer than this. */
const COARSEST = 0.15;
const SHORTEST_MS = 100;
const SHORTEST_STEP_MS = 50;
const LONGEST_MS = 8_000;

/**
 * How long work of a kind took lately, so that a wait for more of it looks when it is about to be over, instead of
 * often from the start. The shortest one counts: looking too early costs a request, too late costs time.
 */
export class Durations {
  private readonly seen = new Map<string, number[]>();
  /** What one task of a kind tells of its own end, while none of them has ended. */
  readonly forecasts = new Forecasts();

  /**
   * It took so long until its end was noticed, and was still going on after `stillAtMs`; a look long before says nothing. The
   * middle counts: with the moment of notice the next look would be as late, and so would all that follow.
   */
  note(kind: string, ms: number, stillAtMs = 0): void {
    const list = this.seen.get(kind) ?? [];
    const from = stillAtMs < ms * (1 - COARSEST) ? ms * (1 - STEP) : Math.min(ms, stillAtMs);
    this.seen.set(kind, [...list, (ms + from) / 2].slice(-REMEMBERED));
  }

  expected(kind: string): number | undefined {
    const list = this.seen.get(kind);
    return list ? Math.min(...list) : this.forecasts.of(kind)?.end;
  }

  /** Has one of this kind come to its end? */
  isKnown(kind: string): boolean {
    return this.seen.has(kind);
  }

  /** The pause before the first look: nearly as long as it takes. None without experience, or for what is quick. */
  delay(kind: string): number {
    const rest = this.range(kind).nearly;
    return rest < SHORTEST_MS ? 0 : Math.min(LONGEST_MS, rest);
  }

  /**
   * The pause after so long a wait: to shortly before the end of what is expected, then in small steps to that end, and
   * from there in steps that begin smaller and grow. `fallback` is the pace without experience, and of what takes much
   * longer than expected.
   */
  pause(kind: string, elapsedMs: number, fallback: (elapsedMs: number) => number): number {
    const expected = this.expected(kind);
    if (expected === undefined || elapsedMs > expected * 1.5) return fallback(elapsedMs);
    const step = Math.max(SHORTEST_STEP_MS, expected * STEP);
    const { nearly, spread } = this.range(kind);
    if (elapsedMs < nearly - step) return Math.min(LONGEST_MS, nearly - elapsedMs);
    const left = expected - elapsedMs;
    if (left >= SHORTEST_STEP_MS) return Math.min(step, left);
    const first = Math.max(SHORTEST_STEP_MS, expected * FIRST_STEP, spread / 4);
    return Math.min(step, first - left / 2);
  }

  /** When the looks begin, and by how much the latest durations differ. */
  private range(kind: string): { nearly: number; spread: number } {
    const list = this.seen.get(kind);
    if (!list) {
      const { earliest = 0, end = 0 } = this.forecasts.of(kind) ?? {};
      return { nearly: earliest, spread: end - earliest };
    }
    const expected = Math.min(...list);
    const spread = Math.max(...list) - expected;
    const certain = list.length < EXPERIENCE ? 0 : Math.min(expected, expected * (1 + SAME) - spread);
    return { nearly: Math.max(expected * NEARLY, certain), spread };
  }
}
