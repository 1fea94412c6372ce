import { createHmac } from "node:crypto";

/**
 * What the state keeps of a value: equal for equal values, and of no use for guessing them without the key, which the
 * stack keeps encrypted. Bound to the name, so that two secrets of the same value do not look alike.
 */
export const keyedHash = (key: string, name: string, value: string): string =>
  createHmac("sha256", key).update(`${name}\n${value}`).digest("hex").slice(0, 32);
