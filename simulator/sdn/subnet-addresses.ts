import net from "node:net";
import { numberOf, prefixWith } from "../network/prefixes.js";

/** What the id of a subnet says: `zone-10.0.0.0-24`. */
export function partsOfSubnet(id: string): { zone: string; network: string; mask: string; cidr: string } {
  const [zone = "", network = "", mask = ""] = id.split("-");
  return { zone, network, mask, cidr: `${network}/${mask}` };
}

export const isIn = (cidr: string, address: string): boolean => prefixWith(cidr, address) !== undefined;

export const isIpv4 = (address: string): boolean => net.isIPv4(address);

/** The one way to write an address (`canon` of NetAddr::IP). */
export function canonical(address: string): string {
  const number = numberOf(address);
  return number === undefined ? address : textOf(number.value, number.bits);
}

export function valueOf(address: string): bigint {
  return numberOf(address)?.value ?? 0n;
}

/** The addresses of a range, one after the other. */
export function* between(first: string, last: string): Generator<string> {
  const [from, to] = [numberOf(first), numberOf(last)];
  if (!from || !to) return;
  for (let value = from.value; value <= to.value; value++) yield textOf(value, from.bits);
}

/** The first and the last address of a network; of IPv4 the network's own is left out. */
export function spanOf(cidr: string): { first: string; last: string } {
  const [network = "", mask = "0"] = cidr.split("/");
  const number = numberOf(network) ?? { value: 0n, bits: 32 };
  const rest = BigInt(number.bits - Number(mask));
  const base = (number.value >> rest) << rest;
  const last = base + (1n << rest) - 1n;
  const skip = number.bits === 32 && rest > 0n ? 1n : 0n;
  return { first: textOf(base + skip, number.bits), last: textOf(last - skip, number.bits) };
}

function textOf(value: bigint, bits: number): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(16 * (7 - index))) & 0xffffn).toString(16));
  // the URL standard's writer shortens as RFC 5952 says
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
