import { wire, type Ssh } from "../../pve";
import { isAddress } from "../../pve/format/address";

/**
 * What is done over SSH for clusters, because the API cannot: no call of it sends a packet from one node to another,
 * or tells the addresses that a node got by DHCP.
 * Without SSH it is left out, and the row says so.
 */

/** What it prints is read, so that it has to be English. */
const pinging = (address: string): readonly string[] => [
  ...["env", "LC_ALL=C", "ping", "-n", "-q", "-c", "2", "-W", "2"],
  address,
];

/** Milliseconds to the address and back, as this node sees it; undefined when nothing comes back. */
export async function roundTrip(
  ssh: Ssh,
  node: string,
  address: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!isAddress(address)) throw new Error("only addresses are asked");
  const { code, stdout } = await ssh.exec(node, pinging(address), { signal });
  const [, average] = /^rtt [\w/]+ = [\d.]+\/([\d.]+)\//m.exec(stdout) ?? [];
  return code === 0 && average !== undefined ? Number(average) : undefined;
}

/** Does something answer there? Only a look that was made, and brought nothing back, says no. */
export async function answersPing(ssh: Ssh, node: string, address: string, signal: AbortSignal): Promise<boolean> {
  if (!isAddress(address)) throw new Error(`${JSON.stringify(address)} is no address, and cannot be tried`);
  const { code, stdout, stderr } = await ssh.exec(node, pinging(address), { signal });
  if (code === 0) return true;
  if (code === 1 && /\b0 received\b/.test(stdout)) return false;
  throw new Error(
    `whether something answers at ${address} cannot be told from ${node}: ping ended with ${code}: ${stderr.trim() || stdout.trim()}`,
  );
}

/** Addresses that the node has at this moment, wherever it got them. */
export async function addressesOn(ssh: Ssh, node: string, signal: AbortSignal): Promise<string[]> {
  const links = wire.list(JSON.parse(await ssh.run(node, ["ip", "-j", "addr"], { signal })) as unknown);
  return links.flatMap((link) => wire.list(link["addr_info"]).flatMap((row) => wire.string(row["local"]) ?? []));
}
