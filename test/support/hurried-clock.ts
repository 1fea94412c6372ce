import { systemClock } from "../../pve/clock";

/**
 * Loaded into a plugin before it starts: its pauses take a twentieth of their time, and count as whole ones. For tests
 * of what happens after many of them.
 */
const share = 1 / 20;
let skipped = 0;
const { now, sleep } = systemClock;
Object.assign(systemClock, {
  now: () => now() + skipped,
  sleep: async (ms: number, signal?: AbortSignal) => {
    await sleep(ms * share, signal);
    skipped += ms * (1 - share);
  },
});
