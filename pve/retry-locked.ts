import type { Clock } from "./clock";
import { abortError, isProxmoxError } from "./errors";

interface RetryLockedOptions<T> {
  /**
   * A look at the live state before each further attempt: what `attempt` would return when it has been done in the
   * meantime (then nothing is repeated), else undefined.
   */
  find(): Promise<T | undefined>;
  /** In all. Five unless given. */
  readonly attempts?: number | undefined;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** 0 <= x < 1; spreads rivals for the same lock. */
  readonly random?: (() => number) | undefined;
}

/**
 * Repeats an attempt that failed because a lock was not to be had in time. Only that: a guest that another operation
 * has locked (`VM is locked (backup)`) is no reason to try again.
 */
export async function retryLocked<T>(attempt: () => Promise<T>, options: RetryLockedOptions<T>): Promise<T> {
  const { attempts = 5, clock, signal, random = Math.random } = options;
  for (let made = 1; ; made++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isProxmoxError(error, "locked") || !error.retryable || made >= attempts) throw error;
    }
    try {
      await clock.sleep(500 * 2 ** made * (0.5 + random()), signal);
    } catch (error) {
      if (signal?.aborted) throw abortError(signal, "waiting for a lock");
      throw error;
    }
    const found = await options.find();
    if (found !== undefined) return found;
  }
}
