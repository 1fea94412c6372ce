import assert from "node:assert/strict";
import type { Fault, SimulatorOptions } from "../../simulator/index.js";
import { Faulty } from "./faulty.js";

describe("faults of requests", () => {
  let faulty: Faulty;
  const start = async (faults: Fault[], options: SimulatorOptions = {}): Promise<void> => {
    faulty = await Faulty.start(faults, options);
  };
  afterEach(() => faulty.close());

  const statuses = async (path: string, count: number): Promise<number[]> => {
    const all: number[] = [];
    for (let asked = 0; asked < count; asked++) all.push((await faulty.ask("GET", path)).status);
    return all;
  };

  it("latency lets simulated time pass before the call is handled", async () => {
    await start([{ route: "GET /version", effect: { kind: "latency", ms: 1500 } }]);
    const before = faulty.simulator.clock.now();
    assert.equal((await faulty.ask("GET", "/version")).status, 200);
    assert.equal(faulty.simulator.clock.now() - before, 1500);
    await faulty.ask("GET", "/nodes");
    assert.deepEqual(faulty.struck, { latency: 1 });
  });

  it("a reset ends the connection before the call takes effect, or after", async () => {
    const route = "POST /pools";
    await start([
      { route, count: 1, effect: { kind: "reset" } },
      { route, after: 1, effect: { kind: "reset", handled: true } },
    ]);
    const pools = faulty.simulator.world.clusters["foxtrot"]?.pools ?? {};
    await assert.rejects(faulty.ask("POST", "/pools", { poolid: "one" }), /socket hang up|ECONNRESET/);
    assert.deepEqual(Object.keys(pools), []);
    await assert.rejects(faulty.ask("POST", "/pools", { poolid: "two" }), /socket hang up|ECONNRESET/);
    assert.deepEqual(Object.keys(pools), ["two"]);
    assert.deepEqual(faulty.struck, { reset: 2 });
  });

  for (const [status, reason] of [
    [595, "Connection refused"],
    [596, "Broken pipe"],
    [599, "Too many redirections"],
  ] as const) {
    it(`${status} is a reply without a body`, async () => {
      await start([{ route: "GET /nodes/{node}/status", count: 1, effect: { kind: "status", status, reason } }]);
      const answer = await faulty.ask("GET", "/nodes/foxtrot/status");
      assert.deepEqual([answer.status, answer.reason, answer.text], [status, reason, ""]);
      assert.equal((await faulty.ask("GET", "/nodes/foxtrot/status")).status, 200);
      assert.deepEqual(faulty.struck, { status: 1 });
    });
  }

  it("an expired ticket is a 401", async () => {
    await start([{ route: "GET /*", after: 1, count: 1, effect: { kind: "ticket" } }]);
    assert.deepEqual(await statuses("/version", 3), [200, 401, 200]);
    assert.deepEqual(faulty.struck, { ticket: 1 });
  });

  it("strikes only in its window of time", async () => {
    await start([{ from: 10, to: 20, effect: { kind: "status", status: 595, reason: "x" } }], { clock: "manual" });
    const seen: number[] = [];
    for (const seconds of [0, 10, 5, 5]) {
      faulty.simulator.clock.advance(seconds * 1000);
      seen.push((await faulty.ask("GET", "/version")).status);
    }
    assert.deepEqual(seen, [200, 595, 595, 200]);
    assert.deepEqual(faulty.struck, { status: 2 });
  });

  it("strikes by chance, and with the same seed at the same requests", async () => {
    const faults: Fault[] = [{ chance: 0.5, effect: { kind: "status", status: 599, reason: "x" } }];
    const runs: number[][] = [];
    for (const faultSeed of [7, 7, 8]) {
      await start(faults, { faultSeed });
      runs.push(await statuses("/version", 24));
      await faulty.close();
    }
    await start([]);
    assert.deepEqual(runs[0], runs[1]);
    assert.notDeepEqual(runs[0], runs[2]);
    assert.deepEqual([...new Set(runs[0])].sort(), [200, 599]);
  });
});
