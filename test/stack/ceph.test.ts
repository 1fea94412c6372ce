import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import type { Ceph } from "../../simulator/ceph/ceph.js";
import { cephOf } from "../support/ceph-of";
import { lostObjects, writeObjects } from "../../simulator/ceph/objects.js";
import { liveDisks } from "../../simulator/disks/block-devices.js";
import { DescribedStack, type Described } from "../support/described";
import { image, labWorld, sshConfig } from "../support/lab";
import { counts, failed, ok } from "../support/results";

const nodes = ["foxtrot", "golf", "hotel"];
const serials = ["INVENTED5", "INVENTED6", "INVENTED7"];

/** Packages, daemons, twelve OSDs on six disks, and two pools. */
const ceph: Described[] = [
  ...nodes.map((node): Described => ({
    kind: "CephInstall",
    name: `packages-${node}`,
    args: { node, release: "tentacle", repository: "no-subscription" },
  })),
  {
    kind: "CephConfig",
    name: "ceph",
    args: { node: "foxtrot", publicNetwork: "192.168.5.0/24", clusterNetwork: "192.168.7.0/24" },
    options: { dependsOn: nodes.map((node) => `packages-${node}`) },
  },
  ...nodes.map((node): Described => ({
    kind: "CephMonitor",
    name: `monitor-${node}`,
    args: { node },
    options: { dependsOn: ["ceph"] },
  })),
  ...nodes.map((node): Described => ({
    kind: "CephManager",
    name: `manager-${node}`,
    args: { node },
    options: { dependsOn: nodes.map((each) => `monitor-${each}`) },
  })),
  ...nodes.flatMap((node, at) =>
    [1, 2].map((disk): Described => ({
      kind: "CephOsd",
      name: `osds-${node}-${disk}`,
      args: { node, serial: `${serials[at]}${disk}`, osdsPerDevice: 2, deviceClass: "nvme" },
      options: { dependsOn: nodes.map((each) => `manager-${each}`) },
    })),
  ),
  ...(
    [
      ["vm_ssd", 128],
      ["vm_containers", 64],
    ] as const
  ).map(([name, pgNum]): Described => ({
    kind: "CephPool",
    name: `pool-${name}`,
    args: { name, node: "foxtrot", size: 3, minSize: 2, pgNum },
    options: { dependsOn: nodes.flatMap((node) => [1, 2].map((disk) => `osds-${node}-${disk}`)) },
  })),
];

const storages = (more: Record<string, unknown> = {}): Described[] =>
  (
    [
      ["vm_ssd", "images"],
      ["vm_containers", "rootdir"],
    ] as const
  ).map(([name, content]) => ({
    kind: "Storage",
    name,
    args: { type: "rbd", pool: `@pool-${name}.pool`, content: [content], ...more },
  }));

const guest: Described[] = [
  {
    kind: "CloudImage",
    name: "debian",
    args: { url: image.url, checksum: image.checksum, node: "foxtrot", storage: "local" },
  },
  {
    kind: "Vm",
    name: "web",
    args: {
      ...{ node: "foxtrot", source: { imageVolumeId: "@debian.volumeId" }, cores: 1, memoryMiB: 512 },
      disks: [{ storage: "@vm_ssd.storageId", sizeGiB: 4 }],
    },
  },
];

/** The stack itself, and the address that the program reads of the VM. */
const own = 2;

