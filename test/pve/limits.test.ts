import assert from "node:assert/strict";
import fc from "fast-check";
import { isProxmoxError, Limits } from "../../pve";

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("limits", () => {
  it("runs as many as there are places, in the order of arrival", async () => {
    const limits = new Limits({ node: 2 });
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const runs = [0, 1, 2, 3].map((n) =>
      limits.run(["node:pve1"], () => {
        started.push(n);
        return new Promise<void>((resolve) => (finish[n] = resolve));
      }),
    );
    await tick();
    assert.deepEqual(started, [0, 1]);
    finish[1]!();
    await tick();
    assert.deepEqual(started, [0, 1, 2]);
    finish[0]!();
    await tick();
    assert.deepEqual(started, [0, 1, 2, 3]);
    finish[2]!();
    finish[3]!();
    await Promise.all(runs);
  });

  it("gives places back after a failure", async () => {
    const limits = new Limits();
    await assert.rejects(
      limits.run(["vm:100"], () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(await limits.run(["vm:100"], async () => "yes"), "yes");
  });

  it("takes a waiter that is aborted out of the queue", async () => {
    const limits = new Limits();
    let finish = () => {};
    const first = limits.run(["vm:100"], () => new Promise<void>((resolve) => (finish = resolve)));
    const controller = new AbortController();
    const second = limits.run(["vm:100"], async () => assert.fail("must not run"), controller.signal);
    const third = limits.run(["vm:100"], async () => "third");
    await tick();
    controller.abort();
    await assert.rejects(second, (error) => isProxmoxError(error, "aborted"));
    await assert.rejects(
      limits.run(["vm:100"], async () => 1, controller.signal),
      (error) => isProxmoxError(error, "aborted"),
    );
    finish();
    await first;
    assert.equal(await third, "third");
  });

  it("never exceeds a limit and never gets stuck, whatever the keys and their order", async () => {
    const key = fc.constantFrom("global", "node:a", "node:b", "storage:x", "vm:1", "vm:2", "other:z");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(key, { maxLength: 4 }), { maxLength: 20 }), async (jobs) => {
        const config = { global: 3, node: 2, storage: 1, vm: 1 };
        const limits = new Limits(config);
        const atWork = new Map<string, number>();
        let done = 0;
        await Promise.all(
          jobs.map((keys) =>
            limits.run(keys, async () => {
              for (const one of new Set(keys)) {
                const now = (atWork.get(one) ?? 0) + 1;
                atWork.set(one, now);
                const kind = one.split(":")[0] as keyof typeof config;
                assert.ok(now <= (config[kind] ?? 1), `${now} at ${one}`);
              }
              await tick();
              for (const one of new Set(keys)) atWork.set(one, atWork.get(one)! - 1);
              done++;
            }),
          ),
        );
        assert.equal(done, jobs.length);
      }),
      { numRuns: 60 },
    );
  });
});
