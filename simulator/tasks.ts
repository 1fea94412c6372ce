import type { SimulatedClock, Timer } from "./simulated-clock.js";
import { die, textOf } from "./errors.js";
import type { Faults } from "./faults.js";
import { Locks, nodeLock } from "./locks.js";
import type { NodeState, World } from "./world/world.js";
import type { Task } from "./world/task.js";
import type { Steps, WorkerOf } from "./worker.js";

export type Worker = WorkerOf<TaskRun>;

/** Thrown inside a worker that is stopped. */
export class Interrupted extends Error {
  constructor() {
    super("received interrupt\n");
  }
}

interface Running {
  readonly task: Task;
  readonly steps: Steps;
  /** Runs a step under the faults that concern the task. */
  readonly within: ReturnType<Faults["taskScope"]>;
  timer?: Timer;
  hanging: boolean;
}

/** A running task, as its worker sees it. */
export class TaskRun {
  constructor(
    readonly task: Task,
    readonly clock: SimulatedClock,
    private readonly locks: Locks,
  ) {}

  log(line: string): void {
    this.task.log.push(line);
  }

  /** A warning: the task then ends with `WARNINGS: n`, which is a success. */
  warn(text: string): void {
    this.task.log.push(`WARN: ${text}`);
    this.task.warnings++;
  }

  /**
   * Holds a lock for the rest of the task (or until the returned function is called). Waits at most `timeout`
   * milliseconds, then fails as flock does in PVE/Tools.pm. Use as `const release = yield* task.lock(file)`.
   */
  *lock(file: string, timeout = 10_000): Generator<number, () => void, void> {
    return yield* this.take(file, timeout, (name) => this.locks.tryTake(name, this.task.upid));
  }

  /** Holds a lock together with others that only read. */
  *lockShared(file: string, timeout = 10_000): Generator<number, () => void, void> {
    return yield* this.take(file, timeout, (name) => this.locks.tryShare(name, this.task.upid));
  }

  private *take(
    file: string,
    timeout: number,
    tryTake: (name: string) => boolean,
  ): Generator<number, () => void, void> {
    const name = nodeLock(this.task.node, file);
    if (!tryTake(name)) {
      this.log(`trying to acquire lock...`);
      const end = this.clock.now() + timeout;
      while (!tryTake(name)) {
        if (this.clock.now() >= end) throw die(`can't lock file '${file}' - got timeout`);
        yield Math.min(200, end - this.clock.now());
      }
      this.log(" OK");
    }
    return () => this.locks.release(name, this.task.upid);
  }
}

/** Runs the worker processes of all nodes, driven by the clock. */
export class Tasks {
  private readonly running = new Map<string, Running>();
  readonly locks = new Locks();

  constructor(
    world: World,
    private readonly clock: SimulatedClock,
    private readonly faults: Faults,
    private readonly onEnd: (task: Task) => void,
  ) {
    // A saved world may hold tasks whose worker is gone: so does a node after a power cut.
    for (const node of Object.values(world.nodes)) {
      for (const task of node.tasks) if (task.status === undefined) this.finish(task, "unexpected status");
    }
  }

  /** Starts a worker on a node and returns its UPID. */
  start(node: NodeState, type: string, id: string, authuser: string, worker: Worker): string {
    const pid = node.nextPid++;
    const starttime = this.clock.seconds();
    const pstart = Math.floor((this.clock.now() - node.booted) / 10);
    const [user = "", tokenid] = authuser.split("!");
    const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, "0");
    const upid = `UPID:${node.name}:${hex(pid)}:${hex(pstart)}:${hex(starttime)}:${type}:${id}:${authuser}:`;
    const task: Task = { upid, node: node.name, pid, pstart, starttime, type, id, user, log: [], warnings: 0 };
    if (tokenid !== undefined) task.tokenid = tokenid;
    node.tasks.unshift(task);
    const run = new TaskRun(task, this.clock, this.locks);
    const steps = this.faults.wrapWorker(task, worker)(run);
    const running: Running = { task, steps, within: this.faults.taskScope(type), hanging: false };
    this.running.set(upid, running);
    // The worker is forked: the reply with its UPID does not wait for its first step.
    running.timer = this.clock.schedule(20, () => this.step(running));
    return upid;
  }

  /** Stops a task as `DELETE /nodes/{node}/tasks/{upid}` does. */
  stop(upid: string): void {
    const running = this.running.get(upid);
    if (!running) return;
    running.timer?.cancel();
    this.step(running, new Interrupted());
  }

  isActive(upid: string): boolean {
    return this.running.has(upid);
  }

  /** Lets time pass until nothing runs any more, except what hangs for ever. */
  settle(): void {
    while ([...this.running.values()].some((running) => !running.hanging) && this.clock.runNext());
  }

  /** Lets time pass until this task is over (or hangs). */
  finishTask(upid: string): void {
    for (let running = this.running.get(upid); running && !running.hanging; running = this.running.get(upid)) {
      if (!this.clock.runNext()) return;
    }
  }

  private step(running: Running, interrupt?: Interrupted): void {
    const { task, steps } = running;
    try {
      const { done, value } = running.within(() => (interrupt ? steps.throw(interrupt) : steps.next()));
      if (done) return this.finish(task, task.warnings > 0 ? `WARNINGS: ${task.warnings}` : "OK");
      running.hanging = !Number.isFinite(value);
      running.timer = this.clock.schedule(value, () => this.step(running));
    } catch (error) {
      this.finish(task, textOf(error));
    }
  }

  private finish(task: Task, status: string): void {
    this.running.delete(task.upid);
    this.locks.releaseAll(task.upid);
    task.status = status.replace(/\n+/g, " ");
    task.endtime = this.clock.seconds();
    const ok = status === "OK" || /^WARNINGS: \d+$/.test(status);
    for (const line of (ok ? `TASK ${status}` : `TASK ERROR: ${status}`).split("\n")) task.log.push(line);
    this.onEnd(task);
  }
}
