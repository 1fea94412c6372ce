import { AsyncLocalStorage } from "node:async_hooks";
import { disturbedWorker } from "./disturbed-worker.js";
import type { Condition, FaultEffect, RequestEffect, StandingEffect, WorkerEffect } from "./fault-effects.js";
import { random, type RandomState } from "./random.js";
import type { WorkerOf } from "./worker.js";
import type { Task } from "./world/task.js";

/** Something that goes wrong, as data. */
export interface Fault {
  /** `METHOD /path/{template}`, or a prefix of it ending in `*`; `*` (the default) is every request. */
  readonly route?: string;
  /** Worker type (`qmclone`, `qm*`), for faults of tasks. */
  readonly task?: string;
  /** How many requests or tasks it strikes; without it, all. */
  readonly count?: number;
  /** Lets the first n matching ones pass. */
  readonly after?: number;
  /** Probability for each match, 0 to 1. */
  readonly chance?: number;
  /** Simulated seconds after the start of the simulator between which it may strike. */
  readonly from?: number;
  readonly to?: number;
  readonly comment?: string;
  readonly effect: FaultEffect;
}

/** Workers that move data, which a slow disk slows down. */
const diskWorkers = [
  "qmcreate",
  "qmclone",
  "qmmove",
  "qmtemplate",
  "qmrestore",
  "imgcopy",
  "imgdel",
  "download",
  "resize",
];

interface Armed {
  readonly fault: Fault;
  seen: number;
  left: number;
}

/** One request or task: a condition holds for all of it or for nothing of it. */
interface Scope {
  readonly faults: Faults;
  readonly route: string;
  readonly task?: string;
  readonly decided: Map<Armed, boolean>;
}

const scopes = new AsyncLocalStorage<Scope>();

type StandingOf<Kind extends StandingEffect["kind"]> = Extract<StandingEffect, { kind: Kind }>;
type ConditionOf<Kind extends Condition["kind"]> = Extract<Condition, { kind: Kind }>;

/** The condition that is in force for the request or task that asks; outside of both there is none. */
export function condition<Kind extends Condition["kind"]>(
  kind: Kind,
  applies: (effect: ConditionOf<Kind>) => boolean = () => true,
): ConditionOf<Kind> | undefined {
  const scope = scopes.getStore();
  return scope?.faults.inForce(scope, kind, applies);
}

/** The faults of one simulator. The seed makes chance repeatable. */
export class Faults {
  private armed: Armed[] = [];
  private readonly state: RandomState;
  private readonly start: number;
  /** How often each kind of fault struck. */
  readonly struck: Record<string, number> = {};

  constructor(
    faults: readonly Fault[] = [],
    seed = 1,
    private readonly now: () => number = () => 0,
  ) {
    this.state = { random: seed };
    this.start = now();
    for (const fault of faults) this.add(fault);
  }

  add(fault: Fault): void {
    this.armed.push({ fault, seen: 0, left: fault.count ?? Infinity });
  }

  clear(): void {
    this.armed = [];
  }

  /** All faults that may still strike. */
  get list(): readonly Fault[] {
    return this.armed.filter(({ left }) => left > 0).map(({ fault }) => fault);
  }

  /** Runs the handling of a request under its conditions. */
  duringRequest<T>(route: string, handle: () => T): T {
    return scopes.run({ faults: this, route, decided: new Map() }, handle);
  }

  /** A way to run the steps of a task under its conditions; called where the task is started. */
  taskScope(type: string): <T>(step: () => T) => T {
    const scope: Scope = { faults: this, route: scopes.getStore()?.route ?? "", task: type, decided: new Map() };
    return (step) => scopes.run(scope, step);
  }

  /** The effects on one request. */
  onRequest(route: string): RequestEffect[] {
    const effects: RequestEffect[] = [];
    for (const armed of this.armed) {
      const { effect } = armed.fault;
      if (!isRequestEffect(effect) || !matches(armed.fault.route ?? "*", route)) continue;
      if (this.decide(armed)) effects.push(this.count(effect));
    }
    return effects;
  }

  /** The worker with the faults of tasks put into it. */
  wrapWorker<Run extends { readonly task: Task }>(task: Task, worker: WorkerOf<Run>): WorkerOf<Run> {
    return this.armed.reduce((inner, armed) => {
      const { effect, task: types } = armed.fault;
      if (!isWorkerEffect(effect)) return inner;
      const applies = types !== undefined ? matches(types, task.type) : appliesByDefault(effect, task.type);
      return applies && this.decide(armed) ? disturbedWorker(inner, effect, () => this.count(effect)) : inner;
    }, worker);
  }

  /** The effects of a kind whose time it is; each is counted once. */
  standing<Kind extends StandingEffect["kind"]>(kind: Kind): readonly StandingOf<Kind>[] {
    return this.armed.flatMap((armed) => {
      const { effect } = armed.fault;
      if (effect.kind !== kind || !this.isTime(armed.fault)) return [];
      if (armed.seen++ === 0) this.count(effect);
      return [effect as StandingOf<Kind>];
    });
  }

  /** See {@link condition}. */
  inForce<Kind extends Condition["kind"]>(
    scope: Scope,
    kind: Kind,
    applies: (effect: ConditionOf<Kind>) => boolean,
  ): ConditionOf<Kind> | undefined {
    for (const armed of this.armed) {
      const { effect, route, task } = armed.fault;
      if (effect.kind !== kind || !applies(effect as ConditionOf<Kind>) || !this.isTime(armed.fault)) continue;
      if (!matches(route ?? "*", scope.route)) continue;
      if (task !== undefined && !matches(task, scope.task ?? "")) continue;
      let holds = scope.decided.get(armed);
      if (holds === undefined) {
        holds = this.decide(armed);
        scope.decided.set(armed, holds);
        if (holds) this.count(effect);
      }
      if (holds) return effect as ConditionOf<Kind>;
    }
    return undefined;
  }

  private isTime({ from = 0, to = Infinity }: Fault): boolean {
    const seconds = (this.now() - this.start) / 1000;
    return seconds >= from && seconds < to;
  }

  private decide(armed: Armed): boolean {
    const { fault } = armed;
    if (armed.left <= 0 || !this.isTime(fault)) return false;
    if (armed.seen++ < (fault.after ?? 0)) return false;
    if (fault.chance !== undefined && random(this.state) >= fault.chance) return false;
    armed.left--;
    return true;
  }

  private count<E extends FaultEffect>(effect: E): E {
    this.struck[effect.kind] = (this.struck[effect.kind] ?? 0) + 1;
    return effect;
  }
}

function isRequestEffect(effect: FaultEffect): effect is RequestEffect {
  return ["latency", "reset", "status", "ticket"].includes(effect.kind);
}

function isWorkerEffect(effect: FaultEffect): effect is WorkerEffect {
  return ["task-fail", "task-hang", "task-killed", "slow-disk"].includes(effect.kind);
}

function appliesByDefault(effect: WorkerEffect, type: string): boolean {
  return effect.kind !== "slow-disk" || diskWorkers.includes(type);
}

/** Whether a name is what a pattern names: the same, or after its final `*` anything. */
export function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
