import { isProxmoxError } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

/** No monitor has been made yet: there is nothing to connect to (PVE/RADOS.pm; seen on pve-manager 9.2.11). */
const noMonitors = /rados_connect failed - No such file or directory/;

/** For previews: what another resource of the program makes first is not there yet. */
export async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isProxmoxError(error, "unsupported", "not-found")) return undefined;
    if (isProxmoxError(error, "refused") && noMonitors.test(error.message)) return undefined;
    throw error;
  }
}

/** For looks at what lives below Ceph's configuration: without it there is none; any other failure is thrown. */
export async function ifConfigured<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isProxmoxError(error, "not-found")) return undefined;
    throw error;
  }
}

/** Monitors and managers are made and removed one at a time: each step waits for what the one before has changed. */
export const daemons = "ceph:daemons";

/** ceph.conf as the cluster keeps it. */
export const readConf = async (pve: Pve, node: string): Promise<string> => {
  const text: unknown = await pve.api.nodes.$(node).ceph.cfg.raw.$get();
  if (typeof text !== "string")
    throw new Error(`the answer to what ceph.conf holds is no text; are the endpoints right?`);
  return text;
};
