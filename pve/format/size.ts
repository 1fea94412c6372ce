/** Bytes of one unit; Proxmox's units are binary, whatever they are called. */
const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40, P: 2 ** 50 };

/**
 * `32G`, `3584M`, `1.5T`, `512 MiB`, `1024` (bytes) to bytes, as PVE/JSONSchema.pm parse_size does (which knows the
 * bare letters only). Undefined for anything else.
 */
export function parseSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([KMGTP]?)(?:i?B)?\s*$/i.exec(text);
  const unit = UNITS[(match?.[2] ?? "").toUpperCase()];
  if (!match || unit === undefined) return undefined;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : undefined;
}

/** Bytes in the largest unit that is exact: 34359738368 -> `32G` (PVE/JSONSchema.pm format_size). */
export function printSize(bytes: number): string {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`${bytes} is no size in bytes`);
  let [size, unit] = [bytes, ""];
  // Up to T: the disk-size format has no larger unit.
  for (const next of ["K", "M", "G", "T"]) {
    if (size === 0 || size % 1024 !== 0) break;
    [size, unit] = [size / 1024, next];
  }
  return `${size}${unit}`;
}
