import type { Call, Json } from "../call.js";

const minute = 60;

/** Seconds between two values and their number, by time frame (PVE/RRD.pm, RRDs of Proxmox VE 9). */
const frames: Readonly<Record<string, readonly [step: number, count: number]>> = {
  hour: [minute, 60],
  day: [minute, 1440],
  week: [30 * minute, 336],
  month: [30 * minute, 1440],
  year: [6 * 60 * minute, 1440],
  decade: [7 * 24 * 60 * minute, 570],
};

/**
 * Statistics of a time frame: the values of now at each moment since the node was started, times alone before. A
 * simulated node has no history.
 */
export function rrdData(call: Call, values: Readonly<Record<string, number>>): Json {
  const [step, count] = frames[call.text("timeframe")] ?? [minute, 60];
  const end = Math.floor(call.clock.seconds() / step) * step;
  const start = call.node.booted / 1000;
  return Array.from({ length: count }, (_, index) => {
    const time = end - (count - 1 - index) * step;
    return time > start ? { time, ...values } : { time };
  });
}
