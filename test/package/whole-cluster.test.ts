import assert from "node:assert/strict";
import fs from "node:fs";
import { startSimulator, type Simulator } from "../../simulator";
import type { Ceph } from "../../simulator/ceph/ceph.js";
import { cephOf } from "../support/ceph-of";
import { liveDisks } from "../../simulator/disks/block-devices.js";
import { bareWorld, matrixNodes } from "../support/bare-nodes";
import { guestsOf } from "../support/lab";
import { counts, ok } from "../support/results";
import type { TestStack } from "../support/stack";
import { clusterProject, clusterStack, osdDisks } from "../support/whole-cluster";

describe("a fresh program elsewhere with the packed library, on three bare machines", function () {
  let sim: Simulator;
  let project: string;
  let stack: TestStack;
  before(async () => {
    project = clusterProject();
    sim = await startSimulator({ seed: bareWorld(), clock: "auto", speed: 40 });
    stack = await clusterStack(sim, project);
  });
  after(async () => {
    await stack.close();
    await sim.close();
    fs.rmSync(project, { recursive: true });
  });

  const ceph = (): Ceph => cephOf(sim);
  const storages = () => Object.keys(ceph().proxmox.storages).sort();
  const pools = () => Object.values(ceph().cluster.osdmap.pools).map(({ name }) => name);

  it("goes up to a VM on Ceph in one go, and has nothing to do in the next", async () => {
    const up = ok(await stack.up());
    assert.deepEqual(
      [sim.world.nodes["foxtrot"], sim.world.nodes["hotel"]].map((one) => one && sim.simulation.isQuorate(one)),
      [true, true],
    );
    assert.deepEqual(pools().sort(), [".mgr", "vm_containers", "vm_ssd"]);
    assert.deepEqual(storages(), ["local", "local-lvm", "vm_containers", "vm_ssd"]);
    assert.equal(Object.keys(ceph().cluster.osdmap.osds).length, 12);
    const [web] = Object.values(guestsOf(sim));
    assert.ok(web?.running);
    assert.match(web.config["scsi0"] ?? "", /^vm_ssd:/);
    assert.deepEqual(counts(ok(await stack.up())), { same: up.changeSummary["create"] });
    assert.deepEqual(
      sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });

  it("is destroyed to its end: the VM and the empty pools go, Ceph, the cluster and its networks go on as they were said to", async () => {
    const { stdout } = ok(await stack.destroy());
    assert.match(stdout, /retain/);
    assert.deepEqual([guestsOf(sim), pools(), storages()], [{}, [".mgr"], ["local", "local-lvm"]]);
    const { monmap, osdmap } = ceph().cluster;
    assert.deepEqual([monmap.mons.length, Object.keys(osdmap.osds).length], [3, 12]);
    // No disk has been written over since its OSDs were made, and none that was not named.
    const named = Object.values(osdDisks(sim)).flatMap((disks) => Object.values(disks).map(({ serial }) => serial));
    for (const node of matrixNodes)
      for (const { serial = "", erased = [] } of liveDisks(sim.simulation.node(node)))
        assert.deepEqual(
          erased.map(({ by }) => by),
          named.includes(serial) ? ["cephcreateosd"] : [],
          serial,
        );
    assert.deepEqual((await stack.export()).resources ?? [], []);
  });
});
