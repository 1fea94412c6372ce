import assert from "node:assert/strict";
import { die } from "../../simulator/errors.js";
import type { Fault } from "../../simulator/faults.js";
import { seedWorld } from "../../simulator/seeds/index.js";
import { Simulation, type SimulationOptions } from "../../simulator/simulation.js";
import type { Worker } from "../../simulator/tasks.js";
import type { Task } from "../../simulator/world/task.js";

function started(
  worker: Worker,
  options: SimulationOptions = { clock: "manual" },
): { simulation: Simulation; task: Task } {
  const simulation = new Simulation(seedWorld("empty:1"), options);
  const node = simulation.node("pve1");
  const upid = simulation.startTask(node, "test", "100", "root@pam!ci", worker);
  return { simulation, task: node.tasks.find((task) => task.upid === upid) ?? assert.fail("no task") };
}

describe("tasks", () => {
  it("take the simulated time that their steps say", () => {
    const { simulation, task } = started(function* (run) {
      run.log("half");
      yield 4000;
      run.log("done");
    });
    simulation.clock.advance(3900);
    assert.deepEqual([task.status, task.log], [undefined, ["half"]]);
    simulation.clock.advance(200);
    assert.deepEqual([task.status, task.log], ["OK", ["half", "done", "TASK OK"]]);
    assert.equal((task.endtime ?? 0) - task.starttime, 4);
  });

  it("carry user, token, type and id in their UPID", () => {
    const { task } = started(function* () {
      yield 1;
    });
    assert.match(task.upid, /^UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:test:100:root@pam!ci:$/);
    assert.deepEqual([task.user, task.tokenid], ["root@pam", "ci"]);
  });

  it("end with what they threw, on one line", () => {
    const { simulation, task } = started(function* () {
      yield 1;
      throw die("first\nsecond");
    });
    simulation.tasks.settle();
    assert.equal(task.status, "first second");
    assert.deepEqual(task.log, ["TASK ERROR: first", "second"]);
  });

  it("end with the number of their warnings", () => {
    const { simulation, task } = started(function* (run) {
      run.warn("careful");
      yield 1;
    });
    simulation.tasks.settle();
    assert.deepEqual([task.status, task.log], ["WARNINGS: 1", ["WARN: careful", "TASK WARNINGS: 1"]]);
  });

  it("can be stopped, and clean up", () => {
    let cleaned = false;
    const { simulation, task } = started(function* () {
      try {
        yield 60_000;
      } finally {
        cleaned = true;
      }
    });
    simulation.clock.advance(100);
    simulation.tasks.stop(task.upid);
    assert.deepEqual([task.status, cleaned], ["received interrupt", true]);
  });

  it("wait for a lock, and give up after its time", () => {
    const simulation = new Simulation(seedWorld("empty:1"), { clock: "manual" });
    const node = simulation.node("pve1");
    const holding = (ms: number): Worker =>
      function* (run) {
        yield* run.lock("/var/lock/x", 10_000);
        yield ms;
      };
    for (const ms of [15_000, 10]) simulation.startTask(node, "test", "", "root@pam", holding(ms));
    simulation.tasks.settle();
    const [second, first] = node.tasks;
    assert.equal(first?.status, "OK");
    assert.equal(second?.status, "can't lock file '/var/lock/x' - got timeout");
  });

  it("that a saved world was in the middle of end unexpectedly when it is loaded", () => {
    const { simulation } = started(function* () {
      yield 60_000;
    });
    const loaded = new Simulation(simulation.save());
    assert.equal(loaded.node("pve1").tasks[0]?.status, "unexpected status");
  });

  it("fail or hang when a fault says so", () => {
    const worker: Worker = function* (run) {
      run.log("one");
      yield 10;
      run.log("two");
      yield 10;
    };
    const failing: Fault = { task: "test", effect: { kind: "task-fail", text: "disk full", steps: 1 } };
    const failed = started(worker, { clock: "manual", faults: [failing] });
    failed.simulation.tasks.settle();
    assert.deepEqual([failed.task.status, failed.task.log], ["disk full", ["one", "TASK ERROR: disk full"]]);
    const hung = started(worker, { clock: "manual", faults: [{ task: "te*", effect: { kind: "task-hang" } }] });
    hung.simulation.tasks.settle();
    assert.equal(hung.task.status, undefined);
    hung.simulation.tasks.stop(hung.task.upid);
    assert.equal(hung.task.status, "received interrupt");
  });
});
