import fs from "node:fs";
import path from "node:path";
import type { Outcome } from "./replay-session.js";

/** Why an exchange may differ from its recording. */
export const reasons = [
  "host-specific",
  "time-dependent",
  "area out of scope",
  "damaged recording",
  // The simulator is wrong or silent where it should not be.
  "not built yet",
] as const;

/** One of {@link reasons}. */
export type Reason = (typeof reasons)[number];

/** One exchange that differs, and why. */
interface Excuse {
  readonly reason: Reason;
  readonly note: string;
}

const folder = path.join(__dirname, "..", "..", "..", "test", "simulator", "differences");

/**
 * The excused exchanges of a scenario by number: `test/simulator/differences/<scenario>.json`, an object from the
 * exchange's number to its reason and a note. Those of the excerpts are in `excerpts/<file>.json` there.
 */
export function excuses(scenario: string): Map<number, Excuse> {
  const file = path.join(folder, `${scenario}.json`);
  if (!fs.existsSync(file)) return new Map();
  const table = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, Excuse>;
  return new Map(Object.entries(table).map(([n, excuse]) => [Number(n), excuse]));
}

/** Differences that are not excused, and excuses that nothing needs any more. */
export function judge(name: string, outcomes: readonly Outcome[]): { unexcused: string[]; needless: number[] } {
  const excused = excuses(name);
  const different = outcomes.filter(({ differences }) => differences.length > 0);
  const numbers = new Set(different.map(({ exchange }) => exchange.n));
  return {
    unexcused: different
      .filter(({ exchange }) => !excused.has(exchange.n))
      .map(
        ({ exchange: { n, method, path: where }, differences }) =>
          `#${n} ${method} ${where}\n  ${differences.slice(0, 3).join("\n  ")}`,
      ),
    needless: [...excused.keys()].filter((n) => !numbers.has(n)),
  };
}
