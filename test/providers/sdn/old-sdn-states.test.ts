import assert from "node:assert/strict";
import { packagesOf } from "../../../simulator/packages/node-packages.js";
import { Lab } from "../../support/lab";
import { kindOf, readWithoutDifference, writtenStates } from "../../support/stored-states";
import { startSimulator } from "../../../simulator";
import { sdnOf, sdnWorld } from "./sdn-lab";

const written = writtenStates("2026-11-29-sdn.json");

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

  readWithoutDifference(written, () => lab);

  it("deletes what it tells of", async () => {
    for (const [what, { id, state }] of Object.entries(written).reverse()) {
      const kind = kindOf(what);
      await lab.plugin.delete(kind, id, state);
      assert.equal((await lab.plugin.read(kind, id, state)).id, "", what);
    }
    const { zones, controllers, ipams, dns } = sdnOf(lab) ?? assert.fail("no SDN");
    assert.deepEqual([zones, controllers, ipams, dns], [{}, {}, {}, {}]);
  });
});
