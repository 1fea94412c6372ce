import assert from "node:assert/strict";
import { ProxmoxError, retryLocked } from "../../pve";
import { VirtualClock } from "./virtual-clock";

const locked = (retryable: boolean) =>
  new ProxmoxError({ kind: "task-failed", reason: "locked", retryable, message: "lock" });

describe("retryLocked", () => {
  const clock = new VirtualClock();
  const options = { clock, random: () => 0.5 };

  it("looks, then tries again after a lock time-out", async () => {
    const events: string[] = [];
    let failures = 2;
    const attempt = async () => {
      events.push("attempt");
      if (failures-- > 0) throw locked(true);
      return "done";
    };
    const find = async () => {
      events.push("look");
      return undefined;
    };
    const start = clock.now();
    assert.equal(await retryLocked(attempt, { ...options, find }), "done");
    assert.deepEqual(events, ["attempt", "look", "attempt", "look", "attempt"]);
    assert.equal(clock.now() - start, 1_000 + 2_000);
  });

  it("does not repeat what the look finds done", async () => {
    let attempts = 0;
    const attempt = async (): Promise<string> => {
      attempts++;
      throw locked(true);
    };
    assert.equal(await retryLocked(attempt, { ...options, find: async () => "found" }), "found");
    assert.equal(attempts, 1);
  });

  it("lets other errors and lasting locks through, and gives up in the end", async () => {
    let attempts = 0;
    const failing = (error: Error) => async (): Promise<string> => {
      attempts++;
      throw error;
    };
    const find = async () => undefined;
    await assert.rejects(retryLocked(failing(locked(false)), { ...options, find }));
    await assert.rejects(retryLocked(failing(new Error("other")), { ...options, find }), /other/);
    assert.equal(attempts, 2);
    await assert.rejects(retryLocked(failing(locked(true)), { ...options, find, attempts: 3 }));
    assert.equal(attempts, 5);
  });
});
