import type { Ssh } from "../../pve";
import { isAddress } from "../../pve/format/address";

/**
 * What is done over SSH for clusters, because the API cannot: no call of it sends a packet from one node to another.
 * Without SSH it is left out, and the row says so.
 */

/** Milliseconds to the address and back, as this node sees it; undefined when nothing comes back. */
export async function roundTrip(
  ssh: Ssh,
  node: string,
  address: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!isAddress(address)) throw new Error("only addresses are asked");
  const { code, stdout } = await ssh.exec(node, ["ping", "-n", "-q", "-c", "2", "-W", "2", address], { signal });
  const [, average] = /^rtt [\w/]+ = [\d.]+\/([\d.]+)\//m.exec(stdout) ?? [];
  return code === 0 && average !== undefined ? Number(average) : undefined;
}
