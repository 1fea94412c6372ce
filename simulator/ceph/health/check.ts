import type { Ceph } from "../ceph.js";

/** A health check as Ceph words it. */
export interface Check {
  readonly code: string;
  readonly severity: "HEALTH_WARN" | "HEALTH_ERR";
  readonly message: string;
  readonly count: number;
  readonly detail: readonly string[];
}

export type HealthChecks = (ceph: Ceph) => readonly Check[];

export const warning = (code: string, message: string, count: number, detail: readonly string[] = []): Check => ({
  ...{ code, severity: "HEALTH_WARN", message, count, detail },
});

export const failure = (code: string, message: string, count: number, detail: readonly string[] = []): Check => ({
  ...warning(code, message, count, detail),
  severity: "HEALTH_ERR",
});
