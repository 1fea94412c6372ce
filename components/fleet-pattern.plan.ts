import net from "node:net";

const placeholder = /\{n(?:([+-])(\d+))?(?::0?(\d+))?\}/g;

/** Whether a text holds `{n}`, and so differs from VM to VM. */
export const isPattern = (text: string): boolean => text.includes("{");

/** What is wrong with a pattern, if anything. */
export function patternProblem(text: string): string | undefined {
  const rest = text.replace(placeholder, "");
  return /[{}]/.test(rest)
    ? "has braces that mean nothing; write {n}, {n:02} (at least two digits) or {n+20} (counting from 21)"
    : undefined;
}

/** `web-{n:02}` for n = 3: `web-03`. */
export function expand(text: string, n: number): string {
  return text.replace(
    placeholder,
    (_, sign: string | undefined, offset: string | undefined, width: string | undefined) => {
      const value = n + (offset === undefined ? 0 : Number(`${sign}${offset}`));
      return String(value).padStart(Number(width ?? 0), "0");
    },
  );
}

/** An address with its network: `10.0.0.5/24`. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly value: bigint;
  readonly prefix: number;
}

export function parseCidr(text: string): Cidr | undefined {
  const [address = "", prefix = "", ...rest] = text.split("/");
  const family = net.isIP(address);
  if ((family !== 4 && family !== 6) || rest.length > 0 || !/^\d+$/.test(prefix)) return undefined;
  const bits = Number(prefix);
  return bits >= 1 && bits <= widthOf(family) ? { family, value: addressValue(address), prefix: bits } : undefined;
}

const widthOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

/** An address as a number; the same for every spelling of it. */
export function addressValue(address: string): bigint {
  if (net.isIPv4(address)) return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const tail = dotted ? addressValue(dotted[2] as string) : 0n;
  const text = dotted ? `${dotted[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}` : address;
  const [head = "", rest] = text.split("::") as [string, string?];
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [left, right] = [groups(head), groups(rest ?? "")];
  const zeros = rest === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

export function addressText(value: bigint, family: 4 | 6): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  // The longest run of zeros is left out, as RFC 5952 asks for.
  const runs = [...groups.join(":").matchAll(/(?:^|:)(?:0(?::|$)){2,}/g)].sort((a, b) => b[0].length - a[0].length);
  const [longest] = runs;
  const whole = groups.join(":");
  return longest ? `${whole.slice(0, longest.index)}::${whole.slice(longest.index + longest[0].length)}` : whole;
}

/** Why an IPv4 address cannot be a machine's own: it names the network, or everybody in it. */
export function unusable({ family, value, prefix }: Cidr): string | undefined {
  if (family === 6 || prefix >= 31) return undefined;
  const size = 1n << BigInt(32 - prefix);
  if (value % size === 0n) return "is the address of the network itself";
  return value % size === size - 1n ? "is the broadcast address of its network" : undefined;
}

/** The address of the VM with number n: by pattern, or counted on from the first one within its network. */
export function addressFor(text: string, n: number): { value: string } | { problem: string } {
  if (isPattern(text)) {
    const value = expand(text, n);
    if (value === "dhcp" || value === "auto" || parseCidr(value)) return { value };
    return { problem: `${value} is no address with prefix length; the pattern ${text} runs out of its part` };
  }
  const first = parseCidr(text);
  if (!first) return { value: text };
  const value = first.value + BigInt(n - 1);
  const size = 1n << BigInt(widthOf(first.family) - first.prefix);
  const shown = value >> BigInt(widthOf(first.family)) ? "beyond all addresses" : addressText(value, first.family);
  if (value / size !== first.value / size)
    return { problem: `${shown} is outside of the network of ${text}; begin lower, or take a larger network` };
  return { value: `${shown}/${first.prefix}` };
}
