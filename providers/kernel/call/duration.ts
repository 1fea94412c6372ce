const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Is this a duration as `timeouts` takes it: a number with a unit, such as "90s", "15m", "1h", "30d"? */
export const isDuration = (text: string): boolean => pattern.test(text);

/** A duration such as "90s", "15m", "1h", "30d" in milliseconds. */
export function milliseconds(text: string): number {
  const [, amount, unit] = pattern.exec(text) ?? [];
  if (amount === undefined || unit === undefined) throw new RangeError(`not a duration: ${text}; write e.g. "15m"`);
  return Number(amount) * (units[unit] as number);
}
