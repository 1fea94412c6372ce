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
    durations.note("clone", 10_000);
    durations.note("start", 1_000);
    assert.deepEqual(looks(durations, 10_000), [8_000, 9_200, 9_600, 10_000]);
    assert.deepEqual(looks(durations, 4_000), [8_000]);
    assert.equal(durations.delay("clone"), 8_000);
    assert.equal(durations.delay("start"), 920);
    durations.note("start", 50);
    assert.equal(durations.delay("start"), 0);
    assert.equal(durations.delay("unknown"), 0);
    assert.equal(durations.pause("clone", 15_001, often), 7);
  });

  it("trusts the shortest of the latest durations, and never sleeps for long", () => {
    const durations = new Durations();
    durations.note("clone", 300);
    for (let count = 0; count < 7; count++) durations.note("clone", 10_000);
    assert.equal(durations.expected("clone"), 300);
    durations.note("clone", 10_000);
    assert.equal(durations.expected("clone"), 10_000);
    for (let count = 0; count < 8; count++) durations.note("clone", 3_600_000);
    assert.equal(durations.pause("clone", 0, often), 8_000);
  });
});
