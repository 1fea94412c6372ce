import assert from "node:assert/strict";
import { isProxmoxError, type Connection, type TaskProgress } from "../../pve";
import { percent, taskPause } from "../../pve/tasks";
import { startFakeApi, type FakeApi, type FakeReply } from "./fake-api";
import { startTasks, upid, type FakeTasks } from "./fake-tasks";
import type { VirtualClock } from "./virtual-clock";

describe("tasks", () => {
  let fake: FakeApi;
  let clock: VirtualClock;
  let connection: Connection;
  let world: FakeTasks;

  beforeEach(async () => {
    let another: () => Connection;
    ({ fake, clock, world, another } = await startTasks());
    connection = another();
  });
  afterEach(async () => {
    connection.close();
    await fake.close();
  });

  it("notices the end of a short task within 0.3 s", async () => {
    const start = clock.now();
    const result = await connection.tasks.wait(world.start(1, 200));
    assert.deepEqual(result, { upid: upid(1), exitStatus: "OK", warnings: [] });
    assert.ok(clock.now() - start <= 300, `${clock.now() - start} ms`);
  });

  it("spends few calls on a long task, and still ends soon after it", async () => {
    const start = clock.now();
    await connection.tasks.wait(world.start(1, 600_000));
    assert.ok(world.statusCalls < 120, `${world.statusCalls} calls`);
    assert.ok(clock.now() - start - 600_000 <= 8_000);
    assert.equal(world.listCalls, 0);
  });

  it("shares one list per tick among many tasks on a node", async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, n) => connection.tasks.wait(world.start(n, 60_000 + n))),
    );
    assert.equal(results.length, 50);
    assert.ok(world.listCalls < 45, `${world.listCalls} lists`);
    // Who is left asks about the last one alone.
    assert.ok(world.statusCalls <= 2, `${world.statusCalls} calls`);
  });

  it("takes a failure from the task itself, not from the list", async () => {
    const [good, bad] = await Promise.allSettled([
      connection.tasks.wait(world.start(1, 10_000)),
      connection.tasks.wait(world.start(2, 10_000, "unable to parse\tvolume ID")),
    ]);
    assert.equal(good.status, "fulfilled");
    assert.ok(bad.status === "rejected" && isProxmoxError(bad.reason, "task-failed"));
    assert.equal(bad.reason.exitStatus, "unable to parse\tvolume ID");
    assert.ok(world.statusCalls >= 1);
  });

  it("asks about a task that the list does not show", async () => {
    const waits = Array.from({ length: 3 }, (_, n) => connection.tasks.wait(world.start(n, 5_000)));
    fake.on("GET", "/nodes/pve1/tasks", { data: [], extra: {} });
    for (const { exitStatus } of await Promise.all(waits)) assert.equal(exitStatus, "OK");
    assert.ok(world.statusCalls >= 3);
  });

  it("looks at work that it knows when it is about to end, and not before", async () => {
    await connection.tasks.wait(world.start(1, 5_000));
    const [before, start] = [world.statusCalls, clock.now()];
    await connection.tasks.wait(world.start(2, 5_000));
    assert.ok(world.statusCalls - before <= 4, `${world.statusCalls - before} calls`);
    assert.ok(clock.now() - start < 5_500, `${clock.now() - start} ms`);
  });

  it("staggered tasks do not multiply the lists", async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        await clock.sleep(n * 50);
        await connection.tasks.wait(world.start(n, 60_000));
      }),
    );
    assert.ok(world.listCalls < 60, `${world.listCalls} lists`);
    assert.ok(world.statusCalls <= 10, `${world.statusCalls} calls`);
  });

  it("returns warnings of a task that succeeded with some", async () => {
    world.log.push("WARN: no network", "WARNING: slow disk", "TASK WARNINGS: 2");
    const result = await connection.tasks.wait(world.start(1, 100, "WARNINGS: 2"));
    assert.deepEqual(result, { upid: upid(1), exitStatus: "WARNINGS: 2", warnings: ["no network", "slow disk"] });
  });

  it("fails with exit status, the end of the log, and a hint", async () => {
    for (let i = 0; i < 100; i++) world.log.push(`line ${i}`);
    world.log.push("TASK ERROR: MAX 2 vcpus allowed per VM on this node");
    const wait = connection.tasks.wait(world.start(1, 100, "MAX 2 vcpus allowed per VM on this node"), {
      what: "start VM 101",
    });
    await assert.rejects(wait, (error) => {
      assert.ok(isProxmoxError(error, "task-failed"));
      assert.equal(error.reason, "refused");
      assert.equal(error.exitStatus, "MAX 2 vcpus allowed per VM on this node");
      assert.equal(error.log.at(-1), "line 99");
      assert.ok(error.log.length <= 25);
      assert.match(error.message, /^Start VM 101 failed on pve1: MAX 2 vcpus .*\. Give the VM no more cores/);
      return true;
    });
  });

  it("finds the hint of a generic exit status in the log", async () => {
    world.log.push(
      "* this host already contains virtual guests",
      "TASK ERROR: Check if node may join a cluster failed!",
    );
    await assert.rejects(
      connection.tasks.wait(world.start(1, 100, "Check if node may join a cluster failed!")),
      /A node joins a cluster empty/,
    );
  });

  for (const [line, hint] of [
    ["2026-11-21 09:57:08 ERROR 404: File not found.", /There is no such file at the address: correct the URL/],
    ["2026-11-21 09:57:08 ERROR 403: Forbidden.", /does not give this file to the node/],
    ["2026-11-21 09:57:08 ERROR 503: Service Unavailable.", /is in trouble: try again later/],
  ] as const)
    it(`explains a download that ended with ${line.slice(20, 29)}, and speaks of no DNS`, async () => {
      world.log.push("HTTP request sent, awaiting response... ", line, "TASK ERROR: download failed: exit code 8");
      await assert.rejects(
        connection.tasks.wait(world.start(1, 100, "download failed: exit code 8")),
        (error: Error) => {
          assert.match(error.message, hint);
          assert.doesNotMatch(error.message, /DNS/);
          return true;
        },
      );
    });

  it("explains a download whose node does not reach the address", async () => {
    const status = "download failed: wget: unable to resolve host address 'nosuch.invalid'";
    await assert.rejects(connection.tasks.wait(world.start(1, 100, status)), /must reach the address \(DNS/);
  });

  it("tells what kind of failure the exit status is", async () => {
    await assert.rejects(connection.tasks.wait(world.start(1, 100, "VM is locked (backup)")), (error) => {
      assert.ok(isProxmoxError(error, "locked"));
      assert.equal(error.kind, "task-failed");
      assert.equal(error.retryable, false);
      return true;
    });
    const text = "can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout";
    await assert.rejects(
      connection.tasks.wait(world.start(2, 100, text)),
      (error) => isProxmoxError(error, "locked") && error.retryable,
    );
  });

  it("survives resets, 595, 596, 599 and garbage", async () => {
    const outages: FakeReply[] = [
      "reset",
      { status: 595, reason: "Connection refused", body: "" },
      { status: 596, reason: "Connection timed out", body: "" },
      { status: 599, reason: "Too many redirections", body: "" },
      { body: "half an ans" },
    ];
    const id = world.start(1, 5_000);
    fake.on("GET", /\/status$/, () => outages.shift() ?? { data: { status: "stopped", exitstatus: "OK" } });
    assert.equal((await connection.tasks.wait(id)).exitStatus, "OK");
  });

  it("survives a restart of the API that forgets all tickets", async () => {
    const id = world.start(1, 60_000);
    const port = fake.port;
    let polls = 0;
    clock.beforeSleep = async () => {
      polls++;
      if (polls === 2) await fake.close();
      if (polls === 5) {
        fake = await startFakeApi(port);
        fake.on("GET", /\/status$/, ({ headers }) =>
          fake.logins.length === 0
            ? { status: 401, reason: "Authentication failed!", body: headers.cookie ? "" : "no cookie" }
            : { data: { status: "stopped", exitstatus: "OK" } },
        );
      }
    };
    assert.equal((await connection.tasks.wait(id)).exitStatus, "OK");
    assert.equal(polls, 5);
    assert.equal(fake.logins.length, 1);
  });

  it("gives up on a node that stays away", async () => {
    const id = world.start(1, 60_000);
    fake.on("GET", /\/status$/, { status: 595, reason: "No route to host", body: "" });
    await assert.rejects(connection.tasks.wait(id), (error) => isProxmoxError(error, "unavailable"));
  });

  it("does not wait for a task that the node does not know", async () => {
    await assert.rejects(connection.tasks.wait(upid(9)), (error) => isProxmoxError(error, "not-found"));
    await assert.rejects(connection.tasks.wait("UPID:nonsense"), /is no task id/);
  });

  it("reports progress with the last line and its percentage", async () => {
    world.log.push("transferred 1.2 GiB of 10.0 GiB (12.34%)");
    const seen: TaskProgress[] = [];
    await connection.tasks.wait(world.start(1, 60_000), { onProgress: (progress) => seen.push(progress) });
    assert.ok(seen.length > 3 && seen.length < 40, `${seen.length} reports`);
    assert.deepEqual(seen[0], { upid: upid(1), line: "transferred 1.2 GiB of 10.0 GiB (12.34%)", percent: 12.34 });
    assert.equal(percent("drive mirror: 4.0 GiB of 8.0 GiB (50.00%) in 4s"), 50);
    assert.equal(percent("no figures here"), undefined);
  });

  it("reads no log of what is soon over, nor where nobody looks", async () => {
    const logs = () => fake.requests.filter(({ path }) => path.endsWith("/log")).length;
    const seen: TaskProgress[] = [];
    const onProgress = (progress: TaskProgress) => seen.push(progress);
    await connection.tasks.wait(world.start(1, 9_000), { onProgress });
    await connection.tasks.wait(world.start(2, 60_000), { onProgress, isWatched: () => false });
    assert.deepEqual([logs(), seen], [0, []]);
  });

  it("aborts the wait and leaves the task alone, unless asked to stop it", async () => {
    const stops = () => fake.requests.filter(({ method }) => method === "DELETE").length;
    fake.on("DELETE", /\/tasks\//, { data: null });
    for (const stopOnAbort of [false, true]) {
      const controller = new AbortController();
      const wait = connection.tasks.wait(world.start(1, 3_600_000), { signal: controller.signal, stopOnAbort });
      setImmediate(() => controller.abort());
      await assert.rejects(wait, (error) => isProxmoxError(error, "aborted"));
      assert.equal(stops(), stopOnAbort ? 1 : 0);
    }
  });

  it("asks again to stop what hangs on a node that was away for a moment, and not for ever", async () => {
    const stops = () => fake.requests.filter(({ method }) => method === "DELETE").length;
    const away = { status: 596, reason: "Connection timed out", body: "" };
    let left = 2;
    fake.on("DELETE", /\/tasks\//, () => (left-- > 0 ? away : { data: null }));
    await connection.tasks.stop(upid(1));
    assert.equal(stops(), 3);
    left = Infinity;
    await assert.rejects(connection.tasks.stop(upid(2)), (error) => isProxmoxError(error, "unavailable"));
    assert.equal(stops(), 8);
  });

  it("ends at its time limit and at the operation's", async () => {
    await assert.rejects(
      connection.tasks.wait(world.start(1, 99_000), { timeoutMs: 10_000 }),
      /Waited 10 s .*still running, as UPID/,
    );
    const start = clock.now();
    await assert.rejects(connection.with({ timeoutMs: 5_000 }).tasks.wait(world.start(2, 99_000)), (error) =>
      isProxmoxError(error, "timeout"),
    );
    assert.ok(clock.now() - start <= 5_000);
  });

  it("takes an answer without a task id as done", async () => {
    assert.equal((await connection.tasks.run(async () => null)).exitStatus, "OK");
    assert.equal((await connection.tasks.run(async () => world.start(1, 300))).upid, upid(1));
  });

  it("polls at most every 8 s", () => {
    assert.equal(taskPause(0), 100);
    assert.equal(taskPause(3_600_000), 8_000);
  });
});
