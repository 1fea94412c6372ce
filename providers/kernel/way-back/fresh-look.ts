import { isProxmoxError, type Connection } from "../../../pve";

/** One request of a look: what takes longer counts as no answer. */
export const patienceMs = 10_000;

/** The connection for one look at who answers: asked once, and not for long. */
export const patient = (connection: Connection, signal: AbortSignal): Connection => {
  const bounded = connection.with({ signal, timeoutMs: patienceMs });
  return { ...bounded, transport: bounded.transport.with({ retry: false }) };
};

/** What ended a look; whoever ends the whole operation is no answer of a node's. */
export function reasonOf(error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted();
  if (!isProxmoxError(error)) throw error;
  return error.message;
}
