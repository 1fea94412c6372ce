import assert from "node:assert/strict";
import { startSimulator } from "../../../simulator";
import { Lab, labWorld } from "../../support/lab";
import { kindOf, readWithoutDifference, writtenStates } from "../../support/stored-states";

const written = writtenStates("2026-11-29-firewall.json");

describe("a state of the firewall that earlier code has written", function () {
  let lab: Lab;

  before(async () => {
    const seed = labWorld();
    const [cluster] = Object.values(seed.clusters);
    assert.ok(cluster);
    cluster.guests["100"] = {
      ...{ vmid: 100, type: "qemu", node: "pve1", pending: {}, pendingDelete: {}, snapshots: {} },
      config: { name: "web", memory: "512", net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1" },
    };
    lab = await Lab.on(await startSimulator({ seed }), {}, String(written["FirewallAlias"]?.state["__stack"]));
  });
  after(async () => {
    await lab.close();
    await lab.sim.close();
  });

  readWithoutDifference(written, () => lab);

  it("deletes what it tells of", async () => {
    for (const [what, { id, state }] of Object.entries(written).reverse())
      await lab.plugin.delete(kindOf(what), id, state);
    assert.deepEqual(Object.values(lab.sim.world.clusters)[0]?.firewallFiles ?? {}, {});
  });
});
