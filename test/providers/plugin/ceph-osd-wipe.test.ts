import assert from "node:assert/strict";
import { CephMachines } from "../../support/ceph-lab";
import { eventually } from "../../support/eventually";
import { CallFailure, type Properties } from "../../support/plugin";

describe("a disk that may be wiped", function () {
  let on: CephMachines;
  beforeEach(async () => {
    on = await CephMachines.withDaemons();
  });
  afterEach(() => on.close());

  const told = (name: string, part: RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      on.lab.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && part.test(message)),
    );
  const serial = "INVENTED62";
  const args = (more: Properties = {}): Properties => ({
    ...{ node: "golf", serial, osdsPerDevice: 2, wipe: { serial } },
    ...more,
  });
  const inputs = (more: Properties = {}) => on.lab.inputs("CephOsd", "golf-2", args(more));
  const ext4 = (mounted?: string) =>
    ({ kind: "filesystem", type: "ext4", uuid: "1", ...(mounted === undefined ? {} : { mounted }) }) as const;
  const wipe = "PUT /nodes/golf/disks/wipedisk";
  const make = "POST /nodes/golf/ceph/osd";

  it("is wiped once, when it is named; what comes on it later is not, though the line stays", async () => {
    const disk = on.disk("golf", serial);
    disk.partitions = [{ number: 1, size: 2 ** 30, holds: ext4() }];
    assert.match(
      (await on.preview("CephOsd", "golf-2", args({ wipe: undefined }))).join(),
      /write wipe: \{ serial: "INVENTED62" \}/,
    );
    assert.match(
      (await on.preview("CephOsd", "golf-2", args({ wipe: { serial: "INVENTED61" } }))).join(),
      /^wipe\.serial: is not the serial number/,
    );
    assert.deepEqual(await on.preview("CephOsd", "golf-2", args()), []);
    await told(
      "golf-2",
      /Samsung SSD 990 PRO 4TB, serial INVENTED62, 4 TB \(\/dev\/nvme2n1\), with partitions \/dev\/nvme2n1p1 \(ext4\): is WIPED, and becomes 2 OSDs/,
    );
    assert.deepEqual([on.writes(), on.erased], [[], {}]);
    const made = await on.lab.create("CephOsd", "golf-2", args());
    assert.deepEqual(on.writes(), [wipe, make]);
    assert.deepEqual(on.erased, { [serial]: ["wipedisk", "cephcreateosd"] });
    assert.equal((await on.lab.plugin.diff("CephOsd", made.id, made.properties, made.inputs)).changes, "none");

    // somebody removes the OSDs and puts data on the disk
    for (const id of made.properties["osdIds"] as number[]) {
      await on.call("POST", `/nodes/golf/ceph/osd/${id}/out`, {});
      await on.call("POST", "/nodes/golf/ceph/stop", { service: `osd.${id}` });
      await on.call("DELETE", `/nodes/golf/ceph/osd/${id}`, { cleanup: "1" });
    }
    assert.deepEqual(Object.keys(on.ceph.cluster.osdmap.osds), []);
    disk.holds = ext4();
    const erased = structuredClone(disk.erased);
    on.writes();
    const { id, properties } = await on.lab.plugin.read("CephOsd", made.id, made.properties);
    assert.deepEqual([id, properties["osdIds"]], [made.id, []]);
    assert.equal((await on.lab.plugin.diff("CephOsd", id, properties, made.inputs)).changes, "some");
    await assert.rejects(
      on.lab.plugin.update("CephOsd", id, properties, made.inputs),
      /a disk in use is never touched.*it is not wiped again/,
    );
    assert.deepEqual([on.writes(), disk.erased], [[], erased]);
    delete disk.holds;
    const again = await on.lab.plugin.update("CephOsd", id, properties, made.inputs);
    assert.deepEqual([on.writes(), again.properties["osdIds"]], [[make], [0, 1]]);
    await on.lab.plugin.delete("CephOsd", id, { ...properties, osds: [], osdIds: [] });
  });

  it("is not, whatever names it, when anything lives on it", async () => {
    const disk = on.disk("golf", serial);
    const { simulation } = on.lab.sim;
    const guests = Object.values(simulation.world.clusters)[0]!.guests;
    const guest = (config: Record<string, string>, pending: Record<string, string> = {}) =>
      (guests[900] = {
        vmid: 900,
        type: "qemu",
        node: "golf",
        config,
        pending,
        pendingDelete: [],
        snapshots: {},
      } as never);
    const storage = (on.node("golf").hardware.storage ??= {});
    const group = (vg: string, volumes: Record<string, object>) =>
      ((storage.volumeGroups ??= {})[vg] = { size: 2 ** 40, volumes } as never);
    const ceph = (name: string, more: Record<string, string>) => ({
      [name]: {
        size: 2 ** 30,
        tags: { "ceph.osd_id": "7", "ceph.osd_fsid": "u7", "ceph.cluster_fsid": "other", ...more },
      },
    });
    const cases: [string, () => void, RegExp][] = [
      ["mounted", () => (disk.holds = ext4("/data")), /a file system on it is mounted/],
      ["a mounted partition", () => (disk.partitions = [{ number: 1, size: 1, holds: ext4("/srv") }]), /is mounted/],
      [
        "EFI",
        () => (disk.partitions = [{ number: 1, size: 1, kind: "EFI", holds: ext4() }]),
        /EFI on it is never wiped/,
      ],
      ["LVM", () => ((disk.holds = { kind: "lvm", vg: "backup" }), group("backup", {})), /LVM on it is never wiped/],
      ["ZFS", () => (disk.holds = { kind: "zfs", pool: "tank" }), /ZFS on it is never wiped/],
      [
        "RAID",
        () => (disk.holds = { kind: "signature", type: "linux_raid_member" }),
        /linux_raid_member on it is never/,
      ],
      [
        "another Ceph's OSD",
        () => (
          (disk.holds = { kind: "lvm", vg: "ceph-x" }),
          group("ceph-x", ceph("osd-block-u7", { "ceph.type": "block" }))
        ),
        /ceph-volume lists the block of osd\.7 there|holds OSDs that this Ceph does not know: osd\.7/,
      ],
      [
        "a database",
        () => ((disk.holds = { kind: "lvm", vg: "ceph-x" }), group("ceph-x", ceph("osd-db-u7", { "ceph.type": "db" }))),
        /ceph-volume lists the db of osd\.7 there/,
      ],
      [
        "a guest has it by a link",
        () => (
          (disk.holds = ext4()),
          guest({ scsi1: "/dev/disk/by-id/nvme-Samsung_SSD_990_PRO_4TB_INVENTED62,size=4T" })
        ),
        /VM 900 \(scsi1\) has it as a whole/,
      ],
      [
        "a guest will have it",
        () => ((disk.holds = ext4()), guest({ memory: "512" }, { args: "-drive file=/dev/nvme2n1" })),
        /VM 900 \(args\) has it as a whole/,
      ],
      [
        "a guest gets its controller",
        () => ((disk.holds = ext4()), guest({ hostpci0: "0000:43:00,pcie=1" })),
        /VM 900 \(hostpci0, pci 0000:43:00; it gets it when it starts\) has it as a whole/,
      ],
      [
        "a guest gets what may be a function of a controller that leads to the disk",
        () => ((disk.holds = ext4()), (disk.multipath = true), guest({ hostpci0: "0000:43:00.5" })),
        /pci 0000:43:00\.5 of VM 900 \(hostpci0, .*\) leads to no device that is known/,
      ],
      [
        "a guest has what leads nowhere",
        () => ((disk.holds = ext4()), guest({ scsi1: "/dev/disk/by-id/nvme-Gone_1" })),
        /\/dev\/disk\/by-id\/nvme-Gone_1 of VM 900 \(scsi1\) leads to no device that is known/,
      ],
    ];
    for (const [what, prepare, expected] of cases) {
      prepare();
      assert.match((await on.preview("CephOsd", "golf-2", args())).join(), expected, what);
      await assert.rejects(on.lab.plugin.create("CephOsd", inputs()), expected, what);
      delete disk.holds;
      delete disk.partitions;
      delete disk.multipath;
      delete guests[900];
      storage.volumeGroups = Object.fromEntries(
        Object.entries(storage.volumeGroups ?? {}).filter(([vg]) => !/^(?:backup|ceph-x)$/.test(vg)),
      );
    }
    // the boot disk, and a disk without a signature that a guest has: without being named either
    const boot = { serial: "INVENTED60", wipe: { serial: "INVENTED60" } };
    await assert.rejects(on.lab.plugin.create("CephOsd", inputs(boot)), /not wiped, whatever names it/);
    guest({ virtio2: "/dev/nvme2n1" });
    await assert.rejects(
      on.lab.plugin.create("CephOsd", inputs({ wipe: undefined })),
      /a disk in use is never touched: on node golf VM 900 \(virtio2\) has the disk with serial INVENTED62/,
    );
    assert.deepEqual([on.writes(), on.erased], [[], {}]);
  });

  it("is not wiped twice when an answer is lost, or its OSDs come to nothing afterwards", async () => {
    const disk = on.disk("golf", serial);
    disk.holds = ext4();
    const { faults } = on.lab.sim.simulation;
    faults.add({ route: "PUT /nodes/{node}/disks/wipedisk", count: 1, effect: { kind: "reset", handled: true } });
    faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-fail", text: "no space left on device" } });
    const failure = await on.lab.plugin.create("CephOsd", inputs()).then(
      () => assert.fail("it was made"),
      (error: CallFailure) => error,
    );
    assert.match(failure.message + String(failure.partial?.reasons.join()), /no space left on device/);
    assert.deepEqual([on.writes(), on.erased], [[wipe, make], { [serial]: ["wipedisk"] }]);
    const { id, properties } = failure.partial!;
    assert.deepEqual(properties["osds"], []);
    assert.equal((await on.lab.plugin.diff("CephOsd", id, properties, inputs())).changes, "some");
    // what was put there meanwhile stays
    disk.holds = ext4();
    await assert.rejects(on.lab.plugin.update("CephOsd", id, properties, inputs()), /it is not wiped again/);
    delete disk.holds;
    const made = await on.lab.plugin.update("CephOsd", id, properties, inputs());
    assert.deepEqual(made.properties["osdIds"], [0, 1]);
    assert.deepEqual([on.writes(), on.erased], [[make], { [serial]: ["wipedisk", "cephcreateosd"] }]);
  });

  it("is one with OSDs of this Ceph that it does not know any more: they go by their uuids, and nothing else does", async () => {
    const made = await on.lab.create("CephOsd", "golf-2", args());
    const kept = await on.lab.create("CephOsd", "golf-1", { node: "golf", serial: "INVENTED61", osdsPerDevice: 2 });
    const uuids = (made.properties["osds"] as { uuid: string }[]).map(({ uuid }) => uuid);
    assert.match(
      (await on.preview("CephOsd", "x", args({ osdsPerDevice: 1 }))).join(),
      /ceph-volume lists the block of osd\.0/,
    );
    // what is left when a clean-up fails
    const { osdmap } = on.ceph.cluster;
    for (const osd of Object.values(osdmap.osds).filter(({ uuid }) => uuids.includes(uuid))) {
      on.node("golf").ceph!.osds[osd.id]!.running = false;
      delete osdmap.osds[osd.id];
    }
    await assert.rejects(
      on.lab.plugin.create("CephOsd", inputs({ wipe: undefined })),
      /holds OSDs that this Ceph does not know/,
    );
    on.writes();
    assert.deepEqual(await on.preview("CephOsd", "golf-2", args()), []);
    const again = await on.lab.plugin.create("CephOsd", inputs());
    assert.deepEqual(on.writes(), [make]);
    assert.deepEqual(on.erased[serial], ["cephcreateosd", "zap osd.0", "zap osd.1", "cephcreateosd"]);
    assert.deepEqual(on.erased["INVENTED61"], ["cephcreateosd"]);
    assert.ok((again.properties["osds"] as { uuid: string }[]).every(({ uuid }) => !uuids.includes(uuid)));
    const read = await on.lab.plugin.read("CephOsd", kept.id, kept.properties);
    assert.deepEqual(read.properties["osds"], kept.properties["osds"]);
  });
});
