import assert from "node:assert/strict";
import { SimulatedClock } from "../../simulator/simulated-clock.js";

describe("the simulated clock", () => {
  it("runs what is due in its order, each at its moment", () => {
    const clock = new SimulatedClock("manual", 1000);
    const seen: [string, number][] = [];
    const at = (name: string, delay: number) => clock.schedule(delay, () => seen.push([name, clock.now()]));
    at("late", 50);
    at("early", 10);
    at("same", 10);
    at("never", Infinity);
    at("taken back", 20).cancel();
    clock.advance(49);
    assert.deepEqual(seen, [
      ["early", 1010],
      ["same", 1010],
    ]);
    clock.advance(1);
    assert.deepEqual([seen.at(-1), clock.now(), clock.runNext()], [["late", 1050], 1050, false]);
  });

  it("runs what is scheduled by what it runs", () => {
    const clock = new SimulatedClock("manual", 0);
    let count = 0;
    const again = (): void => {
      count++;
      clock.schedule(10, again);
    };
    again();
    clock.advance(100);
    assert.equal(count, 11);
  });

  it("lets a request sleep without waiting, unless it runs by itself", async () => {
    const clock = new SimulatedClock("immediate", 0);
    await clock.sleep(3000);
    assert.equal(clock.now(), 3000);
    const auto = new SimulatedClock("auto", 0, 1_000_000);
    await auto.sleep(3000);
    assert.ok(auto.now() >= 3000);
    auto.close();
  });

  it("takes everything for over when tasks are immediate", () => {
    assert.ok(new SimulatedClock("immediate", 0).reached(1_000_000));
    assert.ok(!new SimulatedClock("manual", 0).reached(1));
  });
});
