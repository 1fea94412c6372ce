import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { table } from "../../cli/demo/table";
import { openWorld } from "../../cli/demo/world";

describe("the demo", () => {
  it("keeps its world from one command to the next", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "demo-"));
    const first = await openWorld(folder, 1);
    assert.deepEqual(
      first.simulator.nodes.map(({ name }) => name),
      ["foxtrot", "golf", "hotel"],
    );
    const [cluster] = Object.values(first.simulator.world.clusters);
    assert.ok(cluster);
    cluster.pools["kept"] = { vms: [], storage: [] };
    await first.close();
    const second = await openWorld(folder, 1);
    assert.ok(Object.values(second.simulator.world.clusters)[0]?.pools["kept"]);
    assert.deepEqual(second.image, first.image);
    assert.deepEqual(second.simulator.token, first.simulator.token);
    await second.close();
    fs.rmSync(folder, { recursive: true });
  });

  it("prints tables", () => {
    assert.equal(
      table(
        ["A", "LONG"],
        [
          ["wide", "x"],
          ["", "y"],
        ],
      ),
      "A     LONG\nwide  x\n      y",
    );
  });
});
