import { inNetworkOf, oneSpelling, parseAddress, parseCidr } from "../../pve/format/cidr";
import { below, differing, type InterfaceRow, type Rows } from "./row";

const addressesOf = (row: InterfaceRow): string[] => [row["cidr"], row["cidr6"]].filter((cidr) => cidr !== undefined);
/** The address without its prefix, spelt as all others. */
export const addressIn = (cidr: string): string => oneSpelling(cidr.split("/")[0] ?? "");

/**
 * The interfaces that carry the node's own address, all that they stand on, and what has a default gateway: by these a
 * node is reached. `addresses`: those that it is asked at.
 */
export function pathOf(rows: Rows, addresses: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const row = rows.get(name) ?? {};
    below(name, row).forEach(add);
  };
  for (const [name, row] of rows)
    if (
      addressesOf(row).some((cidr) => addresses.has(addressIn(cidr))) ||
      row["gateway"] !== undefined ||
      row["gateway6"] !== undefined
    )
      add(name);
  return found;
}

/** Why a change may cut the node off, in words; undefined when it cannot. */
export function touchesPath(
  before: Rows,
  after: Rows,
  name: string,
  addresses: ReadonlySet<string>,
): string | undefined {
  const [old, next] = [before.get(name), after.get(name)];
  if (differing(old, next).every((key) => key === "comments")) return undefined;
  if (pathOf(before, addresses).has(name) || pathOf(after, addresses).has(name))
    return `it is on the way by which the node is reached`;
  const networks = addressesOf(next ?? {}).flatMap((cidr) => parseCidr(cidr) ?? []);
  const near = [...addresses].flatMap((address) => parseAddress(address) ?? []);
  if (networks.some((network) => near.some((address) => inNetworkOf(network, address))))
    return "its network is the one by which the node is reached";
  return undefined;
}
