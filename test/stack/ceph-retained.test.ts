import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import type { Ceph } from "../../simulator/ceph/ceph.js";
import { command } from "../../simulator/ceph/commands/index.js";
import { lostObjects, writeObjects } from "../../simulator/ceph/objects.js";
import { isIn } from "../../simulator/ceph/osdmap.js";
import { cephOf } from "../support/ceph-of";
import { CephMachines, cephNodes } from "../support/ceph-lab";
import { DescribedStack, type Described } from "../support/described";
import { sshConfig } from "../support/lab";
import { failed, ok } from "../support/results";

const serials: Readonly<Record<string, string>> = { foxtrot: "INVENTED5", golf: "INVENTED6", hotel: "INVENTED7" };

/** OSDs of one disk of each host, of a second one of golf, and a pool. */
const described = (options: Record<string, unknown>, second = "INVENTED62"): Described[] => [
  ...cephNodes.map((node): Described => ({
    kind: "CephOsd",
    name: `${node}-1`,
    args: { node, serial: `${serials[node]}1` },
    options,
  })),
  { kind: "CephOsd", name: "golf-2", args: { node: "golf", serial: second }, options },
  {
    kind: "CephPool",
    name: "vm_ssd",
    args: { node: "foxtrot", pgNum: 32 },
    options: { dependsOn: cephNodes.map((node) => `${node}-1`) },
  },
];

describe("OSDs that are to stay when their resources go, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  before(async () => {
    const seed = await CephMachines.daemonsWorld();
    seed.nodes["golf"]?.hardware.disks.push({
      ...{ devpath: "/dev/nvme3n1", size: 4e12, model: "Samsung SSD 990 PRO 4TB", serial: "INVENTED63" },
      ...{ type: "nvme", gpt: 0 },
    });
    sim = await startSimulator({ seed, clock: "immediate" });
    const config = { ...sshConfig(sim), "proxmox:username": "root@pam", "proxmox:password": sim.password };
    lab = await DescribedStack.create(sim, described({}), config);
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const model = (): Ceph => cephOf(sim);
  const osds = () => Object.values(model().cluster.osdmap.osds);
  const pools = () =>
    Object.values(model().cluster.osdmap.pools)
      .map(({ name }) => name)
      .sort();
  const removals = () =>
    sim.requests.filter(({ method, path }) => method === "DELETE" && /\/ceph\/osd\/\d/.test(path)).length;

  it("are removed by a destroy as long as no up has recorded it", async () => {
    ok(await lab.stack.up());
    assert.equal(osds().length, 4);
    lab.describe(described({ retainOnDelete: true }));
    failed(await lab.stack.destroy());
    assert.deepEqual([osds().length, removals()], [3, 1]);
    assert.deepEqual(pools(), [".mgr"]);
  });

  it("are not removed by the up that is the first to say so: it refuses another disk, as the preview does", async () => {
    lab.describe(described({}));
    ok(await lab.stack.up());
    lab.describe(described({ retainOnDelete: true }, "INVENTED63"));
    const before = removals();
    const refusal = /golf-2.*serial: retainOnDelete is not in the state yet.*Run up with the old disk once/s;
    assert.match(failed(await lab.stack.preview()), refusal);
    assert.match(failed(await lab.stack.up()), refusal);
    // After a refresh it is not known what the engine has recorded: where it asks for the deletion, that is refused.
    ok(await lab.stack.refresh());
    assert.match(ok(await lab.stack.preview()).stdout, /where no up has recorded retainOnDelete yet, this is refused/);
    assert.match(
      failed(await lab.stack.up()),
      /were not removed, and nothing was touched: the program says retainOnDelete, and the state does not say it yet/,
    );
    assert.deepEqual([osds().length, osds().every(isIn), removals()], [4, true, before]);
    lab.describe(described({}));
    ok(await lab.stack.up());
    lab.describe(described({}, "INVENTED63"));
    assert.match(
      ok(await lab.stack.preview()).stdout,
      /serial INVENTED63.*takes the place of the old disk, whose OSDs \(osd\.\d\) go first\s/,
    );
    lab.describe(described({ retainOnDelete: true }));
  });

  it("stay in Ceph beside the new ones where their disk gives way to another one", async () => {
    ok(await lab.stack.up());
    assert.equal(osds().length, 4);
    assert.equal(writeObjects(model().cluster, "vm_ssd", 1000, 4096), 1000);
    lab.describe(described({ retainOnDelete: true }, "INVENTED63"));
    const stays =
      /serial INVENTED63.*gets OSDs beside those of the old disk \(osd\.\d\), which stay in Ceph as they are \(retainOnDelete\)/;
    assert.match(ok(await lab.stack.preview()).stdout, stays);
    // The state decides, whatever the program says.
    lab.describe(described({}, "INVENTED63"));
    assert.match(ok(await lab.stack.preview()).stdout, stays);
    // A refresh forgets what was recorded of it beside the state of the engine.
    ok(await lab.stack.refresh());
    lab.describe(described({ retainOnDelete: true }, "INVENTED63"));
    assert.match(ok(await lab.stack.preview()).stdout, /where no up has recorded retainOnDelete yet, this is refused/);
    ok(await lab.stack.up());
    assert.deepEqual([osds().length, osds().every(({ up }) => up), osds().every(isIn), removals()], [5, true, true, 1]);
    assert.equal(lostObjects(model().cluster), 0);
  });

  it("stay with a destroy; a pool with data is refused all the same, and one without goes", async () => {
    assert.match(
      failed(await lab.stack.destroy()),
      /pool vm_ssd not removed, nothing was touched: pool vm_ssd holds 1000 objects/,
    );
    assert.deepEqual([osds().length, pools(), lostObjects(model().cluster)], [5, [".mgr", "vm_ssd"], 0]);
    assert.equal(
      command(model(), "osd pool delete", { pool: "vm_ssd", pool2: "vm_ssd", yes_i_really_really_mean_it: true }).rc,
      0,
    );
    ok(await lab.stack.destroy());
    assert.deepEqual([osds().length, removals()], [5, 1]);
    assert.deepEqual((await lab.stack.export()).resources ?? [], []);
  });
});
