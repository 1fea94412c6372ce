import assert from "node:assert/strict";
import type { CommandResult } from "./stack";

/** What the engine counted, without zeros. */
export const counts = (result: CommandResult): Record<string, number> =>
  Object.fromEntries(Object.entries(result.changeSummary).filter(([, count]) => count > 0));

/** The result of a command that must have succeeded. */
export function ok(result: CommandResult): CommandResult {
  assert.equal(result.code, 0, result.stdout + result.stderr);
  return result;
}

/** All that a command that must have failed printed. */
export function failed(result: CommandResult): string {
  assert.notEqual(result.code, 0, result.stdout);
  return result.stdout + result.stderr;
}
