import fs from "node:fs";
import path from "node:path";

/** Why an exchange may differ from its recording. */
export type Reason = "host-specific" | "time-dependent" | "area out of scope" | "damaged recording";

/** One exchange that differs, and why. */
export interface Excuse {
  readonly reason: Reason;
  readonly note: string;
}

const folder = path.join(__dirname, "..", "..", "..", "test", "simulator", "differences");

/**
 * The excused exchanges of a scenario by number: `test/simulator/differences/<scenario>.json`, an object from the
 * exchange's number to its reason and a note.
 */
export function excuses(scenario: string): Map<number, Excuse> {
  const file = path.join(folder, `${scenario}.json`);
  if (!fs.existsSync(file)) return new Map();
  const table = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, Excuse>;
  return new Map(Object.entries(table).map(([n, excuse]) => [Number(n), excuse]));
}
