import { addressAfter, inNetworkOf, parseCidr } from "../pve/format/cidr";

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

/** The address of the VM with number n: by pattern, or counted on from the first one within its network. */
export function addressFor(text: string, n: number): { value: string } | { problem: string } {
  if (isPattern(text)) {
    const value = expand(text, n);
    if (value === "dhcp" || value === "auto" || parseCidr(value)) return { value };
    return { problem: `${value} is no address with prefix length; the pattern ${text} runs out of its part` };
  }
  const first = parseCidr(text);
  if (!first) return { value: text };
  const address = addressAfter(first.address, n - 1);
  if (!address || !inNetworkOf(first, address)) {
    const shown = address?.toString() ?? "beyond all addresses";
    return { problem: `${shown} is outside of the network of ${text}; begin lower, or take a larger network` };
  }
  return { value: `${address.toString()}/${first.prefix}` };
}
