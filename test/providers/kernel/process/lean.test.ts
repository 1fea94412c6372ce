import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { stayLean } from "../../../../providers/kernel/process/lean";

describe("the plugin's memory", () => {
  it("is collected above a size, and left alone below it", async () => {
    const sizes = [100e6, 250e6, 120e6, 181e6];
    let looks = 0;
    let collected = 0;
    const timer = stayLean(
      () => sizes[looks++] ?? 0,
      () => collected++,
      1,
    );
    while (looks <= sizes.length) await sleep(1);
    clearInterval(timer);
    assert.equal(collected, 2);
  });
});
