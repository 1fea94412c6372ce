import { setTimeout as sleep } from "node:timers/promises";
import { isProxmoxError } from "../../../pve";
import type { Call } from "./call";

const pausesMs = [1_000, 4_000, 15_000];

/** A write whose answer was lost, or a config that changed between reading and writing it. */
function passes(error: unknown): boolean {
  if (!isProxmoxError(error)) return false;
  const said = `${error.said ?? ""} ${error.exitStatus ?? ""}`;
  return (
    // A node that is away will not be back in a moment.
    (error.kind === "unavailable" && error.offline === undefined) ||
    (error.is("conflict") && /detected modified configuration|checksum mismatch/.test(said))
  );
}

/**
 * Work that looks before it writes, begun anew when an answer was lost on the way: what had been carried out all the
 * same is then seen, and not repeated.
 */
export async function retryLost<T>(
  call: Pick<Call, "signal" | "report">,
  work: () => Promise<T>,
  pause: (ms: number, signal: AbortSignal) => Promise<unknown> = (ms, signal) => sleep(ms, undefined, { signal }),
): Promise<T> {
  for (const ms of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error) || call.signal.aborted) throw error;
      call.report.progress("an answer was lost; looking again");
    }
    await pause(ms, call.signal);
  }
  return work();
}
