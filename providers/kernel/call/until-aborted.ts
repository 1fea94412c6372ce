/** Waits for what several operations share, but no longer than this one lasts; the shared work goes on. */
export function untilAborted<T>(signal: AbortSignal | undefined, shared: Promise<T>): Promise<T> {
  if (!signal) return shared;
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason as Error);
    if (signal.aborted) aborted();
    signal.addEventListener("abort", aborted, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
  });
}
