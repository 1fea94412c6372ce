/** Time, as the sources see it; tests bring their own. */
export interface Timing {
  /** Milliseconds since some moment; the wall clock has no part in it. */
  now(): number;
  /** Ends after so many milliseconds, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemTiming: Timing = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      timer.unref();
      signal?.addEventListener("abort", done, { once: true });
      if (signal?.aborted) done();
    }),
};
