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
import { clusterProject, clusterSettings, clusterStack, osdDisks, reviewToken } from "../support/whole-cluster";

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

  it("is previewed in a review with a token that only reads: nothing is written, and what needs SSH is said to be unknown", async () => {
    const { config, env } = clusterSettings(sim);
    const token = reviewToken(sim);
    stack.configure({ ...config, "proxmox:tokenId": token.id });
    stack.setEnvironment("PROXMOX_TOKEN_SECRET", token.secret);
    for (const name of Object.keys(env).filter((one) => one !== "PROXMOX_TOKEN_SECRET"))
      stack.setEnvironment(name, undefined);
    const from = { requests: sim.requests.length, ssh: sim.sshRecords.length };
    const unchanged = ok(await stack.preview());
    assert.deepEqual(Object.keys(counts(unchanged)), ["same"]);

    sim.simulation.node("golf").hardware.disks.push({
      ...{ devpath: "/dev/nvme3n1", size: 4e12, model: "Samsung SSD 990 PRO 4TB", serial: "REPLACEMENT" },
      ...{ type: "nvme", gpt: 0 },
    });
    const disks = { ...osdDisks(sim), golf: { ...osdDisks(sim)["golf"], nvme3n1: { serial: "REPLACEMENT" } } };
    stack.configure({ ...config, "proxmox:tokenId": token.id, "app:memoryMiB": 1024, "app:disks": disks });
    const changed = ok(await stack.preview());
    assert.deepEqual(counts(changed), {
      ...counts(unchanged),
      same: counts(unchanged)["same"]! - 1,
      update: 1,
      create: 1,
    });
    assert.match(changed.stdout, /web .*reboot: memoryMiB/);
    assert.match(changed.stdout, /REPLACEMENT.*becomes 2 OSDs/);
    assert.match(
      changed.stdout,
      /not looked at in this preview: node: no way to log in to golf by SSH: of its disks only/,
    );
    assert.match(changed.stdout, /not looked at in this preview: making and removing OSDs is for root@pam/);
    assert.match(changed.stdout, /review@pve!preview may only look/);
    assert.deepEqual(
      sim.requests.slice(from.requests).filter(({ method }) => method !== "GET"),
      [],
    );
    assert.equal(sim.sshRecords.length, from.ssh);
    sim.simulation.node("golf").hardware.disks.pop();
    stack.configure(config);
    for (const [name, value] of Object.entries(env)) stack.setEnvironment(name, value);
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
