import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { table } from "../../cli/demo/table";
import { keptByCeph, openWorld } from "../../cli/demo/demo-world";
import { withValues } from "../../cli/demo/pulumi";
import { seedWorld } from "../../simulator";

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
    const list = await fetch(`${second.mirror}/bookworm/latest/SHA512SUMS`);
    assert.match(await list.text(), /^[0-9a-f]{128} {2}debian-12-genericcloud-amd64\.qcow2\n$/);
    const offered = Object.keys(second.simulator.world.web);
    assert.deepEqual(
      offered.filter((url) => url.startsWith("http://") && !url.startsWith(second.mirror)),
      [],
      "what the first command's mirror offered is gone with its port",
    );
    assert.deepEqual(second.simulator.token, first.simulator.token);
    await second.close();
    fs.rmSync(folder, { recursive: true });
  });

  it("adds what is of this run to the stack's file, and says what of Ceph a destroy has kept", () => {
    const file = "# A comment.\nconfig:\n  proxmox:cluster: matrix\n  app:ceph: false\n  app:cephalopod: 1\n";
    assert.equal(
      withValues(file, { "app:ceph": true, "app:serials": { golf: ["a"] } }),
      '# A comment.\nconfig:\n  proxmox:cluster: matrix\n  app:cephalopod: 1\n  app:ceph: true\n  app:serials: {"golf":["a"]}\n',
    );
    const world = seedWorld("matrix:bare");
    assert.equal(keptByCeph(world), undefined);
    const [golf] = Object.values(world.nodes);
    assert.ok(golf);
    golf.ceph = { mons: { a: { address: "10.0.0.1" } }, mgrs: {}, mdss: {}, osds: {} } as unknown as NonNullable<
      typeof golf.ceph
    >;
    assert.equal(keptByCeph(world), `${golf.name} 1 monitor, 0 manager, 0 OSDs; pools none`);
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
