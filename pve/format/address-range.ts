import { parseAddress, parseCidr } from "./cidr";

/** Addresses from one to another, as numbers. */
interface AddressRange {
  readonly family: 4 | 6;
  readonly from: bigint;
  readonly to: bigint;
}

type Address = NonNullable<ReturnType<typeof parseAddress>>;

const numberOf = (address: Address): bigint =>
  address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

const familyOf = (address: Address): 4 | 6 => (address.kind() === "ipv4" ? 4 : 6);

/** An address, a network (`10.0.0.0/24`, `::/0`) or a range (`10.0.0.1-10.0.0.9`); undefined for anything else. */
export function addressRange(text: string): AddressRange | undefined {
  const [first = "", last, ...rest] = text.split("-");
  if (rest.length > 0) return undefined;
  if (last !== undefined) {
    const [from, to] = [parseAddress(first), parseAddress(last)];
    if (!from || !to || from.kind() !== to.kind()) return undefined;
    const range = { family: familyOf(from), from: numberOf(from), to: numberOf(to) };
    return range.from <= range.to ? range : undefined;
  }
  const single = parseAddress(text);
  if (single) return { family: familyOf(single), from: numberOf(single), to: numberOf(single) };
  // All addresses: a prefix of no bits.
  const [address = "", length] = text.split("/");
  const any = length !== undefined && /^0+$/.test(length) ? parseAddress(address) : undefined;
  if (any) return { family: familyOf(any), from: 0n, to: (1n << BigInt(any.toByteArray().length * 8)) - 1n };
  const cidr = parseCidr(text);
  if (!cidr) return undefined;
  const size = 1n << BigInt((cidr.family === 4 ? 32 : 128) - cidr.prefix);
  const from = (numberOf(cidr.address) / size) * size;
  return { family: cidr.family, from, to: from + size - 1n };
}
