import fs from "node:fs";
import path from "node:path";
import { DEFAULT_LIMITS } from "../pve/limits";
import { BOOT_TIME } from "../simulator/qemu/guest-system";
import { Fleet } from "./fleet";
import { listSchedule, type Job } from "./ideal";
import { result, type Result } from "./result";

/** Simulated seconds per second. What the client itself needs is not scaled: a higher speed is to its disadvantage. */
export const speed = Number(process.env["BENCH_SPEED"] ?? 2);
/** `--parallel` of the measured commands. */
export const parallel = 256;

/**
 * Full clones of one template, started, up to the guest agent's first answer. A clone takes 8 s, as in the field (five
 * small ones at once on a node took 39 to 42 s, so each about 8 s; one alone 5 s), a start 1.5 s, a boot 8 s.
 */
export async function clones(vms: number): Promise<Result[]> {
  const fleet = await Fleet.create({ clock: "auto", speed }, { full: true, started: true });
  try {
    const times = new TaskTimes(fleet);
    const before = stateBytes(fleet);
    fleet.resize(vms);
    const up = await fleet.measure(() => fleet.stack.up("--parallel", String(parallel)));
    const ideal = listSchedule(times.jobs(), Math.min(parallel, vms), DEFAULT_LIMITS.node) / speed;
    if (process.env["BENCH_ROUTES"] !== undefined) {
      const byRoute = new Map<string, number>();
      for (const { route = "" } of fleet.sim.requests.slice(-up.calls))
        byRoute.set(route, (byRoute.get(route) ?? 0) + 1);
      for (const [route, count] of [...byRoute].sort((a, b) => b[1] - a[1]))
        process.stderr.write(`${count} ${route}\n`);
    }
    const bytes = (stateBytes(fleet) - before) / vms;
    const nothing = await fleet.measure(() => fleet.stack.up("--parallel", String(parallel)));
    const refresh = await fleet.measure(() => fleet.stack.refresh("--parallel", String(parallel)));
    process.stderr.write(`${vms} VMs: ${up.seconds.toFixed(1)} s, ideal ${ideal.toFixed(1)} s at speed ${speed}\n`);
    return [
      result(
        `${vms} clones: time to the ideal, --parallel ${parallel}, ${DEFAULT_LIMITS.node} clones at once`,
        up.seconds / ideal,
        1.15,
      ),
      result(`${vms} clones: API calls per VM`, up.calls / vms),
      result(`${vms} clones: calls of an up without changes`, nothing.calls, 5),
      result(`${vms} clones: calls of a refresh`, refresh.calls, vms + 5),
      result(`${vms} clones: bytes of state per VM`, bytes, 4096),
      result(`${vms} clones: seconds of an up without changes`, nothing.seconds),
    ];
  } finally {
    await fleet.close();
  }
}

/** How long each task really took, to the millisecond of simulated time. */
class TaskTimes {
  private readonly started = new Map<string, number>();
  private readonly took = new Map<string, { type: string; id: string; ms: number }>();

  constructor(private readonly fleet: Fleet) {
    const { clock } = fleet.sim;
    const inner = clock.onEvent;
    clock.onEvent = () => {
      inner();
      this.look();
    };
  }

  private look(): void {
    const now = this.fleet.sim.clock.now();
    for (const { tasks } of Object.values(this.fleet.sim.world.nodes))
      for (const { upid, type, id, status } of tasks) {
        if (!this.started.has(upid)) this.started.set(upid, now);
        if (status !== undefined && !this.took.has(upid))
          this.took.set(upid, { type, id, ms: now - (this.started.get(upid) ?? now) });
      }
  }

  /** A clone's task names its source: which VM's it is does not matter, all are alike. */
  jobs(): Job[] {
    this.look();
    const all = [...this.took.values()];
    const clone = all.filter(({ type }) => type === "qmclone");
    const rest = new Map<string, number>();
    for (const { type, id, ms } of all)
      if (type === "qmconfig" || type === "qmstart" || type === "resize") rest.set(id, (rest.get(id) ?? 0) + ms);
    const others = [...rest.values()];
    return clone.map(({ ms }, at) => ({ clone: ms / 1000, rest: ((others[at] ?? 0) + BOOT_TIME) / 1000 }));
  }
}

function stateBytes({ stack }: Fleet): number {
  return fs.statSync(path.join(stack.folder, "state", ".pulumi", "stacks", "fleet", `${stack.name}.json`)).size;
}
