import assert from "node:assert/strict";
import { Durations } from "../../pve/durations";

describe("the pace of a wait", () => {
  const often = () => 7;
  /** At which moments somebody looks who waits for `ms`. */
  function looks(durations: Durations, ms: number): number[] {
    const at: number[] = [];
    for (let now = 0; now < ms; at.push(now)) now += durations.pause("clone", now, often);
    return at;
  }

  it("is the given one without experience", () => {
    assert.equal(new Durations().pause("clone", 50, often), 7);
  });

  it("follows what the same kind of work took, closely around its end", () => {
    const durations = new Durations();
    durations.note("clone", 10_000, 10_000);
    durations.note("start", 1_000, 1_000);
    assert.deepEqual(looks(durations, 10_000), [8_000, 9_200, 9_600, 10_000]);
    assert.deepEqual(looks(durations, 4_000), [8_000]);
    assert.equal(durations.delay("clone"), 8_000);
    assert.equal(durations.delay("start"), 920);
    durations.note("start", 50, 50);
    assert.equal(durations.delay("start"), 0);
    assert.equal(durations.delay("unknown"), 0);
    assert.equal(durations.pause("clone", 15_001, often), 7);
  });

  it("looks ever sooner for the end where the same was noticed late", () => {
    const durations = new Durations();
    // It takes 10 s, and is noticed at 10.4 after a look at 9.6: the next time it is expected in the middle.
    durations.note("clone", 10_400, 9_600);
    assert.equal(durations.expected("clone"), 10_000);
    assert.deepEqual(looks(durations, 10_800), [8_000, 9_200, 9_600, 10_000, 10_100, 10_250, 10_475, 10_812.5]);
  });

  it("looks sooner the next time where the first look was too late to tell", () => {
    const durations = new Durations();
    durations.note("clone", 10_000);
    assert.equal(durations.expected("clone"), 9_800);
    // Somebody else's look soon after the start.
    durations.note("other", 10_000, 300);
    assert.equal(durations.expected("other"), 9_800);
  });

  it("looks less often before the end where all took the same lately", () => {
    const durations = new Durations();
    for (let count = 0; count < 3; count++) durations.note("clone", 10_000, 10_000);
    assert.deepEqual(looks(durations, 10_000), [8_000, 10_000]);
    durations.note("clone", 10_400, 10_400);
    assert.deepEqual(looks(durations, 10_000), [8_000, 9_800, 10_000]);
    durations.note("clone", 15_000, 15_000);
    assert.deepEqual(looks(durations, 10_000), [8_000, 9_200, 9_600, 10_000]);
  });

  it("trusts the shortest of the latest durations, and never sleeps for long", () => {
    const durations = new Durations();
    durations.note("clone", 300, 300);
    for (let count = 0; count < 7; count++) durations.note("clone", 10_000, 10_000);
    assert.equal(durations.expected("clone"), 300);
    durations.note("clone", 10_000, 10_000);
    assert.equal(durations.expected("clone"), 10_000);
    for (let count = 0; count < 8; count++) durations.note("clone", 3_600_000, 3_600_000);
    assert.equal(durations.pause("clone", 0, often), 8_000);
  });
});
