import type { Exchange } from "./recording.js";

/** Milliseconds that the recorder waited after an exchange, where nothing in the recording says so. */
const pauses: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  // it polled until the guest agent answered, slept while a process ran, and let the guest go down
  "11-cluster-resources-tasks": { 94: 2000 },
  "14-qemu-guest-agent": { 8: 8000, 25: 1000, 27: 1000, 51: 8000, 80: 8000, 81: 5000, 86: 8000, 94: 8000 },
};

/** How long the recorder waited after these exchanges. */
export function pauseAfter(scenario: string, group: readonly Exchange[]): number {
  return group.reduce((sum, { n }) => sum + (pauses[scenario]?.[n] ?? 0), 0);
}
