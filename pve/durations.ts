/** So many of the latest durations of a kind are remembered. */
const REMEMBERED = 8;

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

  /**
   * The pause after so long a wait: to the half of what is expected (it may be quicker this time), to shortly before its
   * end, then in small steps. `fallback` is the pace without experience, and of what takes much longer than expected.
   */
  pause(kind: string, elapsedMs: number, fallback: (elapsedMs: number) => number): number {
    const expected = this.expected(kind);
    if (expected === undefined || elapsedMs > expected * 1.5) return fallback(elapsedMs);
    const step = Math.max(100, expected * 0.04);
    for (const share of [0.5, 0.92])
      if (elapsedMs < expected * share - step) return Math.min(8_000, expected * share - elapsedMs);
    return step;
  }
}
