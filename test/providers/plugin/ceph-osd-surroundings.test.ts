import assert from "node:assert/strict";
import { command } from "../../../simulator/ceph/commands/index.js";
import { lostObjects, writeObjects } from "../../../simulator/ceph/objects.js";
import { isIn } from "../../../simulator/ceph/osdmap.js";
import { CephMachines, cephNodes } from "../../support/ceph-lab";
import type { Properties } from "../../support/plugin";

describe("OSDs beside what guests are given, and in places of their own", function () {
  let on: CephMachines;
  beforeEach(async () => {
    on = await CephMachines.withDaemons();
  });
  afterEach(() => on.close());

  const serial = "INVENTED62";
  const args = (more: Properties = {}): Properties => ({ node: "golf", serial, osdsPerDevice: 2, ...more });
  const create = (more: Properties = {}) =>
    on.lab.plugin.create("CephOsd", on.lab.inputs("CephOsd", "golf-2", args(more)));
  const cluster = () => Object.values(on.lab.sim.simulation.world.clusters)[0]!;
  const guest = (config: Record<string, string>, running = false): void => {
    const shape = { vmid: 900, type: "qemu", node: "golf", pending: {}, pendingDelete: [], snapshots: {} };
    const runs = running ? { running: { pid: 4711, since: 0, booting: 0 } } : {};
    Object.assign(cluster().guests, { 900: { ...shape, config, ...runs } });
  };
  const mapped = (id: string, ...map: string[]): void => {
    cluster().mappings = { pci: { [id]: { map } }, usb: {}, dir: {} };
  };
  /** The disk has the third controller of the node: 0000:43:00.0. */
  const gpu = "id=10de:2204,node=golf,path=0000:01:00.0";
  /** A graphics card, and the controllers of two disks. */
  const devices = (): void => {
    const shape = { vendor: "0x10de", device: "0x2204", iommugroup: 1 };
    on.node("golf").hardware.pci = [
      { ...shape, id: "0000:01:00.0", class: "0x030000" },
      ...["0000:42:00.0", "0000:43:00.0"].map((id) => ({ ...shape, id, class: "0x010802" })),
    ];
  };
  const refused = async (expected: RegExp, what: string, more: Properties = {}) => {
    assert.match((await on.preview("CephOsd", "golf-2", args(more))).join("\n"), expected, what);
    await assert.rejects(create(more), expected, what);
    assert.deepEqual([on.writes(), on.erased], [[], {}], what);
  };
  const osds = () => Object.values(on.ceph.cluster.osdmap.osds);

  it("are made where a guest has a device by a mapping, which is followed on this node, also beside NVMe of several ports", async () => {
    devices();
    guest({ hostpci0: "mapping=gpu,pcie=1" });
    mapped("gpu", gpu, "id=144d:a80c,node=hotel,path=0000:43:00.0");
    for (const each of on.node("golf").hardware.disks) each.multipath = true;
    assert.deepEqual(await on.preview("CephOsd", "golf-2", args()), []);
    await create();
    assert.deepEqual(on.erased, { [serial]: ["cephcreateosd"] });
  });

  it("are not made, and the preview says so, where the disk is behind what a guest is given or that is unclear", async () => {
    const disk = on.disk("golf", serial);
    const has =
      /on node golf VM 900 \(hostpci0, [^)]*; it gets it when it starts\) has the disk with serial INVENTED62/;
    const unclear = /VM 900 \(hostpci0, [^)]*; it gets it when it starts\) may lead to any disk/;
    devices();
    for (const path of ["/dev/sg0", "/dev/nvme0", "/dev/sg7"]) {
      guest({ scsi1: path });
      await refused(/VM 900 \(scsi1\) may lead to any disk/, path);
    }
    guest({ args: "-device vfio-pci,host=0000:43:00.0" });
    await refused(
      /VM 900 \(args, pci 0000:43:00\.0; it gets it when it starts\) has the disk with serial INVENTED62/,
      "QEMU's own words",
    );
    guest({ virtio2: "/dev/nvme2n1" });
    await refused(/on node golf VM 900 \(virtio2\) has the disk with serial INVENTED62/, "a device file");
    guest({ hostpci0: "mapping=nvme" });
    for (const shared of [false, true]) {
      if (shared) disk.multipath = true;
      mapped("nvme", gpu, "id=144d:a80c,node=golf,path=0000:42:00.0;0000:43:00.0");
      await refused(has, `one of the mapped devices, ${shared}`);
      mapped("nvme", "id=144d:a80c,node=golf,path=0000:43:00");
      await refused(has, `all functions of it, ${shared}`);
      mapped("nvme", "id=144d:a80c,node=hotel,path=0000:01:00.0");
      await refused(unclear, `a mapping without this node, ${shared}`);
      mapped("nvme", gpu, "id=144d:a80c,node=golf,path=somewhere");
      await refused(unclear, `a mapping that cannot be read, ${shared}`);
      mapped("nvme", gpu, "id=144d:a80c,node=golf,path=0000:01:00.0;x");
      await refused(unclear, `a part of a path that cannot be read, ${shared}`);
      mapped("other", gpu);
      await refused(unclear, `a mapping that is not there, ${shared}`);
    }
    // what the kernel cannot tell of: a virtual function that nobody lists may be a second way there
    disk.multipath = true;
    guest({ hostpci0: "0000:43:00.3" });
    await refused(unclear, "a function that is not listed");
    guest({ hostpci0: "0000:01:00" });
    delete disk.multipath;
    await create();
  });

  it("are made beside whole controllers that guests are given, where the kernel knows that none of them leads to the disk", async () => {
    const disk = on.disk("golf", serial);
    const { hardware } = on.node("golf");
    devices();
    const [gpuDevice] = hardware.pci!;
    hardware.pci!.push({ ...gpuDevice!, id: "0000:00:17.0", class: "0x010601" });
    hardware.pci!.push({ ...gpuDevice!, id: "0000:05:00.0", class: "0x010700" });
    const running =
      /on node golf pci 0000:42:00\.0 of VM 900 \(hostpci0, pci 0000:42:00\.0; it runs\) may lead to any disk/;
    const fine = async (what: string) => assert.deepEqual(await on.preview("CephOsd", "golf-2", args()), [], what);

    // NVMe whose subsystem has one controller: nothing else leads to it, whoever has that
    for (const address of ["0000:42:00.0", "0000:42:00", "0000:43:00.3", "0000:00:17.0", "0000:05:00.0"])
      for (const runs of [false, true]) {
        guest({ hostpci0: address }, runs);
        await fine(`${address}, ${runs}`);
      }
    // its own one is the guest's at its next start, which the preview says, however the guest is now
    guest({ hostpci0: "0000:43:00.0" });
    await refused(/VM 900 \(hostpci0, pci 0000:43:00\.0; it gets it when it starts\) has the disk/, "its own, stopped");
    guest({ hostpci0: "0000:43:00" }, true);
    await refused(/VM 900 \(hostpci0, pci 0000:43:00; it runs\) has the disk/, "its own, running");
    // where the kernel brings no paths together, two disks may be one
    hardware.noNvmeMultipath = true;
    guest({ hostpci0: "0000:42:00.0" }, true);
    await refused(running, "without multipath");
    guest({ hostpci0: "0000:05:00.0" });
    await refused(/pci 0000:05:00\.0 of VM 900 .*may lead to any disk/, "SAS without multipath");
    delete hardware.noNvmeMultipath;

    // NVMe whose subsystem may have several: one that the node drives itself is known, one that a guest has is not
    disk.multipath = true;
    guest({ hostpci0: "0000:42:00.0" });
    await fine("several controllers, and the node drives the other one");
    guest({ hostpci0: "0000:42:00.0" }, true);
    await refused(running, "several controllers, and a guest drives the other one");
    for (const address of ["0000:00:17.0", "0000:05:00.0"]) {
      guest({ hostpci0: address });
      await refused(/may lead to any disk/, `${address} beside several controllers`);
    }
    delete disk.multipath;

    // a disk that is no NVMe: no controller of NVMe leads there, others may
    disk.type = "ssd";
    guest({ hostpci0: "0000:42:00.0" }, true);
    await fine("SATA beside NVMe");
    guest({ hostpci0: "0000:05:00.0" });
    await refused(/pci 0000:05:00\.0 of VM 900 .*may lead to any disk/, "SATA beside SAS");
    guest({ hostpci0: "0000:00:17.0" });
    await refused(/VM 900 \(hostpci0, pci 0000:00:17\.0; it gets it when it starts\) has the disk/, "SATA's own");
    disk.type = "nvme";

    guest({ hostpci0: "0000:42:00.0" }, true);
    await create();
    assert.deepEqual(on.erased, { [serial]: ["cephcreateosd"] });
  });

  it("are replaced only when the disks for database and log can follow as well, looked at before anything is drained", async () => {
    for (const node of cephNodes)
      on.node(node).hardware.disks.push(
        ...["NEW", "DB"].map((name, at) => ({
          ...{
            devpath: `/dev/nvme${3 + at}n1`,
            size: 4e12,
            model: "Samsung SSD 990 PRO 4TB",
            serial: `${node}-${name}`,
          },
          ...{ type: "nvme" as const, gpt: 0 },
        })),
      );
    const serials = { foxtrot: "INVENTED5", golf: "INVENTED6", hotel: "INVENTED7" };
    const made = [];
    for (const disk of [1, 2])
      for (const node of cephNodes)
        made.push(await on.lab.create("CephOsd", `${node}-${disk}`, { node, serial: `${serials[node]}${disk}` }));
    const golf = made.find(({ id }) => id === "golf/INVENTED62")!;
    on.writes();
    const next = { node: "golf", serial: "golf-NEW", dbDevice: { serial: "golf-DB" } };
    const wanted = on.lab.inputs("CephOsd", "golf-2", next);
    const db = on.disk("golf", "golf-DB");
    const preview = async (more: Properties = {}) =>
      (await on.preview("CephOsd", "golf-2", { ...next, ...more }, golf.inputs)).join("\n");
    assert.equal(await preview(), "");
    assert.match(
      await preview({ dbDevice: { serial: "gone" } }),
      /dbDevice\.serial: node golf has no disk with serial gone/,
    );
    const link = "nvme-Samsung_SSD_990_PRO_4TB_golf-DB";
    assert.match(
      await preview({ walDevice: { byId: link } }),
      /walDevice: is the disk of dbDevice as well \(\/dev\/nvme4n1, serial golf-DB\)/,
    );
    db.holds = { kind: "filesystem", type: "xfs", uuid: "1" };
    const inUse = /dbDevice: a disk in use is never touched: .* serial golf-DB/;
    assert.match(await preview(), inUse);
    assert.ok(!(await preview()).includes("write wipe"), "wipe names the OSD's own disk alone");
    // taken after the preview: the look directly before the drain says so
    delete db.holds;
    const { inputs, failures } = await on.lab.plugin.check("CephOsd", golf.inputs, wanted);
    assert.deepEqual(failures, []);
    await on.lab.plugin.diff("CephOsd", golf.id, golf.properties, inputs);
    guest({ scsi1: "/dev/disk/by-id/nvme-Samsung_SSD_990_PRO_4TB_golf-DB,size=4T" });
    await assert.rejects(
      on.lab.plugin.delete("CephOsd", golf.id, golf.properties),
      /not removed, nothing was touched: the disks that are to take its place: dbDevice: .*VM 900 \(scsi1\) has the disk/,
    );
    assert.deepEqual([on.writes(), osds().length, osds().every(isIn)], [[], 6, true]);
    delete cluster().guests[900];
    await on.lab.plugin.delete("CephOsd", golf.id, golf.properties);
    const there = await on.lab.plugin.create("CephOsd", inputs);
    assert.equal(there.id, "golf/golf-NEW");
    assert.deepEqual([osds().length, lostObjects(on.ceph.cluster)], [6, 0]);
  });

  it("tell the host that they run on; under another name in CRUSH they are not drained, for Proxmox would not remove them", async () => {
    const serials = { foxtrot: "INVENTED5", golf: "INVENTED6", hotel: "INVENTED7" };
    const made = [];
    for (const disk of [1, 2])
      for (const node of cephNodes)
        made.push(await on.lab.create("CephOsd", `${node}-${disk}`, { node, serial: `${serials[node]}${disk}` }));
    await on.call("POST", "/nodes/foxtrot/ceph/pool", { name: "vm_ssd" });
    writeObjects(on.ceph.cluster, "vm_ssd", 1000, 4096);
    const golf = made.filter(({ id }) => id.startsWith("golf/"));
    const ids = golf.flatMap(({ properties }) => properties["osdIds"] as number[]);
    command(on.ceph, "osd crush add-bucket", { name: "golf-nvme", type: "host" });
    command(on.ceph, "osd crush move", { name: "golf-nvme", args: ["root=default"] });
    const move = (host: string): void => {
      for (const id of ids)
        assert.equal(command(on.ceph, "osd crush move", { name: `osd.${id}`, args: [`host=${host}`] }).rc, 0);
      on.lab.sim.clock.advance(600_000);
    };
    move("golf-nvme");
    const [first] = golf;
    const read = await on.lab.plugin.read("CephOsd", first!.id, first!.properties);
    assert.deepEqual(read.properties, first!.properties);
    assert.deepEqual(
      (read.properties["osds"] as { host: string }[]).map(({ host }) => host),
      ["golf"],
    );
    on.writes();
    const why =
      /Proxmox removes only OSDs that stand under a host of the node's name .*osd\.\d under golf-nvme: move it there first/;
    const accepting = {
      ...first!.properties,
      removal: { acceptDataLoss: (first!.properties["osds"] as { uuid: string }[]).map(({ uuid }) => uuid) },
      __inputs: ["node", "serial", "removal"],
    };
    for (const state of [first!.properties, accepting])
      await assert.rejects(on.lab.plugin.delete("CephOsd", first!.id, state), why);
    const refusal = await on.preview("CephOsd", "golf-1", { node: "golf", serial: "OTHER" }, first!.inputs);
    assert.match(refusal.join("\n"), why);
    assert.deepEqual([on.writes(), osds().length, osds().every(isIn)], [[], 6, true]);
    move("golf");
    await on.lab.plugin.delete("CephOsd", first!.id, first!.properties);
    assert.deepEqual([osds().length, lostObjects(on.ceph.cluster)], [5, 0]);
  });
});
