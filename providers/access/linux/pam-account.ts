import { isProxmoxError } from "../../../pve";
import { isMade, onNode } from "../../checks/made-here";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { accountsOnNode } from "./account-commands";

/**
 * Proxmox makes a user of the realm pam without asking whether there is such an account; whoever then signs in on a node
 * without it is refused. Told in a preview, where SSH is configured; a node that cannot be asked is no node without it.
 */
export async function warnWithoutAccount(pve: Pve, call: Call, userId: string): Promise<void> {
  const [, name] = /^(.+)@pam$/.exec(userId) ?? [];
  if (name === undefined || call.inputs["__preview"] !== true || !pve.process.ssh) return;
  const nodes = (await pve.snapshot.nodes()).filter(({ status }) => status === "online").map(({ node }) => node);
  const lacking = await Promise.all(nodes.map(async (node) => ((await lacks(pve, call, node, name)) ? [node] : [])));
  const without = lacking.flat().sort();
  if (without.length === 0) return;
  call.report.warn(
    `there is no Linux account ${name} on ${without.join(", ")}: ${userId} cannot sign in with a password there; ` +
      "a SystemUser makes one",
  );
}

async function lacks(pve: Pve, call: Call, node: string, name: string): Promise<boolean> {
  if (isMade(pve, "account", onNode(node, name))) return false;
  try {
    return !(await accountsOnNode(pve, call, node).isKnown(name));
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return false;
  }
}
