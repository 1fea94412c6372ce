import { randomInt } from "node:crypto";
import type { Generated } from "./infisical-secret.model";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** None that a shell, a URL's user part in quotes, or Infisical's own references would take for more than itself. */
const symbols = "!#%*+,-./:;=?@^_~";

/** A value of which nobody knows anything. */
export function generatedValue({ length = 32, symbols: wanted = false }: Generated): string {
  const all = wanted ? letters + symbols : letters;
  return Array.from({ length }, () => all.charAt(randomInt(all.length))).join("");
}
