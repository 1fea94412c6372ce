import assert from "node:assert/strict";
import { consequences, movers } from "../../../providers/ha/service-moves";
import { conflicts } from "../../../providers/ha/rule-conflicts";
import {
  withRule,
  withService,
  type AffinityRule,
  type Service,
  type Situation,
} from "../../../providers/ha/situation";

const service = (vmid: number, node: string, more: Partial<Service> = {}): Service => ({
  ...{ sid: `vm:${vmid}`, state: "started", node, running: true, failback: true, failed: false },
  ...more,
});
const rule = (name: string, more: Partial<AffinityRule>): AffinityRule => ({
  ...{
    name,
    type: "node-affinity",
    resources: [],
    nodes: new Map(),
    strict: false,
    affinity: undefined,
    disable: false,
  },
  ...more,
});
const place = (
  name: string,
  resources: string[],
  nodes: Record<string, number>,
  more: Partial<AffinityRule> = {},
): AffinityRule => rule(name, { resources, nodes: new Map(Object.entries(nodes)), ...more });
const relate = (name: string, affinity: "positive" | "negative", ...resources: string[]): AffinityRule =>
  rule(name, { type: "resource-affinity", affinity, resources });
const situation = (services: Service[], rules: AffinityRule[] = [], online = ["a", "b", "c"]): Situation => ({
  ...{ services, rules, members: ["a", "b", "c"], online },
});
const moved = (...given: Parameters<typeof situation>) =>
  Object.fromEntries([...movers(situation(...given))].map(([sid, to]) => [sid, to.join()]));

describe("what HA does to guests", () => {
  it("moves one that is not on the best node of its affinity, and leaves it where its rule has none online", () => {
    const one = service(100, "a");
    assert.deepEqual(moved([one], [place("r", ["vm:100"], { b: 0, c: 0 })]), { "vm:100": "b,c" });
    assert.deepEqual(moved([one], [place("r", ["vm:100"], { a: 1, b: 2 })]), { "vm:100": "b" });
    assert.deepEqual(moved([one], [place("r", ["vm:100"], { a: 0, b: 0 })]), {});
    assert.deepEqual(moved([one], [place("r", ["vm:100"], { b: 0 }, { strict: true })], ["a", "c"]), {});
    assert.deepEqual(moved([one], [place("r", ["vm:100"], { b: 0 }, { disable: true })]), {});
  });

  it("leaves one that is allowed where it is and does not fail back, one that is not to run, and one given up", () => {
    const rules = [place("r", ["vm:100"], { b: 0 })];
    assert.deepEqual(moved([service(100, "a", { failback: false })], rules), {});
    assert.deepEqual(
      moved([service(100, "a", { failback: false })], [place("r", ["vm:100"], { b: 0 }, { strict: true })]),
      {
        "vm:100": "b",
      },
    );
    for (const more of [{ state: "stopped" }, { state: "ignored" }, { failed: true }] as const)
      assert.deepEqual(moved([service(100, "a", more)], rules), {});
  });

  it("brings together, and keeps apart, and names all that are tied to what moves", () => {
    const three = [service(100, "a"), service(101, "b"), service(102, "c")];
    assert.deepEqual(Object.keys(moved(three, [relate("t", "positive", "vm:100", "vm:101")])).sort(), [
      "vm:100",
      "vm:101",
    ]);
    const near = [service(100, "a"), service(101, "a"), service(102, "c")];
    assert.deepEqual(moved(near, [relate("n", "negative", "vm:100", "vm:101")]), { "vm:100": "b,c", "vm:101": "b,c" });
    assert.deepEqual(moved(three, [relate("n", "negative", "vm:100", "vm:101", "vm:102")]), {});
    // 101 stays where its rule has it; that it is tied to 100, which moves to it, is said.
    const rules = [relate("t", "positive", "vm:100", "vm:101"), place("p", ["vm:101"], { b: 0 })];
    assert.deepEqual(moved(three, rules), { "vm:100": "b", "vm:101": "" });
  });

  it("tells of a change only what comes of it", () => {
    const before = situation(
      [service(100, "a"), service(101, "b", { state: "stopped", running: false })],
      [place("old", ["vm:100"], { b: 0 })],
    );
    const started = withService(before, "vm:101", service(101, "b", { running: false }));
    assert.deepEqual(consequences(before, started), { starts: ["vm:101"], stops: [], moves: [] });
    const stopped = withService(before, "vm:100", service(100, "a", { state: "disabled" }));
    assert.deepEqual(consequences(before, stopped), { starts: [], stops: ["vm:100"], moves: [] });
    const other = withRule(before, place("old", ["vm:100"], { c: 0 }));
    assert.deepEqual(consequences(before, other).moves, [{ sid: "vm:100", from: "a", to: ["c"] }]);
    // What the old rule has asked for is no longer asked for.
    assert.deepEqual(consequences(before, withRule(before, undefined, "old")).moves, []);
  });

  it("tells that the end of a rule moves a guest which it had kept from its place", () => {
    const apart = relate("n", "negative", "vm:100", "vm:101");
    const rules = [apart, place("p", ["vm:100"], { b: 0 })];
    const before = situation([service(100, "a"), service(101, "b")], rules);
    assert.deepEqual(consequences(before, before).moves, []);
    assert.deepEqual(consequences(before, withRule(before, undefined, "n")).moves, [
      { sid: "vm:100", from: "a", to: ["b"] },
    ]);
  });
});

describe("rules of HA that contradict each other", () => {
  const refused = (...rules: AffinityRule[]) =>
    Object.fromEntries([...conflicts(situation([], rules))].map(([name, why]) => [name, why.join("; ")]));

  it("name both, and why", () => {
    assert.match(
      refused(place("p", ["vm:100"], { a: 0 }), place("q", ["vm:100"], { b: 0 }))["q"] ?? "",
      /vm:100 is in the node affinity p too/,
    );
    assert.match(refused(relate("t", "positive", "vm:100"))["t"] ?? "", /less than two resources/);
    assert.match(
      refused(relate("n", "negative", "vm:100", "vm:101", "vm:102", "vm:103"))["n"] ?? "",
      /4 resources apart, and the cluster has 3 nodes/,
    );
    const both = refused(relate("t", "positive", "vm:100", "vm:101"), relate("n", "negative", "vm:101", "vm:100"));
    assert.deepEqual(Object.keys(both).sort(), ["n", "t"]);
    assert.match(
      refused(relate("n", "negative", "vm:100", "vm:101"), place("p", ["vm:100", "vm:101"], { a: 0 }))["n"] ?? "",
      /are to be apart on the nodes a, which are too few/,
    );
    assert.match(
      refused(relate("t", "positive", "vm:100", "vm:101"), place("p", ["vm:100"], { a: 2, b: 1 }))["t"] ?? "",
      /more than one priority/,
    );
    assert.match(
      refused(
        relate("t", "positive", "vm:100", "vm:101"),
        place("p", ["vm:100"], { a: 0 }),
        place("q", ["vm:101"], { a: 0 }),
      )["t"] ?? "",
      /more than one node affinity \(p, q\)/,
    );
  });

  it("are none where one of them is switched off", () => {
    assert.deepEqual(
      refused(place("p", ["vm:100"], { a: 0 }), place("q", ["vm:100"], { b: 0 }, { disable: true })),
      {},
    );
  });
});
