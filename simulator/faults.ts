import { AsyncLocalStorage } from "node:async_hooks";
import { disturbedWorker } from "./disturbed-worker.js";
import { random, type RandomState } from "./random.js";
import type { Worker } from "./tasks.js";
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
  readonly effect: Effect;
}

/** Where in its work a task is disturbed: after so many steps, or when its log shows so many percent. */
interface Moment {
  readonly steps?: number;
  readonly percent?: number;
}

/** What happens to a request. */
export type RequestEffect =
  | { readonly kind: "latency"; readonly ms: number }
  /** The connection is reset; `handled`: after the call took effect. */
  | { readonly kind: "reset"; readonly handled?: boolean }
  /** A reply that is not Proxmox's API speaking: 595, 596, 599, 500 with a text. */
  | { readonly kind: "status"; readonly status: number; readonly reason: string; readonly handled?: boolean }
  /** The ticket or token is taken for invalid. */
  | { readonly kind: "ticket" };

/** What happens to a worker process. */
export type WorkerEffect =
  | ({ readonly kind: "task-fail"; readonly text: string } & Moment)
  | ({ readonly kind: "task-hang" } & Moment)
  /** Every step of a task that moves data takes so many times as long. */
  | { readonly kind: "slow-disk"; readonly factor: number };

/** What is otherwise than usual while a request is answered or a task runs. */
type Condition =
  /** Somebody else holds a lock: a file below /var/lock, or one of the cluster file system (`storage.cfg`). */
  | { readonly kind: "lock"; readonly file: string }
  /** The nodes (or this one) see no quorum. */
  | { readonly kind: "no-quorum"; readonly node?: string }
  | { readonly kind: "node-down"; readonly node: string }
  /** After a join pveproxy goes on with the node's old certificate, until somebody restarts it. */
  | { readonly kind: "old-certificate"; readonly node?: string }
  | { readonly kind: "storage-full"; readonly storage: string; readonly node?: string }
  /** The daemon cannot fork: no task is started. */
  | { readonly kind: "no-worker" }
  /** An image of a directory is deleted while the storage's content is listed; the listing dies of it. */
  | { readonly kind: "vanishing-image"; readonly storage?: string }
  | { readonly kind: "silent-agent"; readonly vmid?: number }
  /** A reboot gives each disk of the node the kernel name of its neighbour. */
  | { readonly kind: "disks-renamed"; readonly node?: string }
  /** /cluster/resources shows what nodes reported up to so many seconds ago; a newer guest has no name and status. */
  | { readonly kind: "lag"; readonly seconds: number };

/** What is otherwise than usual with the machines for as long as the fault's time lasts, whoever asks. */
type StandingEffect =
  | { readonly kind: "disk-dead"; readonly node: string; readonly serial: string }
  /** OSDs on the disk answer late: the cluster says so. */
  | { readonly kind: "disk-slow"; readonly node: string; readonly serial: string }
  /** An OSD goes down and comes back every few seconds. */
  | { readonly kind: "osd-flapping"; readonly osd: number }
  | { readonly kind: "monitor-gone"; readonly monitor?: string }
  /** Nothing is copied, though PGs wait for it. */
  | { readonly kind: "backfill-stuck" }
  | { readonly kind: "clock-skew"; readonly monitor: string; readonly seconds: number }
  /** OSDs look as full as this, from 0 to 1. */
  | { readonly kind: "osd-fullness"; readonly osd?: number; readonly ratio: number };

export type Effect = RequestEffect | WorkerEffect | Condition | StandingEffect;

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
  wrapWorker(task: Task, worker: Worker): Worker {
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

  private count<E extends Effect>(effect: E): E {
    this.struck[effect.kind] = (this.struck[effect.kind] ?? 0) + 1;
    return effect;
  }
}

function isRequestEffect(effect: Effect): effect is RequestEffect {
  return ["latency", "reset", "status", "ticket"].includes(effect.kind);
}

function isWorkerEffect(effect: Effect): effect is WorkerEffect {
  return ["task-fail", "task-hang", "slow-disk"].includes(effect.kind);
}

function appliesByDefault(effect: WorkerEffect, type: string): boolean {
  return effect.kind !== "slow-disk" || diskWorkers.includes(type);
}

/** Whether a name is what a pattern names: the same, or after its final `*` anything. */
export function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
