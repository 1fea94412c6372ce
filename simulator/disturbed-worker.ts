import { die } from "./errors.js";
import type { WorkerEffect } from "./fault-effects.js";
import type { Steps, WorkerOf } from "./worker.js";
import type { Task } from "./world/task.js";

interface Run {
  readonly task: Pick<Task, "log">;
}

/** The worker with a fault in it; `strikes` is called when it happens. */
export function disturbedWorker<R extends Run>(
  worker: WorkerOf<R>,
  effect: WorkerEffect,
  strikes: () => void,
): WorkerOf<R> {
  if (effect.kind === "slow-disk") return slowed(worker, effect.factor, strikes);
  return function* (run) {
    const steps = worker(run);
    for (let done = 0; ; done++) {
      const reached =
        effect.percent === undefined ? done >= (effect.steps ?? 0) : progress(run.task.log) >= effect.percent;
      if (reached) break;
      const step = yieldedBy(steps);
      if (step === undefined) return;
      yield* passOn(steps, step);
    }
    strikes();
    if (effect.kind === "task-killed") throw die("unexpected status"); // with the machine: nothing of it runs any more
    if (effect.kind === "task-fail") return void steps.throw(die(effect.text)); // the worker's own cleanup runs
    yield* passOn(steps, Infinity); // the signal that ends it reaches the worker: its own cleanup runs
  };
}

function slowed<R>(worker: WorkerOf<R>, factor: number, strikes: () => void): WorkerOf<R> {
  return function* (run) {
    strikes();
    const steps = worker(run);
    for (let step = yieldedBy(steps); step !== undefined; step = yieldedBy(steps)) yield* passOn(steps, step * factor);
  };
}

function yieldedBy(steps: Steps): number | undefined {
  const step = steps.next();
  return step.done ? undefined : step.value;
}

/** Waits as the worker wanted; what interrupts the wait is the worker's to handle. */
function* passOn(steps: Steps, wait: number): Steps {
  try {
    yield wait;
  } catch (error) {
    steps.throw(error);
  }
}

/** The last progress that a log shows, in percent; -1 without any. */
function progress(log: readonly string[]): number {
  for (const line of [...log].reverse()) {
    const percent = /(\d+(?:\.\d+)?)\s?%/.exec(line)?.[1];
    if (percent !== undefined) return Number(percent);
  }
  return -1;
}
