import assert from "node:assert/strict";
import { dispatch, type ApiResponse } from "../../../simulator/dispatch";
import { seedWorld } from "../../../simulator/seeds";
import { Simulation } from "../../../simulator/simulation";
import { newCsrfToken, newTicket } from "../../../simulator/tickets";
import type { ClockMode } from "../../../simulator/simulated-clock";
import type { Cluster, NodeState } from "../../../simulator/world/world";
import type { Guest } from "../../../simulator/world/guest";
import type { Task } from "../../../simulator/world/task";

type Params = Record<string, string | number | boolean | readonly string[]>;
type Options = Record<string, string | number>;

/** A simulated node whose API is called without a network. */
export class VmLab {
  readonly simulation: Simulation;
  readonly node: NodeState;
  readonly cluster: Cluster;
  user = "root@pam";

  constructor(clock: ClockMode = "immediate", seed = "conformance") {
    this.simulation = new Simulation(seedWorld(seed), { clock });
    this.node = this.simulation.node(Object.keys(this.simulation.world.nodes)[0] ?? "");
    this.cluster = this.simulation.clusterOf(this.node);
  }

  /** Sends a request and returns the whole answer. */
  async ask(method: string, path: string, params: Params = {}): Promise<ApiResponse> {
    const now = this.simulation.clock.seconds();
    const sent = Object.entries(params).map(([key, value]) => [key, Array.isArray(value) ? value : String(value)]);
    return dispatch(this.simulation, this.node, {
      method,
      path,
      params: Object.fromEntries(sent) as Record<string, string>,
      credentials: {
        ticket: newTicket(this.cluster, this.user, now),
        csrf: newCsrfToken(this.cluster, this.user, now),
      },
    });
  }

  /** The data of an answer that must be a success. */
  async get<Data = unknown>(method: string, path: string, params: Params = {}): Promise<Data> {
    const { status, reason, body } = await this.ask(method, `/nodes/${this.node.name}/qemu${path}`, params);
    assert.equal(status, 200, `${method} ${path}: ${status} ${reason}`);
    return body?.["data"] as Data;
  }

  /** The refusal of a request: the reason, or the texts of the parameters. */
  async refusal(method: string, path: string, params: Params = {}): Promise<string> {
    const { status, reason, body } = await this.ask(method, `/nodes/${this.node.name}/qemu${path}`, params);
    assert.ok(status >= 400, `${method} ${path} was not refused`);
    const errors = body?.["errors"] as Record<string, string> | undefined;
    const text = errors ? JSON.stringify(errors) : reason;
    return `${status} ${text}`.trim();
  }

  /** Starts a task, lets it end and returns its exit status. */
  async run(method: string, path: string, params: Params = {}): Promise<string> {
    const upid = await this.get<string>(method, path, params);
    return this.finish(upid);
  }

  finish(upid: string): string {
    this.simulation.tasks.finishTask(upid);
    return this.task(upid).status ?? "still running";
  }

  task(upid: string): Task {
    const all = Object.values(this.simulation.world.nodes).flatMap(({ tasks }) => tasks);
    const task = all.find((one) => one.upid === upid);
    assert.ok(task, `no task ${upid}`);
    return task;
  }

  /** Makes a VM; a task that fails is an error. */
  async create(vmid: number, params: Params = {}): Promise<void> {
    assert.equal(await this.run("POST", "", { vmid, ...params }), "OK");
  }

  async config(vmid: number): Promise<Options> {
    return this.get<Options>("GET", `/${vmid}/config`);
  }

  guest(vmid: number): Guest | undefined {
    return this.cluster.guests[String(vmid)];
  }

  /** Names of the images of a storage's directory. */
  images(directory = "/var/lib/vz"): string[] {
    return Object.keys(this.node.volumes[directory] ?? {})
      .filter((name) => /^\d+\//.test(name))
      .sort();
  }

  /** Adds a user who has a role on a path. */
  addUser(user: string, grants: Record<string, readonly string[]>): void {
    const { access } = this.cluster;
    access.users[user] = { enable: 1, expire: 0, tokens: {} };
    for (const [path, privileges] of Object.entries(grants)) {
      const role = `role${access.acl.length}`;
      access.roles[role] = [...privileges];
      access.acl.push({ path, type: "user", ugid: user, roleid: role, propagate: 1 });
    }
  }
}
