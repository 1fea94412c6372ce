import { inNetworkOf, oneSpelling, parseAddress, parseCidr } from "../pve/format/cidr";

/** `10.0.0.5/24` -> `10.0.0.5` */
export const addressIn = (cidr: unknown): string | undefined => {
  const address = typeof cidr === "string" ? (cidr.split("/")[0] ?? "") : "";
  return parseAddress(address) === undefined ? undefined : oneSpelling(address);
};

/** Is it that address, or in that network? */
export function networkHas(network: string, address: string): boolean {
  const found = parseAddress(address);
  const cidr = parseCidr(network);
  if (found === undefined) return false;
  return cidr === undefined ? oneSpelling(network) === oneSpelling(address) : inNetworkOf(cidr, found);
}
