import { abortError, ProxmoxError } from "../errors";
import { duration } from "../until";
import type { SshCallOptions } from "./options";

export const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Ends a piece of work at its deadline or when its signal is aborted. The work gets a signal of its own, to let go of
 * what it holds on the node; the caller does not wait for that.
 */
export async function bounded<T>(
  node: string,
  what: string,
  { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: SshCallOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const aborted = () => controller.abort(abortError(signal as AbortSignal, `${what} on node ${node}`));
  if (signal?.aborted) throw abortError(signal, `${what} on node ${node}`);
  signal?.addEventListener("abort", aborted, { once: true });
  const late = () =>
    controller.abort(
      new ProxmoxError({
        kind: "timeout",
        node,
        message: `${what} on node ${node} took longer than ${duration(timeoutMs)}`,
      }),
    );
  const timer = setTimeout(late, timeoutMs);
  const ended = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", aborted);
  }
}
