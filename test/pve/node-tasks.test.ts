import assert from "node:assert/strict";
import { Durations } from "../../pve/durations";
import { NodeTasks } from "../../pve/node-tasks";
import { ProxmoxError } from "../../pve/errors";
import { Redactor } from "../../pve/redact";
import { taskPause, Tasks } from "../../pve/tasks";
import type { Transport } from "../../pve/transport";
import { VirtualClock } from "./virtual-clock";

/** Tasks of a node that end at their moment, and what was asked about them. */
class Node {
  readonly clock = new VirtualClock(0);
  readonly ends = new Map<string, { at: number; exit: string }>();
  readonly asked: string[] = [];
  readonly tasks = new NodeTasks("pve1", { request: async (_method, path) => this.answer(path) }, this.clock);
  away = false;
  private readonly durations = new Durations();

  /** A task of this kind, waited for to its end; tells how much later than that it was noticed. */
  async wait(upid: string, ms: number, kind: string, exit = "OK"): Promise<number> {
    const start = this.clock.now();
    this.ends.set(upid, { at: start + ms, exit });
    const pause = (elapsed: number) => this.durations.pause(kind, elapsed, taskPause);
    const watch = this.tasks.watch(upid, Infinity, pause);
    await watch.rest(this.durations.delay(kind));
    let seen = await watch.poll();
    for (; seen.running; seen = await watch.poll()) await watch.rest(pause(this.clock.now() - start));
    assert.equal(seen.exitStatus, exit);
    this.tasks.leave(watch);
    this.durations.note(kind, this.clock.now() - start, watch.stillAtMs);
    return this.clock.now() - start - ms;
  }

  answer(path: string) {
    this.asked.push(path);
    if (this.away) return Promise.reject(new ProxmoxError({ kind: "unavailable", message: "no route to host" }));
    const now = this.clock.now();
    const row = (upid: string, at: number, exit: string) =>
      now < at ? { upid, status: "RUNNING" } : { upid, status: exit, endtime: at };
    const [, upid] = /^\/nodes\/pve1\/tasks\/(.+)\/status$/.exec(path) ?? [];
    const found = upid === undefined ? undefined : this.ends.get(upid);
    const data = found
      ? now < found.at
        ? { status: "running" }
        : { status: "stopped", exitstatus: found.exit }
      : [...this.ends].map(([id, { at, exit }]) => row(id, at, exit));
    return Promise.resolve({ data, total: undefined, changes: undefined });
  }
}

describe("waits for tasks of one node", () => {
  it("ask about a lone task by itself", async () => {
    const node = new Node();
    await node.wait("a", 1_000, "x");
    assert.deepEqual([...new Set(node.asked)], ["/nodes/pve1/tasks/a/status"]);
  });

  it("share one list, which tells all ends", async () => {
    const node = new Node();
    await Promise.all(Array.from({ length: 50 }, (_, n) => node.wait(`task ${n}`, 4_000, "x")));
    assert.deepEqual([...new Set(node.asked)], ["/nodes/pve1/tasks"]);
    assert.ok(node.asked.length < 30, `${node.asked.length} lists`);
  });

  it("are woken by each other's looks", async () => {
    const node = new Node();
    await node.wait("a", 100_000, "long");
    // The first look would be after 8 s.
    const early = node.wait("b", 1_000, "long");
    await node.clock.sleep(1_100);
    await node.wait("c", 500, "short");
    assert.ok((await early) <= 200, `${await early} ms`);
  });

  it("take the end of a failed task from the task itself", async () => {
    const node = new Node();
    await Promise.all([node.wait("a", 900, "x"), node.wait("b", 1_000, "x", "it broke\tthere")]);
    assert.ok(node.asked.includes("/nodes/pve1/tasks/b/status"));
  });

  it("look when known work is about to end, and notice it soon", async () => {
    const node = new Node();
    await node.wait("first", 8_000, "clone");
    const before = node.asked.length;
    let next = 0;
    let late = 0;
    // Six at a time, staggered as they come.
    const worker = async (n: number) => {
      await node.clock.sleep(n * 1_300);
      while (next < 60) late += await node.wait(`clone ${next++}`, 7_900 + (next % 5) * 50, "clone");
    };
    await Promise.all(Array.from({ length: 6 }, (_, n) => worker(n)));
    const asked = node.asked.length - before;
    assert.ok(asked <= 4 * 65, `${asked} requests`);
    assert.ok(late / 65 < 110, `noticed ${late / 65} ms late`);
  });

  it("get no later from one to the next where all begin at once and take the same", async () => {
    const node = new Node();
    const late: number[] = [];
    for (let round = 0; round < 8; round++)
      late.push(
        ...(await Promise.all(Array.from({ length: 6 }, (_, n) => node.wait(`${round} ${n}`, 8_000, "clone")))),
      );
    const experienced = late.slice(6);
    const mean = experienced.reduce((sum, ms) => sum + ms, 0) / experienced.length;
    assert.ok(mean < 70, `noticed ${mean} ms late: ${late.join(" ")}`);
    // Lists, each for all six.
    assert.ok(node.asked.length < 60, `${node.asked.length} requests`);
  });

  it("count an outage from when the task was last seen, by whoever asked", async () => {
    const node = new Node();
    const request = async (_method: string, path: string) => node.answer(path);
    const transport: unknown = { request, context: {}, with: () => transport };
    const tasks = new Tasks(transport as Transport, node.clock, new Redactor());
    const task = (n: number, ms: number): Promise<unknown> => {
      const upid = `UPID:pve1:${String(n).padStart(8, "0")}:00ABCDEF:6955B900:qmcreate:100:root@pam:`;
      node.ends.set(upid, { at: node.clock.now() + ms, exit: "OK" });
      return tasks.wait(upid);
    };
    const long = task(0, 1_000_000);
    const one = () => node.asked.filter((path) => path.includes(":00000000:")).length;
    for (let n = 1; n < 225; n++) await task(n, 4_000);
    // Others have looked for longer than an outage may last, and it was not asked for by itself.
    const asked = one();
    for (let n = 225; n < 400 && node.clock.now() < 940_000; n++) await task(n, 4_000);
    assert.equal(one(), asked);
    node.away = true;
    void node.clock.sleep(30_000).then(() => (node.away = false));
    await long;
    assert.ok(one() > asked);
  });
});
