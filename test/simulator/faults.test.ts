import assert from "node:assert/strict";
import { startSimulator, type Fault } from "../../simulator/index.js";
import { ask } from "./api-client.js";

/** Asks for pools three times, creating one each time, under a fault; returns statuses and the pools that then exist. */
async function under(fault: Fault): Promise<{ statuses: (number | string)[]; pools: string[]; elapsed: number }> {
  const simulator = await startSimulator({ faults: [fault] });
  const node = simulator.nodes[0] ?? assert.fail("no node");
  const headers = { Authorization: `PVEAPIToken=${simulator.token.id}=${simulator.token.secret}` };
  const before = simulator.clock.now();
  const statuses: (number | string)[] = [];
  for (const poolid of ["p1", "p2", "p3"]) {
    const answer = ask(node, "POST", "/pools", { headers, params: { poolid } });
    statuses.push(
      await answer.then(
        ({ status }) => status,
        (error: NodeJS.ErrnoException) => error.code ?? "",
      ),
    );
  }
  const elapsed = simulator.clock.now() - before;
  const pools = Object.keys(simulator.world.clusters["pve1"]?.pools ?? {});
  await simulator.close();
  return { statuses, pools, elapsed };
}

describe("faults", () => {
  it("strike as often as they say, after as many as they let pass", async () => {
    const fault: Fault = {
      route: "POST /pools",
      after: 1,
      count: 1,
      effect: { kind: "status", status: 596, reason: "Broken pipe" },
    };
    const { statuses, pools } = await under(fault);
    assert.deepEqual(
      [statuses, pools],
      [
        [200, 596, 200],
        ["p1", "p3"],
      ],
    );
  });

  it("may strike after the call took effect", async () => {
    const effect = { kind: "status", status: 596, reason: "Connection timed out", handled: true } as const;
    const { statuses, pools } = await under({ route: "POST *", count: 1, effect });
    assert.deepEqual(
      [statuses, pools],
      [
        [596, 200, 200],
        ["p1", "p2", "p3"],
      ],
    );
  });

  it("reset connections", async () => {
    const { statuses } = await under({ route: "POST /pools", count: 1, effect: { kind: "reset" } });
    assert.deepEqual(statuses, ["ECONNRESET", 200, 200]);
  });

  it("take tickets for invalid", async () => {
    const { statuses } = await under({ count: 2, effect: { kind: "ticket" } });
    assert.deepEqual(statuses, [401, 401, 200]);
  });

  it("let simulated time pass", async () => {
    const { elapsed } = await under({ route: "POST /pools", effect: { kind: "latency", ms: 700 } });
    assert.equal(elapsed, 2100);
  });

  it("strike by chance, the same way each time", async () => {
    const fault: Fault = {
      route: "POST /pools",
      chance: 0.5,
      effect: { kind: "status", status: 599, reason: "Too many" },
    };
    const [one, other] = [await under(fault), await under(fault)];
    assert.deepEqual(one.statuses, other.statuses);
    assert.ok(one.statuses.includes(200) && one.statuses.includes(599));
  });
});
