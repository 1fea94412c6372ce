import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { MeasuredFleet, succeeded } from "./fleet";
import type { CommandResult, TestStack } from "../test/support/stack";
import { result, type Result } from "./result";

const vms = 1000;

/** The most memory that the plugin had resident while it made, compared and refreshed 1,000 VMs. */
export async function memory(): Promise<Result[]> {
  // Otherwise the engine writes its whole state a thousand times: that is not what is measured here.
  const env = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
  const fleet = await MeasuredFleet.create({}, { full: false, started: false }, env);
  try {
    fleet.resize(vms);
    const { stack } = fleet;
    const results: Result[] = [];
    const runs: readonly [string, () => Promise<CommandResult>][] = [
      ["up of 1,000 VMs", () => stack.up("--parallel", "64")],
      ["up of 1,000 VMs without changes", () => stack.up("--parallel", "64")],
      ["refresh of 1,000 VMs", () => stack.refresh("--parallel", "64")],
    ];
    for (const [what, run] of runs) {
      const start = performance.now();
      const peak = await peakOfPlugin(stack, run);
      process.stderr.write(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
      results.push(result(`${what}: MB of the plugin`, peak, 250));
    }
    return results;
  } finally {
    await fleet.close();
  }
}

/** The most memory that the plugin of a command had resident, in MB. */
export async function peakOfPlugin(stack: TestStack, run: () => Promise<CommandResult>): Promise<number> {
  let peak = 0;
  let running = true;
  const done = run().finally(() => (running = false));
  let pid: number | undefined;
  while (running) {
    pid ??= stack.processes().find(({ role }) => role === "plugin")?.pid;
    if (pid !== undefined) peak = Math.max(peak, residentPeak(pid));
    await sleep(100);
  }
  succeeded(await done);
  if (peak === 0) throw new Error("the plugin was never seen");
  return peak;
}

/** In MB (1,000,000 bytes). */
function residentPeak(pid: number): number {
  try {
    const kib = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return (Number(kib ?? 0) * 1024) / 1e6;
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return 0;
    throw error;
  }
}
