import net from "node:net";

/** The number of an address, and how many bits those of its family have; undefined for anything else. */
export function numberOf(text: string): { value: bigint; bits: number } | undefined {
  if (net.isIPv4(text)) return { value: joined(text.split("."), 8n, 10), bits: 32 };
  if (!net.isIPv6(text) || text.includes("%")) return undefined;
  const [head = "", tail] = fourToTwo(text).split("::");
  const groups = (part: string | undefined): string[] => (part ? part.split(":") : []);
  const [left, right] = [groups(head), groups(tail)];
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return { value: joined([...left, ...zeros, ...right], 16n, 16), bits: 128 };
}

const joined = (parts: readonly string[], bits: bigint, radix: number): bigint =>
  parts.reduce((sum, part) => (sum << bits) + BigInt(Number.parseInt(part, radix)), 0n);

/** `::ffff:10.0.0.1` with hexadecimal groups only. */
const fourToTwo = (text: string): string =>
  text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(":"),
  );

/** Whether two texts are one address. */
export function sameAddress(one: string, other: string): boolean {
  const [left, right] = [numberOf(one), numberOf(other)];
  return left !== undefined && right !== undefined && left.bits === right.bits && left.value === right.value;
}

/** The prefix length of a network (`10.0.0.1/24`, `fd00::1/64`) that an address is in; undefined when it is not. */
export function prefixWith(cidr: string, address: string): number | undefined {
  const [own = "", length = ""] = cidr.split("/");
  const [left, right, prefix] = [numberOf(own), numberOf(address), Number(length)];
  if (left === undefined || right === undefined || left.bits !== right.bits) return undefined;
  const rest = BigInt(Math.max(0, left.bits - prefix));
  return left.value >> rest === right.value >> rest ? prefix : undefined;
}
