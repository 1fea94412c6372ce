import { advices } from "../autoscaler.js";
import type { Ceph } from "../ceph.js";
import { shown, type Answer } from "./command.js";

/** `osd pool autoscale-status`, as JSON and as the module prints its table (recording 10). */
export function autoscaleStatus(ceph: Ceph): Answer {
  return shown(
    advices(ceph).map((advice) => ({
      actual_capacity_ratio: advice.capacity > 0 ? (advice.used * advice.pool.size) / advice.capacity : 0,
      ...{
        actual_raw_used: advice.used * advice.pool.size,
        bias: advice.bias,
        bulk: advice.pool.flags.includes("bulk"),
      },
      ...{ capacity_ratio: advice.ratio, crush_root_id: -1, effective_target_ratio: advice.effectiveTargetRatio },
      ...{ logical_used: advice.used, pg_autoscale_mode: advice.pool.autoscale, pg_num_final: advice.final },
      ...{ pg_num_ideal: advice.ideal, pg_num_target: advice.pool.pgNumTarget, pool_id: advice.pool.id },
      ...{ pool_name: advice.pool.name, raw_used: advice.used * advice.pool.size, raw_used_rate: advice.pool.size },
      ...{ subtree_capacity: advice.capacity, target_bytes: advice.targetBytes, target_ratio: advice.targetRatio },
      would_adjust: advice.wouldAdjust,
    })),
    autoscalePlain(ceph),
  );
}

/** Columns as wide as what is in them; without pools nothing (recording 10). */
function autoscalePlain(ceph: Ceph): string {
  const heads = [
    ...["POOL", "SIZE", "TARGET SIZE", "RATE", "RAW CAPACITY", "RATIO", "TARGET RATIO", "EFFECTIVE RATIO", "BIAS"],
    ...["PG_NUM", "NEW PG_NUM", "AUTOSCALE", "BULK"],
  ];
  const rows = advices(ceph).map((advice) => [
    ...[advice.pool.name, binary(advice.used), advice.targetBytes > 0 ? binary(advice.targetBytes) : ""],
    ...[advice.pool.size.toFixed(1), binary(advice.capacity), advice.ratio.toFixed(4)],
    advice.targetRatio > 0 ? advice.targetRatio.toFixed(4) : "",
    ...[advice.effectiveTargetRatio > 0 ? advice.effectiveTargetRatio.toFixed(4) : "", advice.bias.toFixed(1)],
    ...[String(advice.pool.pgNumTarget), advice.wouldAdjust ? String(advice.final) : "", advice.pool.autoscale],
    advice.pool.flags.includes("bulk") ? "True" : "False",
  ]);
  if (rows.length === 0) return "";
  const left = ["POOL", "AUTOSCALE", "BULK"];
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? "").length)));
  return [heads, ...rows]
    .map((row) =>
      row
        .map((cell, at) =>
          left.includes(heads[at] ?? "") ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
        )
        .join("  "),
    )
    .map((line) => `${line}  \n`)
    .join("");
}

/** Up to five digits before the next unit, six signs wide; bytes have a blank for their unit. */
function binary(bytes: number): string {
  const units = [" ", "k", "M", "G", "T", "P"];
  let [value, unit] = [bytes, 0];
  while (value >= 100_000 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${Math.round(value)}${units[unit]}`.padStart(6);
}
