import assert from "node:assert/strict";
import { Limits, ProxmoxError, type ProxmoxErrorKind } from "../../../pve";
import { write, type Write, type Writer } from "../../../providers/kernel/write";
import { VirtualClock } from "../../pve/virtual-clock";

const error = (kind: ProxmoxErrorKind, retryable = false) => new ProxmoxError({ kind, retryable, message: kind });
const lockTimeout = () => error("locked", true);
const lost = () => error("unavailable");

describe("a write", () => {
  const limits = new Limits();
  let said: string[];
  let clock: VirtualClock;
  let controller: AbortController;
  beforeEach(() => {
    said = [];
    clock = new VirtualClock();
    controller = new AbortController();
  });

  const writer = (): Writer => ({
    clock,
    signal: controller.signal,
    inLine: (lock, work) => limits.run([lock], work),
    safePoint: async () => void said.push("safe"),
    progress: (text) => said.push(text),
    random: () => 0.5,
  });
  /** A change that meets these errors, one after the other, and then succeeds. */
  const change = (errors: Error[], happened: (() => Promise<boolean>) | boolean[] = []): Write<string> => ({
    what: "changing it",
    lock: "cluster:user.cfg",
    send: async () => {
      said.push("send");
      const next = errors.shift();
      if (next) throw next;
      return "answer";
    },
    happened: async () => {
      said.push("look");
      if (typeof happened === "function") return happened();
      const seen = happened.shift();
      assert.notEqual(seen, undefined, "looked more often than expected");
      return seen === true;
    },
  });

  it("is tried again when its lock was not to be had, without asking whether it happened", async () => {
    const start = clock.now();
    assert.equal(await write(writer(), change([lockTimeout(), lockTimeout()])), "answer");
    assert.deepEqual(said, ["changing it", "safe", "send", "safe", "send", "safe", "send"]);
    assert.equal(clock.now() - start, 1_000 + 2_000);
  });

  it("is looked for when its answer was lost, and not repeated when it is there", async () => {
    assert.equal(await write(writer(), change([lost()], [true])), undefined);
    assert.deepEqual(said, ["changing it", "safe", "send", "look"]);
  });

  it("is repeated when its answer was lost and it is not there", async () => {
    assert.equal(await write(writer(), change([lost()], [false])), "answer");
  });

  it("that came through late is not a failure because its repetition is refused", async () => {
    const refused = error("conflict");
    assert.equal(await write(writer(), change([lost(), refused], [false, true])), undefined);
    await assert.rejects(write(writer(), change([lost(), refused], [false, false])), refused);
    // Nothing was lost: it is somebody else's.
    await assert.rejects(write(writer(), change([lockTimeout(), refused])), refused);
  });

  it("fails with the lost answer when nobody can look", async () => {
    const first = lost();
    const blind = async () => Promise.reject(error("denied"));
    await assert.rejects(write(writer(), change([first], blind)), first);
  });

  it("gives up at the fifth lock time-out, and at once on anything else", async () => {
    await assert.rejects(write(writer(), change(Array.from({ length: 5 }, lockTimeout))), /locked/);
    assert.equal(said.filter((line) => line === "send").length, 5);
    for (const other of [error("locked"), error("denied"), error("invalid"), new Error("ours")])
      await assert.rejects(write(writer(), change([other])), other);
  });

  it("waits for its turn at the lock, and holds it while it repeats", async () => {
    const order: string[] = [];
    const named = (name: string, errors: Error[]): Write<void> => ({
      ...{ what: name, lock: "cluster:storage.cfg", happened: async () => false },
      send: async () => {
        order.push(name);
        const next = errors.shift();
        if (next) throw next;
      },
    });
    await Promise.all([write(writer(), named("a", [lockTimeout()])), write(writer(), named("b", []))]);
    assert.deepEqual(order, ["a", "a", "b"]);
  });

  it("ends when its operation does", async () => {
    clock.beforeSleep = async () => controller.abort(new Error("out of time"));
    await assert.rejects(write(writer(), change([lockTimeout(), lockTimeout()])), /out of time/);
    assert.equal(said.filter((line) => line === "send").length, 1);
  });
});
