import assert from "node:assert/strict";
import { duration, isProxmoxError, ProxmoxError, systemClock, until } from "../../pve";
import { VirtualClock } from "./virtual-clock";

describe("until", () => {
  const clock = new VirtualClock();
  const counting = (limit: number) => {
    let seen = 0;
    return { what: "the counter", clock, poll: async () => ++seen, done: (n: number) => n >= limit };
  };

  it("returns what is already so without a pause", async () => {
    const before = clock.now();
    assert.equal(await until({ ...counting(1), timeoutMs: 1_000 }), 1);
    assert.equal(clock.now(), before);
  });

  it("looks again after each pause", async () => {
    const before = clock.now();
    assert.equal(await until({ ...counting(4), timeoutMs: 60_000, pauseMs: (elapsed) => 100 + elapsed }), 4);
    assert.equal(clock.now() - before, 100 + 200 + 400);
  });

  it("ends in time, with a last look and a report of it", async () => {
    const before = clock.now();
    await assert.rejects(until({ ...counting(99), timeoutMs: 2_500, describe: (n) => `count ${n}` }), (error) => {
      assert.ok(isProxmoxError(error, "timeout"));
      assert.equal(error.message, "Waited 3 s for the counter; last seen: count 4");
      return true;
    });
    assert.equal(clock.now() - before, 2_500);
  });

  it("lets errors through unless told to tolerate them, and reports the last one", async () => {
    const failing = async (): Promise<number> => {
      throw new ProxmoxError({ kind: "unavailable", message: "gone" });
    };
    const options = { ...counting(1), poll: failing, timeoutMs: 1_500 };
    await assert.rejects(until(options), /gone/);
    await assert.rejects(
      until({ ...options, tolerate: (error) => isProxmoxError(error, "unavailable") }),
      (error) =>
        isProxmoxError(error, "timeout") &&
        /last seen: gone/.test(error.message) &&
        isProxmoxError(error.cause, "unavailable"),
    );
  });

  it("stops at once when aborted", async () => {
    const controller = new AbortController();
    const waiting = until({ ...counting(1e9), timeoutMs: 1e12, signal: controller.signal });
    setImmediate(() => controller.abort());
    await assert.rejects(waiting, (error) => isProxmoxError(error, "aborted"));
    await assert.rejects(systemClock.sleep(1e6, controller.signal));
    const second = new AbortController();
    const sleeping = systemClock.sleep(1e6, second.signal);
    second.abort(new Error("enough"));
    await assert.rejects(sleeping, /enough/);
    await systemClock.sleep(0);
    assert.ok(systemClock.now() > 0);
  });

  it("prints durations for people", () => {
    assert.deepEqual([200, 5_000, 90_000, 3_600_000, 3_723_000].map(duration), [
      "200 ms",
      "5 s",
      "1 min 30 s",
      "1 h",
      "1 h 2 min 3 s",
    ]);
  });
});
