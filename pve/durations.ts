/** So many of the latest durations of a kind are remembered. */
const REMEMBERED = 8;
/** The share of it after which the looks begin. */
const NEARLY = 0.92;
const SHORTEST_MS = 100;
const LONGEST_MS = 8_000;

/**
 * How long work of a kind took lately, so that a wait for more of it looks when it is about to be over, instead of
 * often from the start. The shortest one counts: looking too early costs a request, too late costs time.
 */
export class Durations {
  private readonly seen = new Map<string, number[]>();

  note(kind: string, ms: number): void {
    const list = this.seen.get(kind) ?? [];
    this.seen.set(kind, [...list, ms].slice(-REMEMBERED));
  }

  expected(kind: string): number | undefined {
    const list = this.seen.get(kind);
    return list && Math.min(...list);
  }

  /** The pause before the first look: nearly as long as it takes. None without experience, or for what is quick. */
  delay(kind: string): number {
    const rest = (this.expected(kind) ?? 0) * NEARLY;
    return rest < SHORTEST_MS ? 0 : Math.min(LONGEST_MS, rest);
  }

  /**
   * The pause after so long a wait: to shortly before the end of what is expected, then in small steps. `fallback` is the
   * pace without experience, and of what takes much longer than expected.
   */
  pause(kind: string, elapsedMs: number, fallback: (elapsedMs: number) => number): number {
    const expected = this.expected(kind);
    if (expected === undefined || elapsedMs > expected * 1.5) return fallback(elapsedMs);
    const step = Math.max(SHORTEST_MS, expected * 0.04);
    const nearly = expected * NEARLY;
    return elapsedMs < nearly - step ? Math.min(LONGEST_MS, nearly - elapsedMs) : step;
  }
}
