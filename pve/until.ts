import type { Clock } from "./clock";
import { abortError, ProxmoxError } from "./errors";

interface UntilOptions<T> {
  /** What is awaited, for the error: "VM 100 to be running". */
  readonly what: string;
  /** One read. Waits are for levels, not for edges: what is already so is seen at the first poll. */
  poll(): Promise<T>;
  done(seen: T): boolean;
  readonly timeoutMs: number;
  /** The pause before the next poll, given the time since the first. 1 s unless given. */
  readonly pauseMs?: number | ((elapsedMs: number) => number) | undefined;
  /** How to spend a pause. Asleep unless given; one that ends early is followed by a poll. */
  rest?(ms: number, signal: AbortSignal | undefined): Promise<void>;
  /** A pause before the first poll. None unless given. */
  readonly delayMs?: number | undefined;
  /** Errors of `poll` that only mean "not yet". None unless given; the last one is reported on time-out. */
  tolerate?(error: unknown): boolean;
  /** How to show what was last seen. JSON unless given. */
  describe?(seen: T): string;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Looks until it is done, or until the time is up: then the error tells what was seen last. */
export async function until<T>(options: UntilOptions<T>): Promise<T> {
  const { what, signal, clock, timeoutMs, pauseMs = 1_000, delayMs = 0 } = options;
  const start = clock.now();
  let last: string;
  let cause: unknown;
  const rest = async (ms: number) => {
    try {
      await (options.rest ? options.rest(ms, signal) : clock.sleep(ms, signal));
    } catch (error) {
      if (signal?.aborted) throw abortError(signal, `waiting for ${what}`);
      throw error;
    }
  };
  if (delayMs > 0) await rest(Math.min(delayMs, timeoutMs));
  for (;;) {
    if (signal?.aborted) throw abortError(signal, `waiting for ${what}`);
    try {
      const seen = await options.poll();
      if (options.done(seen)) return seen;
      last = options.describe?.(seen) ?? JSON.stringify(seen);
      cause = undefined;
    } catch (error) {
      if (!options.tolerate?.(error)) throw error;
      last = error instanceof Error ? error.message : String(error);
      cause = error;
    }
    const elapsed = clock.now() - start;
    if (elapsed >= timeoutMs)
      throw new ProxmoxError({
        kind: "timeout",
        message: `Waited ${duration(timeoutMs)} for ${what}; last seen: ${last}`,
        cause,
      });
    const pause = typeof pauseMs === "number" ? pauseMs : pauseMs(elapsed);
    await rest(Math.min(pause, timeoutMs - elapsed));
  }
}

/** 90_000 -> "1 min 30 s". */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  const [h, min, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return [h && `${h} h`, min && `${min} min`, s && `${s} s`].filter(Boolean).join(" ");
}
