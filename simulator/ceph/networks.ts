import type { NodeState } from "../world/world.js";

const number = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

function contains(network: string, address: string): boolean {
  const [base = "", bits = "32"] = network.split("/");
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(base) / size) === Math.floor(number(address) / size);
}

/** The IPv4 addresses of a node in a network, or all of them. */
export function addressesIn(node: NodeState, network: string | undefined): string[] {
  const found = [...node.network.interfaces.matchAll(/^\s+address\s+([\d.]+)(?:\/\d+)?\s*$/gm)].map(
    (match) => match[1] ?? "",
  );
  const all = [...new Set([...found, node.address])];
  if (network === undefined) return all;
  const networks = network.split(/[,\s]+/);
  return all.filter((address) => networks.some((each) => contains(each, address)));
}
