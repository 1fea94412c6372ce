import assert from "node:assert/strict";
import { isProxmoxError, type Connection } from "../../pve";
import type { FakeApi } from "./fake-api";
import { copied, startTasks, type FakeTasks } from "./fake-tasks";
import type { VirtualClock } from "./virtual-clock";

describe("waits for the first copy of a kind", () => {
  let fake: FakeApi;
  let clock: VirtualClock;
  let connection: Connection;
  let world: FakeTasks;
  let another: () => Connection;

  beforeEach(async () => {
    ({ fake, clock, world, another } = await startTasks());
    connection = another();
  });
  afterEach(async () => {
    connection.close();
    await fake.close();
  });

  it("asks a copy how far it is, and looks for its end when it is due", async () => {
    // Requests, and how late the end is noticed, in milliseconds.
    for (const [ms, requests, late] of [
      [3_000, 9, 100],
      [8_000, 7, 100],
      [60_000, 16, 600],
    ] as const) {
      connection.close();
      connection = another();
      const before = fake.requests.length;
      const start = clock.now();
      await connection.tasks.wait(world.copy(1, ms));
      const asked = fake.requests.slice(before).filter(({ path }) => path.includes("/tasks/")).length;
      assert.ok(asked <= requests, `${asked} requests in ${ms} ms`);
      assert.ok(clock.now() - start - ms <= late, `${clock.now() - start - ms} ms late after ${ms} ms`);
    }
  });

  it("asks one of the copies that begin together", async () => {
    await Promise.all(Array.from({ length: 6 }, (_, n) => connection.tasks.wait(world.copy(n, 8_000))));
    assert.deepEqual([...new Set(world.logsRead)].length, 1);
    assert.ok(world.logsRead.length <= 3, `${world.logsRead.length} logs`);
    assert.ok(world.listCalls <= 8, `${world.listCalls} lists`);
  });

  it("asks for no figures once it knows how long a copy takes, nor a second time where there are none", async () => {
    await connection.tasks.wait(world.start(1, 3_000, "OK", "qmclone"));
    assert.equal(world.logsRead.length, 1);
    await connection.tasks.wait(world.copy(2, 3_000));
    const before = world.logsRead.length;
    await connection.tasks.wait(world.copy(3, 3_000));
    assert.equal(world.logsRead.length, before);
    world.lastLine = () => undefined;
    await connection.tasks.wait(world.start(4, 3_000, "OK", "qmmove"));
    await connection.tasks.wait(world.start(5, 30_000));
    assert.equal(world.logsRead.length, before + 1);
  });

  it("notices the end of a copy whose log says nothing of it, or cannot be read", async () => {
    const task = world.start(1, 20_000, "unexpected status", "qmclone");
    world.lastLine = () => copied(30);
    const start = clock.now();
    await assert.rejects(connection.tasks.wait(task), (error) => isProxmoxError(error, "task-failed"));
    assert.ok(clock.now() - start < 24_000, `${clock.now() - start} ms`);
    fake.on("GET", /\/log$/, { status: 403, reason: "Permission check failed", body: "" });
    assert.equal((await connection.tasks.wait(world.start(2, 5_000, "OK", "qmclone"))).exitStatus, "OK");
  });

  it("follows a copy that gets slower, and a second disk that begins anew", async () => {
    const start = clock.now();
    const slower = world.start(1, 40_000, "OK", "qmclone");
    // Half of it in the first 5 s.
    const bent = (ms: number) => (ms < 5_000 ? ms / 100 : 50 + (ms - 5_000) / 700);
    world.lastLine = () => copied(bent(clock.now() - start));
    await connection.tasks.wait(slower);
    assert.ok(clock.now() - start < 41_000, `${clock.now() - start} ms`);
    const again = clock.now();
    const two = world.start(2, 20_000, "OK", "qmmove");
    world.lastLine = () => copied(((clock.now() - again) % 10_000) / 100.01);
    await connection.tasks.wait(two);
    assert.ok(clock.now() - again < 23_000, `${clock.now() - again} ms`);
  });

  it("tells whoever watches a long copy how far it is, without asking once more", async () => {
    const seen: (number | undefined)[] = [];
    await connection.tasks.wait(world.copy(1, 60_000), { onProgress: ({ percent }) => seen.push(percent) });
    assert.ok(seen.length >= 3, seen.join());
    assert.ok(world.logsRead.length + world.statusCalls <= 20, `${world.logsRead.length} + ${world.statusCalls}`);
  });

  it("looks for the first time half a second after a machine's start or copy has begun", async () => {
    await connection.tasks.wait(world.start(1, 400, "OK", "qmstart"));
    assert.equal(world.statusCalls, 1);
    await connection.tasks.wait(world.start(2, 1_500, "OK", "vzstart"));
    assert.ok(world.statusCalls <= 1 + 5, `${world.statusCalls} calls`);
  });
});
