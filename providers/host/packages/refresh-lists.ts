import { isProxmoxError } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { refusedRepositories } from "./enterprise";

/** `apt-get update`, as a task of Proxmox's. */
export async function refreshLists(pve: Pve, call: Call, node: string): Promise<void> {
  try {
    await pve.task(call, `refreshing the package lists of node ${node}`, () =>
      pve.api.nodes.$(node).apt.update.$post(),
    );
  } catch (error) {
    if (!isProxmoxError(error, "task-failed")) throw error;
    throw new Error(
      `the package lists of node ${node} cannot be refreshed: ${error.message}. ${await reason(pve, node, error.message)}`,
      { cause: error },
    );
  }
}

/** Names the repository where that can be told: the error itself is never lost over it. */
async function reason(pve: Pve, node: string, printed: string): Promise<string> {
  const otherwise =
    "A repository that is enabled may not let the node in, as the enterprise ones do without a subscription: switch it off " +
    "(AptRepository with enabled: false)";
  try {
    return (await refusedRepositories(pve, node, printed)) ?? otherwise;
  } catch (failed) {
    if (!isProxmoxError(failed)) throw failed;
    return `${otherwise}; which ones there are cannot be read: ${failed.message}`;
  }
}
