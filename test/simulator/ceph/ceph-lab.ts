import assert from "node:assert/strict";
import { startSimulator, type SimulatedNode, type Simulator } from "../../../simulator";
import type { Ceph } from "../../../simulator/ceph/ceph.js";
import { settledCeph } from "../../../simulator/ceph/settle.js";
import { command } from "../../../simulator/ceph/commands/index.js";
import type { Answer, Args } from "../../../simulator/ceph/commands/command.js";
import { runLine } from "../../../simulator/ssh/commands.js";
import { FileSystem } from "../../../simulator/ssh/file-system.js";
import type { CephCluster } from "../../../simulator/world/ceph.js";
import type { Disk } from "../../../simulator/world/disk.js";
import type { NodeState } from "../../../simulator/world/world.js";
import { ask, type Answer as Reply } from "../api-client.js";

/** The seed `matrix` with a clock that the test moves, and short ways to Ceph on it. */
export class CephLab {
  private headers: Record<string, string> = {};

  private constructor(readonly sim: Simulator) {}

  static async start(clock: "manual" | "immediate" = "manual"): Promise<CephLab> {
    const lab = new CephLab(await startSimulator({ seed: "matrix", clock }));
    const params = { username: "root@pam", password: lab.sim.password };
    const { json } = await ask(lab.server("foxtrot"), "POST", "/access/ticket", { params });
    const { ticket = "", CSRFPreventionToken = "" } = json?.data as Record<string, string>;
    lab.headers = { Cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}`, CSRFPreventionToken };
    return lab;
  }

  close(): Promise<void> {
    return this.sim.close();
  }

  readonly names = ["foxtrot", "golf", "hotel"] as const;

  private server(name: string): SimulatedNode {
    return this.sim.nodes.find((node) => node.name === name)!;
  }

  node(name: string): NodeState {
    return this.sim.simulation.node(name);
  }

  disk(node: string, serial: string): Disk {
    return this.node(node).hardware.disks.find((disk) => disk.serial === serial)!;
  }

  get ceph(): Ceph {
    return settledCeph(this.sim.simulation, this.node("foxtrot"))!;
  }

  get cluster(): CephCluster {
    return this.ceph.cluster;
  }

  wait(seconds: number): void {
    this.sim.clock.advance(seconds * 1000);
  }

  /** Lets time pass until it is so; fails when it takes too long. */
  until(what: string, holds: () => boolean, seconds = 600): void {
    for (let waited = 0; !holds(); waited++) {
      assert.ok(waited < seconds, `${what}: not within ${seconds} s`);
      this.wait(1);
    }
  }

  call(method: string, path: string, params: Record<string, string> = {}, node = "foxtrot"): Promise<Reply> {
    return ask(this.server(node), method, path, { headers: this.headers, params });
  }

  async get<T>(path: string, params: Record<string, string> = {}): Promise<T> {
    const { status, json, text } = await this.call("GET", path, params);
    assert.equal(status, 200, text);
    return json?.data as T;
  }

  async refused(method: string, path: string, params: Record<string, string>, text: string): Promise<void> {
    const { status, json } = await this.call(method, path, params);
    assert.deepEqual([status, json?.message?.replace(/\n$/, "")], [500, text]);
  }

  /** Starts a task and lets time pass until it is over; its exit status and log. */
  async task(
    method: string,
    path: string,
    params: Record<string, string> = {},
  ): Promise<{ status: string; log: string[] }> {
    const { json, text, status } = await this.call(method, path, params);
    assert.equal(status, 200, text);
    const upid = String(json?.data);
    this.sim.simulation.tasks.finishTask(upid);
    const node = upid.split(":")[1]!;
    const task = this.node(node).tasks.find((each) => each.upid === upid)!;
    return { status: task.status ?? "running", log: task.log };
  }

  async done(method: string, path: string, params: Record<string, string> = {}): Promise<string[]> {
    const { status, log } = await this.task(method, path, params);
    assert.equal(status, "OK", log.join("\n"));
    return log;
  }

  /** A command as librados sends it. */
  mon(prefix: string, args: Args = {}): Answer {
    return command(this.ceph, prefix, { format: "json", ...args });
  }

  /** A command line as SSH runs it. */
  ssh(
    node: string,
    line: string,
    stdin = "",
  ): { code: number; stdout?: string; stderr?: string; unbuilt?: boolean; seconds?: number } {
    const { simulation } = this.sim;
    const files = new FileSystem(simulation, this.node(node));
    return runLine({ files, stdin, simulation, node: this.node(node) }, line);
  }

  get states(): Record<string, number> {
    const { pgmap } = this.mon("status").json as { pgmap: { pgs_by_state: { state_name: string; count: number }[] } };
    return Object.fromEntries(pgmap.pgs_by_state.map(({ state_name, count }) => [state_name, count]));
  }

  get health(): { status: string; checks: Record<string, { summary: { message: string } }> } {
    return this.mon("health", { detail: "detail" }).json as never;
  }

  /** What a health check says; undefined when it is not raised. */
  message(code: string): string | undefined {
    return this.health.checks[code]?.summary.message;
  }

  isClean(): boolean {
    return Object.keys(this.states).every((state) => state.startsWith("active+clean"));
  }

  install(): void {
    for (const name of this.names) {
      const ended = this.ssh(name, "pveceph install --version tentacle --repository no-subscription", "y\n");
      assert.equal(ended.code, 0, ended.stderr);
    }
  }

  /** Three monitors with managers. */
  async monitors(): Promise<void> {
    this.install();
    const networks = { network: "192.168.5.0/24", "cluster-network": "192.168.7.0/24" };
    assert.equal((await this.call("POST", "/nodes/foxtrot/ceph/init", networks)).status, 200);
    for (const name of this.names) {
      await this.done("POST", `/nodes/${name}/ceph/mon/${name}`);
      this.until(
        "quorum",
        () => (this.mon("quorum_status").json as { quorum: number[] }).quorum.length > this.names.indexOf(name),
        60,
      );
    }
    this.until("first manager", () => this.cluster.mgr.active !== undefined, 60);
    for (const name of ["golf", "hotel"]) await this.done("POST", `/nodes/${name}/ceph/mgr/${name}`);
    this.until("standbys", () => this.cluster.mgr.standbys.length === 2, 60);
  }

  /** Twelve OSDs on six disks. */
  async osds(): Promise<void> {
    await this.monitors();
    for (const name of this.names) {
      for (const disk of ["nvme1n1", "nvme2n1"]) {
        const params = { dev: `/dev/${disk}`, "osds-per-device": "2", "crush-device-class": "nvme" };
        await this.done("POST", `/nodes/${name}/ceph/osd`, params);
      }
    }
    this.until("12 OSDs up", () => (this.mon("osd stat").json as { num_up_osds: number }).num_up_osds === 12, 60);
    this.until("clean", () => this.isClean(), 60);
  }
}
