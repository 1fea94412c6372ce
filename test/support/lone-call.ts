import assert from "node:assert/strict";
import type { Call } from "../../providers/kernel/call/call";
import { silentReport } from "./silent-report";

/** The call of a resource of that name, of which nobody reads the rows. */
export const loneCall = (name: string, signal: AbortSignal): Call => ({
  ...{ operation: "update", urn: `urn::${name}`, inputs: {}, mark: name.padEnd(24, "0"), signal },
  remainingMs: () => 900_000,
  report: silentReport(),
  changes: { sent: 0 },
  safePoint: async () => undefined,
  whenRecorded: () => undefined,
});

export const reasonOf = (result: PromiseSettledResult<unknown> | undefined): string =>
  result?.status === "rejected" ? (result.reason as Error).message : assert.fail("was not rejected");
