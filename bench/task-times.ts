import { BOOT_TIME } from "../simulator/qemu/guest-system";
import type { Simulator } from "../simulator";
import type { Job } from "./ideal";

/** How long each task really took, to the millisecond of simulated time. */
export class TaskTimes {
  private readonly started = new Map<string, number>();
  private readonly took = new Map<string, { node: string; type: string; id: string; ms: number }>();

  constructor(private readonly sim: Simulator) {
    const { clock } = sim;
    const inner = clock.onEvent;
    clock.onEvent = () => {
      inner();
      this.read();
    };
  }

  private read(): void {
    const now = this.sim.clock.now();
    for (const { name: node, tasks } of Object.values(this.sim.world.nodes))
      for (const { upid, type, id, status } of tasks) {
        if (!this.started.has(upid)) this.started.set(upid, now);
        if (status !== undefined && !this.took.has(upid))
          this.took.set(upid, { node, type, id, ms: now - (this.started.get(upid) ?? now) });
      }
  }

  /** Milliseconds of all tasks of these types, one after the other. */
  sum(...types: readonly string[]): number {
    this.read();
    return [...this.took.values()].reduce((sum, { type, ms }) => (types.includes(type) ? sum + ms : sum), 0);
  }

  /** Types of tasks that there were. */
  types(): string[] {
    this.read();
    return [...new Set([...this.took.values()].map(({ type }) => type))].sort();
  }

  /** Milliseconds of the tasks of these types on the node where they took longest: nodes work at the same time. */
  onSlowestNode(...types: readonly string[]): number {
    this.read();
    const byNode = new Map<string, number>();
    for (const { node, type, ms } of this.took.values())
      if (types.includes(type)) byNode.set(node, (byNode.get(node) ?? 0) + ms);
    return Math.max(0, ...byNode.values());
  }

  /** A clone's task names its source: which VM's it is does not matter, all are alike. */
  jobs(): Job[] {
    this.read();
    const all = [...this.took.values()];
    const clone = all.filter(({ type }) => type === "qmclone");
    const rest = new Map<string, number>();
    for (const { type, id, ms } of all)
      if (type === "qmconfig" || type === "qmstart" || type === "resize") rest.set(id, (rest.get(id) ?? 0) + ms);
    const others = [...rest.values()];
    return clone.map(({ ms }, at) => ({ clone: ms / 1000, rest: ((others[at] ?? 0) + BOOT_TIME) / 1000 }));
  }
}
