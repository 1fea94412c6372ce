import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { parseFaults } from "../../simulator/fault-file.js";

describe("a file of faults", () => {
  const problems = (value: unknown): string[] => {
    try {
      parseFaults(JSON.stringify(value), "f.json");
    } catch (error) {
      return (error as Error).message.split("\n").map((line) => line.replace(/^f\.json: /, ""));
    }
    return [];
  };

  it("is read with all that it says", () => {
    const file = { seed: 3, faults: [{ route: "GET /nodes*", chance: 0.1, effect: { kind: "latency", ms: 20 } }] };
    assert.deepEqual(parseFaults(JSON.stringify(file), "f.json"), file);
  });

  it("says where it is no JSON", () => {
    assert.throws(() => parseFaults("{", "f.json"), /^Error: f\.json is no JSON: /);
  });

  it("names every mistake with its place", () => {
    const list = [
      { effect: { kind: "latency" } },
      { effect: { kind: "latency", ms: "5" } },
      { effect: { kind: "explosion" } },
      { effect: { kind: "toString" } },
      { route: "GET /nowhere", effect: { kind: "ticket" } },
      { chance: 2, count: 1.5, when: 3, effect: { kind: "status", status: 200, reason: "" } },
      {},
      "fault",
    ];
    const kinds =
      "latency, reset, status, ticket, task-fail, task-hang, task-killed, slow-disk, lock, no-quorum, node-down, old-certificate, storage-full, " +
      "disks-renamed, no-worker, vanishing-image, silent-agent, disk-dead, disk-slow, osd-flapping, monitor-gone, " +
      "backfill-stuck, clock-skew, osd-fullness, lag";
    const keys = "route, task, count, after, chance, from, to, comment, effect";
    assert.deepEqual(problems({ faults: list, sed: 1 }), [
      "sed is unknown; there are: seed, faults",
      "faults[0].effect.ms is missing",
      "faults[1].effect.ms must be a number of at least 0",
      `faults[2].effect.kind 'explosion' is unknown; there are: ${kinds}`,
      `faults[3].effect.kind 'toString' is unknown; there are: ${kinds}`,
      "faults[4].route matches no endpoint; write it as METHOD /path/{template}, or a prefix of that with * at its end",
      "faults[5].chance must be a number from 0 to 1",
      "faults[5].count must be a whole number of at least 0",
      `faults[5].when is unknown; there are: ${keys}`,
      "faults[5].effect.status must be a number from 400 to 599",
      "faults[5].effect.reason must be a text",
      "faults[6].effect is missing",
      "faults[7] must be an object",
    ]);
    assert.deepEqual(problems([]), ["the file must be an object"]);
    assert.deepEqual(problems({}), ["faults is missing"]);
  });

  it("is explained with an example that is right", () => {
    const page = fs.readFileSync(path.join(projectRoot, "docs", "simulator.md"), "utf8");
    const examples = [...page.matchAll(/```json\n([^]*?)```/g)].map(([, text = ""]) => text);
    assert.ok(examples.length > 0);
    for (const example of examples) assert.ok(parseFaults(example, "docs/simulator.md").faults.length > 0);
  });
});
