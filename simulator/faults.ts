import { die } from "./errors.js";
import { random, type RandomState } from "./random.js";
import type { Worker } from "./tasks.js";
import type { Task } from "./world/task.js";

/** Something that goes wrong, as data. */
export interface Fault {
  /** `METHOD /path/{template}`, or a prefix of it ending in `*`; `*` is every request. */
  readonly route?: string;
  /** Worker type (`qmclone`), for faults of tasks. */
  readonly task?: string;
  /** How often; without it, for ever. */
  readonly count?: number;
  /** Lets the first n matching ones pass. */
  readonly after?: number;
  /** Probability for each match, 0 to 1. */
  readonly chance?: number;
  readonly effect: Effect;
}

export type Effect =
  | { readonly kind: "latency"; readonly ms: number }
  /** The connection is reset; `handled`: after the call took effect. */
  | { readonly kind: "reset"; readonly handled?: boolean }
  /** A reply that is not Proxmox's API speaking: 595, 596, 599, 500 with a text. */
  | { readonly kind: "status"; readonly status: number; readonly reason: string; readonly handled?: boolean }
  /** The ticket or token is taken for invalid. */
  | { readonly kind: "ticket" }
  /** The task fails with this text after n of its steps. */
  | { readonly kind: "task-fail"; readonly text: string; readonly steps?: number }
  | { readonly kind: "task-hang"; readonly steps?: number };

interface Armed {
  readonly fault: Fault;
  seen: number;
  left: number;
}

/** The faults of one simulator. The seed makes chance repeatable. */
export class Faults {
  private armed: Armed[] = [];
  private readonly state: RandomState;
  /** How often each kind of fault struck. */
  readonly struck: Record<string, number> = {};

  constructor(faults: readonly Fault[] = [], seed = 1) {
    this.state = { random: seed };
    for (const fault of faults) this.add(fault);
  }

  add(fault: Fault): void {
    this.armed.push({ fault, seen: 0, left: fault.count ?? Infinity });
  }

  clear(): void {
    this.armed = [];
  }

  /** The effects on one request. */
  onRequest(route: string): Effect[] {
    return this.strike((fault) => fault.task === undefined && matches(fault.route ?? "*", route));
  }

  /** The worker with the faults of tasks put into it. */
  wrapWorker(task: Task, worker: Worker): Worker {
    const effects = this.strike((fault) => fault.task !== undefined && matches(fault.task, task.type));
    return effects.reduce((inner, effect) => disturbed(inner, effect), worker);
  }

  private strike(applies: (fault: Fault) => boolean): Effect[] {
    const effects: Effect[] = [];
    for (const armed of this.armed) {
      if (armed.left <= 0 || !applies(armed.fault)) continue;
      if (armed.seen++ < (armed.fault.after ?? 0)) continue;
      if (armed.fault.chance !== undefined && random(this.state) >= armed.fault.chance) continue;
      armed.left--;
      const { effect } = armed.fault;
      this.struck[effect.kind] = (this.struck[effect.kind] ?? 0) + 1;
      effects.push(effect);
    }
    return effects;
  }
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function disturbed(worker: Worker, effect: Effect): Worker {
  if (effect.kind !== "task-fail" && effect.kind !== "task-hang") return worker;
  return function* (task) {
    const steps = worker(task);
    for (let done = 0; done < (effect.steps ?? 0); done++) {
      const step = steps.next();
      if (step.done) return;
      yield step.value;
    }
    if (effect.kind === "task-hang") {
      try {
        yield Infinity;
      } finally {
        steps.return();
      }
    } else steps.throw(die(effect.text)); // the worker's own cleanup runs, as for a real failure at this point
  };
}
