import net from "node:net";
import { isAddress } from "../../../pve/format/address";

import { addressRange } from "../../../pve/format/address-range";
import type { Pve } from "../../kernel/session/pve-session";

const patienceMs = 10_000;

/**
 * The addresses from which this program talks, as a node sees them: over SSH what its daemon tells, which holds also
 * behind an address translation; else the end of a connection to each endpoint. A tunnel ends on the node itself, whose
 * own traffic no firewall filters.
 */
export async function ownAddresses(pve: Pve, node: string): Promise<string[]> {
  const { ssh, connection } = pve.process;
  if (ssh) {
    const text = await ssh.run(node, ["printenv", "SSH_CONNECTION"], {
      signal: pve.signal,
      timeoutMs: patienceMs,
    });
    return outside([text.trim().split(" ")[0] ?? ""]);
  }
  const found: string[] = [];
  for (const origin of connection.origins) found.push(await localEnd(new URL(origin)));
  return outside(found);
}

const outside = (addresses: readonly string[]): string[] => [
  ...new Set(
    addresses
      .map((address) => address.replace(/^::ffff:/i, "").replace(/%.*$/, ""))
      .filter((address) => isAddress(address) && !isLoopback(address)),
  ),
];

function isLoopback(address: string): boolean {
  const one = addressRange(address);
  const loopback = addressRange(one?.family === 6 ? "::1" : "127.0.0.0/8");
  return one !== undefined && loopback !== undefined && loopback.from <= one.from && one.from <= loopback.to;
}

/** The own address of a connection that is made for this alone; "" when nobody answers there. */
function localEnd({ hostname, port }: URL): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port || 8006),
      timeout: patienceMs,
    });
    const end = (address: string): void => {
      socket.destroy();
      resolve(address);
    };
    socket.once("connect", () => end(socket.localAddress ?? ""));
    socket.once("error", () => end(""));
    socket.once("timeout", () => end(""));
  });
}
