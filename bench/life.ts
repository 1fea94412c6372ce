import fs from "node:fs";
import path from "node:path";
import { DEFAULT_LIMITS } from "../pve/limits";
import { MeasuredFleet, type Measured } from "./fleet";
import { listSchedule } from "./ideal";
import { result, type Result } from "./result";
import { TaskTimes } from "./task-times";

/** Simulated seconds per second. What the client itself needs is not scaled: a higher speed is to its disadvantage. */
const speed = Number(process.env["BENCH_SPEED"] ?? 2);
/** `--parallel` of the measured commands. */
const parallel = 256;

/** A creation's time to the ideal, by the number of VMs. */
const toIdeal: Readonly<Record<number, number>> = { 50: 1.12, 200: 1.08 };

/**
 * The life of so many full clones of one template, started, up to the guest agent's first answer: each command's time,
 * CPU time by process, and requests. A clone takes 8 s, as in the field (five small ones at once on a node took 39 to
 * 42 s, so each about 8 s; one alone 5 s), a start 1.5 s, a boot 8 s.
 */
export async function life(vms: number): Promise<Result[]> {
  const fleet = await MeasuredFleet.create({ clock: "auto", speed }, { full: true, started: true });
  const { stack } = fleet;
  const at = ["--parallel", String(parallel)];
  const measured: (Measured & { readonly command: string })[] = [];
  const measure = async (command: string, run: () => ReturnType<typeof stack.up>): Promise<Measured> => {
    const found = await fleet.measure(run);
    measured.push({ command, ...found });
    return found;
  };
  try {
    const times = new TaskTimes(fleet.sim);
    const before = stateBytes(fleet);
    fleet.resize(vms);
    await measure("preview", () => stack.preview(...at));
    const created = await measure("create", () => stack.up(...at));
    const ideal = listSchedule(times.jobs(), Math.min(parallel, vms), DEFAULT_LIMITS.node) / speed;
    const bytes = (stateBytes(fleet) - before) / vms;
    const nothing = await measure("up without changes", () => stack.up(...at));
    await measure("preview --refresh", () => stack.preview("--refresh", ...at));
    const refreshed = await measure("refresh", () => stack.refresh(...at));
    fleet.resize(vms, "bench,changed");
    const updated = await measure("update of tags", () => stack.up(...at));
    const destroyed = await measure("destroy", () => stack.destroy(...at));
    process.stdout.write(`${report(vms, measured)}\n\n`);
    const fixed = fixedCalls(vms);
    return [
      result(
        `${vms}: time of the creation to the ideal (${ideal.toFixed(1)} s), ${DEFAULT_LIMITS.node} clones at once`,
        created.seconds / ideal,
        toIdeal[vms],
      ),
      result(`${vms}: requests per created VM`, created.calls / vms, fixed ? undefined : 12),
      result(`${vms}: requests per VM whose tags change`, updated.calls / vms, fixed ? undefined : 4),
      result(`${vms}: requests per destroyed VM`, destroyed.calls / vms, fixed ? undefined : 8),
      result(`${vms}: requests of an up without changes`, nothing.calls, 5),
      result(`${vms}: requests of a refresh`, refreshed.calls, vms + 5),
      result(`${vms}: bytes of state per VM`, bytes, 4096),
    ];
  } finally {
    await fleet.close();
  }
}

/** Of one VM what a command asks once counts as if it were asked for each: no measure. */
const fixedCalls = (vms: number): boolean => vms < 10;

function report(vms: number, rows: readonly (Measured & { readonly command: string })[]): string {
  const lines = [
    [`${vms} VMs`, "wall s", "CPU s", "engine", "program", "plugin", "requests", "per VM"],
    ...rows.map(({ command, seconds, cpu, calls }) => [
      command,
      ...[seconds, cpu.total, cpu.engine, cpu.program, cpu.plugin].map((value) => value.toFixed(2)),
      String(calls),
      (calls / vms).toFixed(2),
    ]),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0))) ?? [];
  return lines
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))))
    .map((cells) => cells.join("  "))
    .join("\n");
}

function stateBytes({ stack }: MeasuredFleet): number {
  return fs.statSync(path.join(stack.folder, "state", ".pulumi", "stacks", "fleet", `${stack.name}.json`)).size;
}
