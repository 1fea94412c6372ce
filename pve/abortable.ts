import { abortError } from "./errors";

/**
 * Lets one caller stop waiting for something that others share (a log-in, the shared list): the thing itself goes on.
 */
export async function abortable<T>(shared: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
  if (!signal) return shared;
  if (signal.aborted) throw abortError(signal, what);
  let aborted: () => void = () => undefined;
  const abortion = new Promise<never>((_, reject) => {
    aborted = () => reject(abortError(signal, what));
    signal.addEventListener("abort", aborted, { once: true });
  });
  try {
    return await Promise.race([shared, abortion]);
  } finally {
    signal.removeEventListener("abort", aborted);
  }
}
