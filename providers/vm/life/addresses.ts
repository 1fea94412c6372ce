import net from "node:net";
import { isAddress, isProxmoxError, sshCommand as logIn } from "../../../pve";
import { parseAddress } from "../../../pve/format/cidr";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { staticAddresses, type VmConfig } from "../config/vm-config";
import type { Place } from "../place";

interface AgentInterface {
  readonly name?: string;
  readonly "hardware-address"?: string;
  readonly "ip-addresses"?: readonly { readonly "ip-address"?: string; readonly "ip-address-type"?: string }[];
}

/** Addresses that others can reach: no loopback, no link-local ones, and nothing else that a guest may have said. */
function reachable(interfaces: readonly AgentInterface[]): string[] {
  return interfaces
    .filter(({ name, "hardware-address": mac }) => name !== "lo" && mac !== "00:00:00:00:00:00")
    .flatMap((nic) => nic["ip-addresses"] ?? [])
    .map((address) => address["ip-address"])
    .filter(isAddress)
    .filter((ip) => !["loopback", "linkLocal"].includes(parseAddress(ip)?.range() ?? ""));
}

/** What the guest agent answers, or why there is no answer yet. */
async function askAgent(pve: Pve, { node, vmid }: Place): Promise<readonly unknown[] | string> {
  try {
    const { result } = await pve.api.nodes.$(node).qemu.$(vmid).agent.$("network-get-interfaces").$get();
    return Array.isArray(result) ? (result as unknown[]) : "the guest agent gave no list";
  } catch (error) {
    if (isProxmoxError(error, "refused", "not-found", "unavailable", "timeout")) return error.message;
    throw error;
  }
}

/** The addresses that a guest's agent tells right now; none when there is no agent that answers. */
export async function addressesNow(pve: Pve, at: Place): Promise<string[]> {
  const reply = await askAgent(pve, at);
  return typeof reply === "string" ? [] : reachable(reply as AgentInterface[]);
}

/**
 * The guest's addresses as its agent tells them, after a bounded wait. A guest without a running agent is no error:
 * it has no known addresses then, and the row says so.
 */
export async function waitForAddresses(
  pve: Pve,
  call: Call,
  at: { node: string; vmid: number },
  longestMs: number,
): Promise<string[]> {
  if (longestMs <= 0) return [];
  try {
    return await pve.until(
      `the guest agent of VM ${at.vmid} tells addresses`,
      async () => {
        const reply = await askAgent(pve, at);
        if (typeof reply === "string") return { pending: reply };
        const ips = reachable(reply as AgentInterface[]);
        return ips.length > 0 ? { done: ips } : { pending: "the guest has no address yet" };
      },
      Math.min(longestMs, call.remainingMs()),
      "boot",
    );
  } catch (error) {
    if (!pve.isTimeout(error)) throw error;
    call.report.warn(`VM ${at.vmid}: ${(error as Error).message}; its addresses stay unknown until the next change`);
    return [];
  }
}

/** How to log in: at the first address that the agent told, else at the static one; IPv4 before IPv6. */
export function sshCommand(guest: VmConfig, ips: readonly string[] | undefined): string | undefined {
  const known = ips && ips.length > 0 ? ips : staticAddresses(guest);
  const address = known.find((ip) => net.isIPv4(ip)) ?? known[0];
  return logIn(address, guest.config["ciuser"]);
}

/** Earlier releases have put into the state whatever a guest reported. */
export const holdsForeignText = ({
  ips = [],
  ssh,
}: {
  readonly ips?: readonly unknown[];
  readonly ssh?: unknown;
}): boolean =>
  !ips.every(isAddress) || (ssh !== undefined && (typeof ssh !== "string" || logIn(...parts(ssh)) !== ssh));

/** `ssh user@address` -> address, user. */
const parts = (command: string): [string, string | undefined] => {
  const [, user, address = ""] = /^ssh (?:([^@]*)@)?([^@]*)$/.exec(command) ?? [];
  return [address, user];
};
