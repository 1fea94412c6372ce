import assert from "node:assert/strict";
import { seedWorld, startSimulator, type Fault, type Simulator, type SimulatorOptions } from "../../simulator/index.js";
import type { Task } from "../../simulator/world/task.js";
import { ask, type Answer } from "./api-client.js";

export const image = "https://cloud.example.com/debian.qcow2";

/** A simulator with faults and short ways to ask it as root. */
export class Faulty {
  private constructor(readonly simulator: Simulator) {}

  static async start(faults: readonly Fault[], options: SimulatorOptions = {}): Promise<Faulty> {
    const world = seedWorld("matrix");
    world.web[image] = { size: 2 ** 30, format: "qcow2", virtualSize: 2 ** 31, os: { agent: true } };
    return new Faulty(await startSimulator({ seed: world, faults, ...options }));
  }

  /** Asks foxtrot, or the node with this index. */
  ask(method: string, path: string, params: Record<string, string> = {}, index = 0): Promise<Answer> {
    const { id, secret } = this.simulator.token;
    const node = this.simulator.nodes[index];
    assert.ok(node);
    return ask(node, method, path, { params, headers: { Authorization: `PVEAPIToken=${id}=${secret}` } });
  }

  /** Asks for a task and returns it as it is when time does not pass by itself any more. */
  async task(method: string, path: string, params: Record<string, string> = {}): Promise<Task> {
    const { status, text, json } = await this.ask(method, path, params);
    assert.equal(status, 200, text);
    this.simulator.simulation.tasks.settle();
    const tasks = Object.values(this.simulator.world.nodes).flatMap((node) => node.tasks);
    const task = tasks.find(({ upid }) => upid === json?.data);
    assert.ok(task, text);
    return task;
  }

  /** Creates a VM without anything special on foxtrot. */
  createVm(vmid: number, params: Record<string, string> = {}): Promise<Task> {
    return this.task("POST", "/nodes/foxtrot/qemu", { vmid: String(vmid), name: `vm${vmid}`, ...params });
  }

  get struck(): Readonly<Record<string, number>> {
    return this.simulator.simulation.faults.struck;
  }

  close(): Promise<void> {
    return this.simulator.close();
  }
}
