import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { startSimulator } from "../../../simulator";
import { Lab, labWorld } from "../../support/lab";
import type { Properties } from "../../support/plugin";

interface Written {
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
}

/** What the code of that day has written of each kind of the firewall, word for word; in the order in which they were made. */
const written = JSON.parse(
  readFileSync(path.resolve("test/fixtures/states/2026-11-29-firewall.json"), "utf8"),
) as Record<string, Written>;

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
    for (const [what, { id, state }] of Object.entries(written).reverse())
      await lab.plugin.delete(what.replace(/ .*/, ""), id, state);
    assert.deepEqual(Object.values(lab.sim.world.clusters)[0]?.firewallFiles ?? {}, {});
  });
});
