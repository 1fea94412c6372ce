import { addressesText, portsText, protocolOf } from "./rule-words";
import { sameRules } from "./rule-meaning";
import type { Rule } from "./rule.model";

type Same = (path: string, wanted: unknown, live: unknown) => boolean;

const spelt: readonly [RegExp, (text: string) => string][] = [
  [/\.(?:source|destination)$/, addressesText],
  [/\.(?:source|destination)Port$/, portsText],
  [/\.protocol$/, (text) => protocolOf(text) ?? text],
  [/\.(?:macro|group|icmpType)$/, (text) => text.toLowerCase()],
  [/\.comment$/, (text) => text.trim()],
];

/** Rules by what they mean, also where the program only spells them otherwise than before. */
export const sameInRules =
  (others: Same): Same =>
  (path, wanted, live) => {
    if (path === "rules")
      return Array.isArray(wanted) && Array.isArray(live) && sameRules(wanted as Rule[], live as Rule[]);
    if (!path.startsWith("rules[]")) return others(path, wanted, live);
    const spell = spelt.find(([form]) => form.test(path))?.[1];
    if (!spell || !isText(wanted) || !isText(live)) return Object.is(wanted, live);
    return spell(String(wanted)) === spell(String(live));
  };

const isText = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";
