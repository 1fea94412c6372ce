import { connect, type Clock } from "../../pve";
import { createSession, type Session } from "../../providers/kernel/session/session";
import { VirtualClock } from "../pve/virtual-clock";

/**
 * The session of a process that remembers nothing of others. Ended by the signal, it does nothing more; its pauses take no
 * time.
 */
export function loneSession(
  config: Readonly<Record<string, unknown>>,
  report: ReturnType<Parameters<typeof createSession>[0]["reporter"]>,
  signal: AbortSignal = new AbortController().signal,
  clock: Clock = new VirtualClock(),
): Session {
  const session = createSession({
    lifeline: {
      signal,
      hold: (work) => work(),
      assertEngine: async () => signal.throwIfAborted(),
      whenRecorded: () => undefined,
    },
    reporter: () => report,
    env: {},
    open: (options) => connect({ ...options, clock }),
  });
  session.configure({ get: (key) => config[key] });
  return session;
}
