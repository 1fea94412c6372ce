import { isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import { Pve } from "../kernel/session/pve-session";
import { standing } from "./cluster-view";

/** So long an endpoint may take to say who it is. */
const ANSWER_MS = 15_000;

/** Who answers at an endpoint, or why nobody does. */
interface Answerer {
  readonly origin: string;
  readonly local?: string;
  readonly silent?: string;
}

/**
 * Who answers at each of several endpoints: a connection goes on with another one when one fails, and a name does not
 * tell which node it leads to. A single one is who answers anyway.
 */
export async function answerers(call: Call, pve: Pve): Promise<readonly Answerer[]> {
  const { connection } = pve.process;
  if (connection.origins.length < 2) return [];
  return Promise.all(
    connection.origins.map(async (origin) => {
      const alone = connection.afresh(origin);
      try {
        const timeoutMs = Math.min(ANSWER_MS, call.remainingMs());
        return { origin, local: (await standing(alone.with({ signal: call.signal, timeoutMs }))).local };
      } catch (error) {
        if (!isProxmoxError(error)) throw error;
        return { origin, silent: error.message };
      } finally {
        alone.close();
      }
    }),
  );
}

/** Works with one node over a connection that leads to it alone, once it has said there that it is that node. */
export async function atNode(call: Call, pve: Pve, name: string, work: (own: Pve) => Promise<void>): Promise<void> {
  const { connection } = pve.process;
  const others: string[] = [];
  for (const origin of connection.origins) {
    const alone = connection.afresh(origin);
    try {
      const own = new Pve(alone.with({ signal: call.signal, timeoutMs: call.remainingMs() }), {
        ...pve.process,
        connection: alone,
      });
      const local = await localOr(own, connection.origins.length > 1);
      if (local === name) return await work(own);
      others.push(`${origin} (${local ?? "no answer"})`);
    } finally {
      alone.close();
    }
  }
  throw new Error(
    `${name} answers at none of proxmox:endpoints, which are ${others.join(", ")}; nothing was done. Leave there the address of ${name} alone until all have joined`,
  );
}

/** Where there are other endpoints the next one is asked. */
async function localOr(own: Pve, goesOn: boolean): Promise<string | undefined> {
  try {
    return (await standing(own)).local;
  } catch (error) {
    if (goesOn && isProxmoxError(error, "unavailable", "timeout")) return undefined;
    throw error;
  }
}
