import type { Call, Json } from "../call.js";

const minute = 60;

/** Seconds between two values and their number, by time frame (PVE/RRD.pm, RRDs of Proxmox VE 9). */
const frames: Readonly<Record<string, readonly [step: number, count: number]>> = {
  hour: [minute, 70],
  day: [minute, 1440],
  week: [30 * minute, 336],
  month: [30 * minute, 1440],
  year: [6 * 60 * minute, 1440],
  decade: [7 * 24 * 60 * minute, 570],
};

/** Statistics without any values: times only, as before the first measurement. */
export function emptyRrd(call: Call): Json {
  const [step, count] = frames[call.text("timeframe")] ?? [minute, 70];
  const end = Math.floor(call.clock.seconds() / step) * step;
  return Array.from({ length: count }, (_, index) => ({ time: end - (count - index) * step }));
}
