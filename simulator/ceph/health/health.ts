import type { Ceph } from "../ceph.js";
import type { Check } from "./check.js";
import { monitorChecks } from "./monitors.js";
import { osdChecks } from "./osds.js";
import { pgChecks } from "./pgs.js";
import { fileSystemChecks, poolChecks } from "./pools.js";

interface Health {
  readonly status: "HEALTH_OK" | "HEALTH_WARN" | "HEALTH_ERR";
  readonly checks: readonly Check[];
  readonly muted: readonly string[];
}

/** What is wrong now, in the order of the codes; what is muted counts for nothing. */
export function healthOf(ceph: Ceph): Health {
  // what managers reported stays when there is none any more
  const found = [monitorChecks, osdChecks, pgChecks, poolChecks, fileSystemChecks].flatMap((checks) => checks(ceph));
  const checks = [...found].sort((a, b) => (a.code < b.code ? -1 : 1));
  const muted = ceph.cluster.mutes
    .filter(
      ({ code, until }) => (until === undefined || until > ceph.now) && checks.some((check) => check.code === code),
    )
    .map(({ code }) => code);
  const counted = checks.filter(({ code }) => !muted.includes(code));
  const isError = counted.some(({ severity }) => severity === "HEALTH_ERR");
  return { status: isError ? "HEALTH_ERR" : counted.length > 0 ? "HEALTH_WARN" : "HEALTH_OK", checks, muted };
}

export function healthJson(ceph: Ceph, detail: boolean): Record<string, unknown> {
  const { status, checks, muted } = healthOf(ceph);
  return {
    status,
    checks: Object.fromEntries(
      checks.map(({ code, severity, message, count, detail: lines }) => [
        code,
        {
          ...{ severity, summary: { message, count } },
          ...(detail ? { detail: lines.map((text) => ({ message: text })) } : {}),
          muted: muted.includes(code),
        },
      ]),
    ),
    mutes: ceph.cluster.mutes
      .filter(({ code }) => muted.includes(code))
      .map(({ code, sticky }) => {
        const check = checks.find((each) => each.code === code);
        return { code, sticky, summary: check?.message ?? "", count: check?.count ?? 0 };
      }),
  };
}

/** One line, and with details two more levels. */
export function healthText(ceph: Ceph, detail: boolean): string {
  const { status, checks, muted } = healthOf(ceph);
  const counted = checks.filter(({ code }) => !muted.includes(code));
  const summary = counted.map(({ message }) => message).join("; ");
  const mutes = ceph.cluster.mutes
    .filter(({ code }) => muted.includes(code))
    .map(({ code, until }) => `${code}${until === undefined ? "" : `(${span(until - ceph.now)})`}`);
  const head = `${status}${summary === "" ? "" : ` ${summary}`}${mutes.length > 0 ? ` (muted: ${mutes.join(" ")})` : ""}\n`;
  if (!detail) return head;
  const lines = counted.map(
    ({ code, severity, message, detail: more }) =>
      `[${severity === "HEALTH_ERR" ? "ERR" : "WRN"}] ${code}: ${message}\n${more.map((line) => `    ${line}\n`).join("")}`,
  );
  return head + lines.join("");
}

const span = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  return seconds < 120 ? `${seconds}s` : `${Math.floor(seconds / 60)}m`;
};