describe("Ceph from packages to a running VM, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const config = () => ({ ...sshConfig(sim), "proxmox:username": "root@pam", "proxmox:password": sim.password });

  before(async () => {
    sim = await startSimulator({ seed: labWorld("matrix"), clock: "immediate" });
    lab = await DescribedStack.create(sim, [...ceph, ...storages(), ...guest], config());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const model = (): Ceph => cephOf(sim);
  const pools = () =>
    Object.values(model().cluster.osdmap.pools)
      .filter(({ name }) => name !== ".mgr")
      .map(({ name, pgNumTarget, size, minSize }) => [name, pgNumTarget, size, minSize]);
  /** What overwrote each disk. */
  const erased = (): Record<string, string[]> =>
    Object.fromEntries(
      nodes.flatMap((node) =>
        liveDisks(sim.simulation.node(node)).map(({ serial, erased: by = [] }) => [serial, by.map((one) => one.by)]),
      ),
    );
  const twelve = Object.fromEntries(
    serials.flatMap((serial) => [0, 1, 2].map((disk) => [`${serial}${disk}`, disk === 0 ? [] : ["cephcreateosd"]])),
  );
  let seen = 0;
  /** Requests that changed something, since the last time that it was asked. */
  const writes = (): string[] => {
    const all = sim.requests.slice(seen);
    seen = sim.requests.length;
    return all
      .filter(({ method, path }) => method !== "GET" && !path.endsWith("/ticket"))
      .map(({ method, path }) => `${method} ${path}`);
  };

  it("is made in one up: three monitors and managers, twelve OSDs, two pools with storages, and it is well", async () => {
    assert.deepEqual(counts(ok(await lab.stack.up())), { create: own + ceph.length + 4 });
    const { monmap, mgr, osdmap } = model().cluster;
    assert.deepEqual(monmap.mons.map(({ name }) => name).sort(), nodes);
    assert.deepEqual([mgr.active, ...mgr.standbys].sort(), nodes);
    assert.deepEqual(
      [Object.keys(osdmap.osds).length, [...new Set(Object.values(osdmap.crush.classes))]],
      [12, ["nvme"]],
    );
    assert.deepEqual(pools().sort(), [
      ["vm_containers", 64, 3, 2],
      ["vm_ssd", 128, 3, 2],
    ]);
    const { storages: defined, guests } = model().proxmox;
    assert.deepEqual([defined["vm_ssd"]?.["pool"], defined["vm_containers"]?.["pool"]], ["vm_ssd", "vm_containers"]);
    const [vm] = Object.values(guests);
    assert.match(vm?.config["scsi0"] ?? "", /^vm_ssd:vm-\d+-disk-0/);
    assert.ok(vm?.running, "it runs");
    // the autoscaler has had its time
    sim.clock.advance(120_000);
    const { command } = await import("../../simulator/ceph/commands/index.js");
    assert.deepEqual(command(model(), "health", { format: "json" }).json, {
      status: "HEALTH_OK",
      checks: {},
      mutes: [],
    });
    assert.equal(writeObjects(model().cluster, "vm_containers", 10_000, 4096), 10_000);
  });

  it("is at rest: a second up and a refresh change nothing", async () => {
    writes();
    const all = { same: own + ceph.length + 4 };
    assert.deepEqual(counts(ok(await lab.stack.up())), all);
    assert.deepEqual(counts(ok(await lab.stack.preview("--refresh"))), all);
    assert.deepEqual(writes(), []);
  });

  it("made by somebody else is taken over by a fresh state, without a write", async () => {
    writes();
    const other = await DescribedStack.create(sim, [...ceph, ...storages({ adopt: true })], config());
    try {
      assert.deepEqual(counts(ok(await other.stack.up())), { create: 1 + ceph.length + 2 });
      assert.deepEqual(writes(), []);
      assert.deepEqual(counts(ok(await other.stack.preview("--refresh"))), { same: 1 + ceph.length + 2 });
    } finally {
      await other.stack.close();
    }
  });

  it("goes as far as nothing is lost: pools with data stay, and what they stand on", async () => {
    writes();
    const told = failed(await lab.stack.destroy());
    assert.match(told, /pool vm_containers not removed, nothing was touched: pool vm_containers holds 10000 objects/);
    assert.match(told, /removal: \{ acceptDataLoss: "vm_containers" \}/);
    const removed = writes();
    assert.deepEqual(
      removed.filter((line) => / \/nodes\/\w+\/ceph\//.test(line)),
      ["DELETE /nodes/foxtrot/ceph/pool/vm_ssd"],
    );
    assert.deepEqual(pools(), [["vm_containers", 64, 3, 2]]);
    assert.deepEqual([Object.keys(model().proxmox.guests), lostObjects(model().cluster)], [[], 0]);
    assert.equal(Object.keys(model().cluster.osdmap.osds).length, 12);

    assert.deepEqual(erased(), twelve, "what was written when the OSDs were made, and nothing since");

    // Its name repeated: then it goes, and OSDs as long as each host keeps one for the managers' own pool.
    lab.describe(
      ceph
        .filter(({ name }) => name !== "pool-vm_ssd")
        .map((one) =>
          one.name === "pool-vm_containers"
            ? { ...one, args: { ...one.args, removal: { acceptDataLoss: "vm_containers" } } }
            : one,
        ),
    );
    assert.equal(counts(ok(await lab.stack.up()))["update"], 1);
    const second = failed(await lab.stack.destroy());
    assert.match(
      second,
      /not removed, nothing was touched: pool \.mgr keeps 3 copies, each in another host, and 2 would be left/,
    );
    assert.deepEqual(pools(), []);
    const { osdmap, monmap, mgr } = model().cluster;
    assert.deepEqual(
      Object.values(osdmap.osds)
        .map(({ node }) => node)
        .sort(),
      nodes.flatMap((node) => [node, node]),
    );
    assert.deepEqual(
      [monmap.mons.length, [mgr.active, ...mgr.standbys].length, lostObjects(model().cluster)],
      [3, 3, 0],
    );
    // the disks of the OSDs that went are free, the others and the boot disks as they were
    const held = nodes.flatMap((node) =>
      liveDisks(sim.simulation.node(node)).map(({ serial, holds, partitions }) => [
        serial,
        holds?.kind,
        partitions?.length,
      ]),
    );
    assert.equal(held.filter(([, kind]) => kind === "lvm").length, 3);
    assert.deepEqual(
      held.filter(([serial]) => String(serial).endsWith("0")).map(([, , partitions]) => partitions),
      [3, 3, 3],
    );
  });
});
