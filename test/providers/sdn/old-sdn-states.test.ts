import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { packagesOf } from "../../../simulator/packages/node-packages.js";
import { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { startSimulator } from "../../../simulator";
import { sdnOf, sdnWorld } from "./sdn-lab";

interface Written {
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
}

/** What the code of that day has written of each kind of SDN's objects, word for word; in the order in which they were made. */
const written = JSON.parse(readFileSync(path.resolve("test/fixtures/states/2026-11-29-sdn.json"), "utf8")) as Record<
  string,
  Written
>;

describe("a state of SDN's objects that earlier code has written", function () {
  let lab: Lab;

  before(async () => {
    const seed = sdnWorld();
    for (const node of Object.values(seed.nodes)) packagesOf(node).installed["frr-pythontools"] = "10.4.1-1+pve1";
    seed.sdnServers = ["https://netbox.lab", "https://dns.lab"];
    const sim = await startSimulator({ seed });
    lab = await Lab.on(sim, {}, String(written["SdnZone"]?.state["__stack"]));
  });
  after(async () => {
    await lab.close();
    await lab.sim.close();
  });

  for (const [what, { id, inputs, state }] of Object.entries(written))
    it(`is read without a difference, and nothing is done for it: ${what}`, async () => {
      const kind = what.replace(/ .*/, "");
      const { inputs: fresh, failures: none } = await lab.plugin.check(kind, {}, inputs);
      assert.deepEqual(none, []);
      assert.equal((await lab.plugin.create(kind, fresh)).id, id);
      const from = lab.sim.requests.length;
      const { inputs: checked, failures } = await lab.plugin.check(kind, inputs, inputs);
      assert.deepEqual(failures, []);
      assert.equal((await lab.plugin.diff(kind, id, state, checked)).changes, "none");
      const { __provider: _, ...read } = (await lab.plugin.read(kind, id, state)).properties;
      const { __provider: __, ...old } = state;
      assert.deepEqual(read, old);
      const { properties } = await lab.plugin.update(kind, id, state, checked);
      assert.deepEqual(properties["__v"], state["__v"]);
      const writes = lab.sim.requests.slice(from).filter(({ method }) => method !== "GET");
      assert.deepEqual(writes, []);
    });

  it("deletes what it tells of", async () => {
    for (const [what, { id, state }] of Object.entries(written).reverse()) {
      const kind = what.replace(/ .*/, "");
      await lab.plugin.delete(kind, id, state);
      assert.equal((await lab.plugin.read(kind, id, state)).id, "", what);
    }
    const { zones, controllers, ipams, dns } = sdnOf(lab) ?? assert.fail("no SDN");
    assert.deepEqual([zones, controllers, ipams, dns], [{}, {}, {}, {}]);
  });
});
