import { systemClock, type Clock } from "../../pve/clock";

const share = 1 / 20;

/** A clock whose pauses take a twentieth of their time, and count as whole ones: for what happens after many of them. */
export function hurriedClock({ now, sleep }: Clock = { ...systemClock }): Clock {
  let skipped = 0;
  return {
    now: () => now() + skipped,
    sleep: async (ms, signal) => {
      await sleep(ms * share, signal);
      skipped += ms * (1 - share);
    },
  };
}
