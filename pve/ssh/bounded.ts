import { abortError, ProxmoxError } from "../errors";
import { duration } from "../until";
import type { SshCallOptions } from "./ssh-options";

export const DEFAULT_TIMEOUT_MS = 60_000;

/** How long work that was ended has to clean up behind it: the process may be about to leave. */
const CLEAN_UP_MS = 1_500;

/**
 * Ends a piece of work at its deadline or when its signal is aborted. The work gets a signal of its own, to let go of
 * what it holds on the node; the caller waits for that, but not for a node that does not answer.
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
  const working = work(controller.signal);
  try {
    return await Promise.race([working, ended]);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    await cleanedUp(working);
    throw controller.signal.reason;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", aborted);
  }
}

async function cleanedUp(working: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLEAN_UP_MS)));
  await Promise.race([Promise.allSettled([working]), enough]);
  clearTimeout(timer);
}
