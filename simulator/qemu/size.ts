const UNITS = ["", "K", "M", "G", "T"] as const;

/** Bytes of a size such as `10G` or `3.5M`; undefined when it is none (PVE::JSONSchema `parse_size`). */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT])?$/.exec(text);
  if (!match) return undefined;
  const power = UNITS.indexOf((match[2] ?? "") as (typeof UNITS)[number]);
  return Math.floor(Number(match[1]) * 1024 ** power);
}

/** The largest unit that divides the size: 1536 stays `1536`, and 0 is `0T` (PVE::JSONSchema `format_size`). */
export function formatSize(bytes: number): string {
  let rest = bytes;
  let unit = 0;
  while (unit < UNITS.length - 1 && rest % 1024 === 0) {
    rest /= 1024;
    unit++;
  }
  return `${rest}${UNITS[unit] as string}`;
}

/** A size as progress lines print it: `64.0 MiB` (PVE::Format `render_bytes`). */
export function renderBytes(bytes: number): string {
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < names.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${fixed(value, 1)} ${names[unit] as string}`;
}

/** A number with so many decimals, ties to even as C's printf has it: 3.125 is `3.12`. */
export function fixed(value: number, digits: number): string {
  // toFixed is exact but rounds ties up; a double that is a tie has no digits beyond the 20 printed
  const exact = value.toFixed(20);
  const cut = exact.length - 20 + digits;
  const isTie = /^50*$/.test(exact.slice(cut));
  const even = Number(exact[cut - 1] === "." ? exact[cut - 2] : exact[cut - 1]) % 2 === 0;
  return isTie && even ? exact.slice(0, digits === 0 ? cut - 1 : cut) : value.toFixed(digits);
}
