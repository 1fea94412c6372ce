import assert from "node:assert/strict";
import { renumber } from "../../../simulator/disks/wipe.js";
import { lostObjects, writeObjects } from "../../../simulator/ceph/objects.js";
import { CephMachines, cephNodes } from "../../support/ceph-lab";
import { eventually } from "../../support/eventually";
import type { Properties } from "../../support/plugin";

describe("the OSDs of a disk", function () {
  let on: CephMachines;
  beforeEach(async () => {
    on = await CephMachines.withDaemons();
  });
  afterEach(() => on.close());

  const told = (name: string, part: string | RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      on.lab.plugin.engine.messages.some(
        ({ urn, message }) => urn.endsWith(`::${name}`) && message.match(part) !== null,
      ),
    );
  const args = (node: string, serial: string, more: Properties = {}): Properties => ({
    ...{ node, serial, osdsPerDevice: 2, deviceClass: "nvme" },
    ...more,
  });
  const serials: Readonly<Record<string, string>> = { foxtrot: "INVENTED5", golf: "INVENTED6", hotel: "INVENTED7" };
  const make = (node: string, disk: 1 | 2) =>
    on.lab.create("CephOsd", `${node}-${disk}`, args(node, `${serials[node]}${disk}`));
  const remove = ({ id, properties }: { id: string; properties: Properties }) =>
    on.lab.plugin.delete("CephOsd", id, properties);
  /** OSDs by id, with the serial number of the disk that each is on. */
  const osds = (): Record<string, string> =>
    Object.fromEntries(Object.values(on.ceph.cluster.osdmap.osds).map(({ id, node }) => [id, node]));
  const pool = async (name: string, objects: number) => {
    const { json } = await on.call("POST", "/nodes/foxtrot/ceph/pool", { name });
    assert.match(String(json?.data), /^UPID/);
    writeObjects(on.ceph.cluster, name, objects, 4096);
  };
  /** Six disks, twelve OSDs, and data on them. */
  const whole = async () => {
    const made = [];
    for (const disk of [1, 2] as const) made.push(...(await Promise.all(cephNodes.map((node) => make(node, disk)))));
    await pool("vm_ssd", 100_000);
    on.writes();
    return made;
  };

  it("are made as described, seen again without a difference, and taken over when they are there already", async () => {
    assert.deepEqual(await on.preview("CephOsd", "golf-1", args("golf", "INVENTED61")), []);
    await told(
      "golf-1",
      /: Samsung SSD 990 PRO 4TB, serial INVENTED61, 4 TB \(\/dev\/nvme1n1\), unused: becomes 2 OSDs$/,
    );
    assert.deepEqual(on.erased, {});
    const made = await make("golf", 1);
    assert.equal(made.id, "golf/INVENTED61");
    assert.deepEqual(on.erased, { INVENTED61: ["cephcreateosd"] });
    assert.deepEqual(on.writes(), ["POST /nodes/golf/ceph/osd"]);
    const facts = made.properties["osds"] as Record<string, unknown>[];
    assert.deepEqual(made.properties["osdIds"], [0, 1]);
    assert.deepEqual(
      facts.map(({ id, host, deviceClass, up, in: isIn }) => ({ id, host, deviceClass, up, in: isIn })),
      [0, 1].map((id) => ({ id, host: "golf", deviceClass: "nvme", up: true, in: true })),
    );
    assert.deepEqual(
      facts.map(({ uuid }) => uuid),
      [0, 1].map((id) => on.ceph.cluster.osdmap.osds[id]!.uuid),
    );
    const read = await on.lab.plugin.read("CephOsd", made.id, made.properties);
    assert.deepEqual(read.properties["osds"], facts);
    assert.equal((await on.lab.plugin.diff("CephOsd", made.id, read.properties, made.inputs)).changes, "none");
    const seen = await on.lab.plugin.read("CephOsd", "golf/INVENTED61", on.lab.inputs("CephOsd", "seen", {}));
    assert.deepEqual(seen.properties["osds"], facts);
    const again = await on.lab.create("CephOsd", "golf-1", args("golf", "INVENTED61"));
    assert.deepEqual(again.properties["osds"], facts);
    assert.deepEqual(on.writes(), []);
    assert.deepEqual(on.erased, { INVENTED61: ["cephcreateosd"] });
    await told("golf-1", /: took over osd\.0, osd\.1 on Samsung/);
  });

  it("come on the disk of that serial number, whatever name a boot has given it", async () => {
    const node = on.node("hotel");
    const problems = await on.preview("CephOsd", "h", args("hotel", "INVENTED71", { device: "/dev/nvme2n1" }));
    assert.match(problems.join(), /^device: the disk with serial INVENTED71 is \/dev\/nvme1n1 now, not \/dev\/nvme2n1/);
    // the names go round between the preview and the up: that of the disk is the boot disk's now
    const { inputs } = await on.lab.plugin.check(
      "CephOsd",
      {},
      on.lab.inputs("CephOsd", "h", args("hotel", "INVENTED71")),
    );
    renumber(node);
    await on.lab.plugin.create("CephOsd", inputs);
    assert.deepEqual(on.erased, { INVENTED71: ["cephcreateosd"] });
    const byId = "nvme-Samsung_SSD_990_PRO_4TB_INVENTED72";
    await on.lab.create("CephOsd", "other", { node: "hotel", byId });
    assert.deepEqual(on.erased, { INVENTED71: ["cephcreateosd"], INVENTED72: ["cephcreateosd"] });
  });

  it("never come on a disk in use: before and during the run, whatever is on it", async () => {
    const disk = on.disk("golf", "INVENTED62");
    const cases: [string, () => void, RegExp][] = [
      [
        "INVENTED60",
        () => undefined,
        /CT1000P3PSSD8, serial INVENTED60, 1 TB \(\/dev\/nvme0n1\), with partitions .*BIOS boot/,
      ],
      [
        "INVENTED62",
        () => (disk.holds = { kind: "lvm", vg: "backup" }),
        /INVENTED62, 4 TB \(\/dev\/nvme2n1\), with LVM/,
      ],
      ["INVENTED62", () => (disk.holds = { kind: "zfs", pool: "tank" }), /with ZFS/],
      [
        "INVENTED62",
        () => (disk.holds = { kind: "filesystem", type: "ext4", uuid: "1", mounted: "/data" }),
        /with ext4, a mounted file system/,
      ],
      ["INVENTED62", () => (disk.holds = { kind: "signature", type: "crypto_LUKS" }), /with crypto_LUKS/],
    ];
    for (const [serial, prepare, expected] of cases) {
      prepare();
      const problems = await on.preview("CephOsd", "x", args("golf", serial));
      assert.match(problems.join(), /^serial: a disk in use is never touched: on node golf this is /);
      assert.match(problems.join(), expected);
      const run = on.lab.plugin.create("CephOsd", on.lab.inputs("CephOsd", "x", args("golf", serial)));
      await assert.rejects(run, expected);
    }
    assert.deepEqual([on.writes(), on.erased], [[], {}]);
  });

  it("that are another cluster's, or other ones than described, are not taken over", async () => {
    const made = await make("golf", 1);
    on.writes();
    for (const [more, expected] of [
      [{ osdsPerDevice: 1 }, /there are 2 \(osd\.0, osd\.1\), not 1/],
      [{ encrypted: true }, /osd\.0 is not encrypted; osd\.1 is not encrypted/],
    ] as const) {
      const wanted = args("golf", "INVENTED61", more);
      assert.match((await on.preview("CephOsd", "x", wanted)).join(), expected);
      await assert.rejects(on.lab.plugin.create("CephOsd", on.lab.inputs("CephOsd", "x", wanted)), expected);
    }
    // the same id with another uuid: what is left of a removed one, or of another cluster
    for (const volume of on.volumesOf("golf"))
      volume.tags!["ceph.cluster_fsid"] = "00000000-1111-2222-3333-444444444444";
    await assert.rejects(
      on.lab.plugin.create("CephOsd", on.lab.inputs("CephOsd", "x", args("golf", "INVENTED61"))),
      /holds OSDs that this Ceph does not know: osd\.0 \(.*\), osd\.1 .*nothing was touched/,
    );
    await told("golf-1", /: osd\.0, osd\.1 on Samsung/);
    assert.deepEqual(on.writes(), []);
    assert.deepEqual(made.properties["osdIds"], [0, 1]);
  });

  it("are made once and recorded when the answer of the request is lost", async () => {
    on.lab.sim.simulation.faults.add({
      route: "POST /nodes/{node}/ceph/osd",
      count: 1,
      effect: { kind: "reset", handled: true },
    });
    // the answer is lost, the OSDs are there
    const made = await make("golf", 1);
    assert.deepEqual(made.properties["osdIds"], [0, 1]);
    assert.deepEqual(on.writes(), ["POST /nodes/golf/ceph/osd"]);
  });

  it("are named by what stays, and contradictions are refused before anything is done", async () => {
    const problems = (more: Properties) => on.preview("CephOsd", "golf-1", { node: "golf", ...more });
    assert.deepEqual(await problems({ device: "/dev/nvme1n1" }), [
      "serial: a kernel name alone may be another disk's after a boot; name the disk by its serial, or by byId",
    ]);
    assert.match(
      (await problems({ serial: "unknown" })).join(),
      /^serial: is what Proxmox shows for a disk that tells none/,
    );
    assert.match(
      (await problems({ serial: "INVENTED61", osdsPerDevice: 2, dbDevice: { serial: "INVENTED62" } })).join(),
      /^dbDevice: cannot be used with several OSDs per device/,
    );
    assert.match(
      (await problems({ serial: "INVENTED61", dbDevice: { serial: "INVENTED61" } })).join(),
      /^dbDevice: is the disk of the OSD itself/,
    );
    assert.match(
      (await problems({ serial: "INVENTED61", dbDevice: { serial: "INVENTED60" } })).join(),
      /^dbDevice: a disk in use is never touched/,
    );
    assert.match(
      (await problems({ serial: "INVENTED99" })).join(),
      /^serial: node golf has no disk with serial INVENTED99; its disks are: CT1000P3PSSD8, serial INVENTED60/,
    );
    await make("golf", 1);
    assert.deepEqual(await on.preview("CephOsd", "y", args("golf", "INVENTED61")), [
      "serial: the disk with serial INVENTED61 belongs to golf-1 already; keep one of the two",
    ]);
    const was = args("golf", "INVENTED61");
    const refused = await on.preview("CephOsd", "golf-1", args("hotel", "INVENTED61", { osdsPerDevice: 2 }), was);
    assert.match(refused.join("\n"), /node: the OSDs are those of node golf/);
    assert.match(
      (await on.preview("CephOsd", "golf-1", args("golf", "INVENTED61", { osdsPerDevice: 1 }), was)).join("\n"),
      /^osdsPerDevice: the disk has 2, not 1/,
    );
  });

  it("take database and log on another disk, by their sizes", async () => {
    const wanted = {
      node: "golf",
      serial: "INVENTED61",
      dbDevice: { serial: "INVENTED62", sizeGiB: 60 },
      encrypted: true,
    };
    const made = await on.lab.create("CephOsd", "db", wanted);
    const db = on.volumesOf("golf").find(({ tags }) => tags?.["ceph.type"] === "db");
    assert.equal(db?.size, 60 * 2 ** 30);
    const again = await on.lab.create("CephOsd", "db", wanted);
    assert.deepEqual(again.properties["osds"], made.properties["osds"]);
    assert.deepEqual(on.writes(), ["POST /nodes/golf/ceph/osd"]);
  });

  it("show when they are out, down or of another class, and get their class back", async () => {
    const made = await make("golf", 1);
    const { osdmap } = on.ceph.cluster;
    osdmap.osds["0"]!.weight = 0;
    on.node("golf").ceph!.osds["1"]!.running = false;
    osdmap.crush.classes["0"] = osdmap.crush.classes["1"] = "ssd";
    const read = await on.lab.plugin.read("CephOsd", made.id, made.properties);
    const facts = read.properties["osds"] as { up: boolean; in: boolean; deviceClass: string }[];
    assert.deepEqual(
      facts.map(({ up, in: isIn, deviceClass }) => [up, isIn, deviceClass]),
      [
        [true, false, "ssd"],
        [false, true, "ssd"],
      ],
    );
    await told("golf-1", "osd.0 on node golf is out");
    await told("golf-1", "osd.1 on node golf is down");
    assert.equal(read.properties["deviceClass"], "ssd");
    const { changes, replaces } = await on.lab.plugin.diff("CephOsd", made.id, read.properties, made.inputs);
    assert.deepEqual([changes, replaces], ["some", []]);
    await on.lab.plugin.update("CephOsd", made.id, read.properties, made.inputs);
    assert.deepEqual([osdmap.crush.classes["0"], osdmap.crush.classes["1"]], ["nvme", "nvme"]);
  });

  it("are drained before they are removed, and nothing is lost; the disk is free", async () => {
    const made = await whole();
    const removed = made.find(({ id }) => id === "golf/INVENTED62")!;
    const ids = removed.properties["osdIds"] as number[];
    const before = Object.keys(osds()).length;
    await remove(removed);
    assert.equal(Object.keys(osds()).length, before - 2);
    assert.equal(lostObjects(on.ceph.cluster), 0);
    assert.equal(on.disk("golf", "INVENTED62").holds, undefined);
    assert.deepEqual(on.writes(), [
      ...ids.map((id) => `POST /nodes/golf/ceph/osd/${id}/out`),
      ...ids.map(() => "POST /nodes/golf/ceph/stop"),
      ...ids.map((id) => `DELETE /nodes/golf/ceph/osd/${id}`),
    ]);
    await told("golf-2", /removed; the disk with serial INVENTED62 is free/);
    assert.equal((await on.lab.plugin.read("CephOsd", removed.id, removed.properties)).id, "");
    await remove(removed);
    assert.deepEqual(on.writes(), []);
  });

  it("are not removed where the data would have no place to go, unless their loss is accepted by their uuids", async () => {
    const made = await Promise.all(cephNodes.map((node) => make(node, 1)));
    await pool("vm_ssd", 1000);
    on.writes();
    const golf = made[1]!;
    const ids = golf.properties["osdIds"] as number[];
    await assert.rejects(
      remove(golf),
      /not removed, nothing was touched: pool .* keeps 3 copies, each in another host, and 2 would be left \(foxtrot, hotel\)/,
    );
    const uuids = (golf.properties["osds"] as { uuid: string }[]).map(({ uuid }) => uuid);
    const accepting = (acceptDataLoss: unknown[]) => ({
      ...golf,
      properties: {
        ...golf.properties,
        removal: { acceptDataLoss },
        __inputs: ["node", "serial", "osdsPerDevice", "removal"],
      },
    });
    await assert.rejects(remove(accepting([uuids[0]])), /not removed, nothing was touched/);
    // ids go to other OSDs, and a line stays in a program
    await assert.rejects(remove(accepting(ids)), /not removed, nothing was touched/);
    assert.deepEqual(on.writes(), []);
    await remove(accepting(uuids));
    assert.equal(Object.keys(osds()).length, 4);
    // two hosts still have copies
    assert.equal(lostObjects(on.ceph.cluster), 0);
    assert.deepEqual(on.erased["INVENTED71"], ["cephcreateosd"]);
  });

  it("are not removed where what stays would be nearly full, or a flag keeps data from moving", async () => {
    const made = await whole();
    writeObjects(on.ceph.cluster, "vm_ssd", 1_000_000, 4 * 2 ** 20);
    await assert.rejects(remove(made[0]!), /of data would be left with .* on host \w+: more than 85 %/);
    on.ceph.cluster.osdmap.flags.push("norebalance");
    await assert.rejects(remove(made[0]!), /flag norebalance is set, so no data would move/);
    assert.deepEqual(on.writes(), []);
    assert.equal(Object.keys(osds()).length, 12);
  });

  it("are left alone when their ids are another OSD's, or their volumes are not where they were", async () => {
    const made = await whole();
    const golf = made.find(({ id }) => id === "golf/INVENTED62")!;
    const facts = golf.properties["osds"] as { id: number; uuid: string }[];
    const stranger = {
      ...golf.properties,
      osds: facts.map((osd) => ({ ...osd, uuid: "00000000-0000-4000-8000-000000000000" })),
    };
    await on.lab.plugin.delete("CephOsd", golf.id, stranger);
    assert.equal(Object.keys(osds()).length, 12);
    await told("golf-2", /gone already/);
    await assert.rejects(
      on.lab.plugin.delete("CephOsd", golf.id, { ...golf.properties, diskSerial: "INVENTED61" }),
      /the volume of osd\.\d+ is on \/dev\/nvme2n1, and not on the disk with serial INVENTED61; nothing more was touched/,
    );
    // a disk of another cluster with an OSD of the same id: Proxmox's clean-up would take it along
    const other = on.addVolume("golf", {
      "ceph.osd_id": String(facts[0]!.id),
      "ceph.osd_fsid": "f",
      "ceph.cluster_fsid": "other",
      "ceph.type": "block",
    });
    await assert.rejects(
      remove(golf),
      /node golf has a volume of another osd\.\d+ \(f, of Ceph other\), which would go with it/,
    );
    assert.deepEqual(on.writes(), []);
    assert.ok(other.tags);
    assert.equal(Object.keys(osds()).length, 12);
  });

  it("of two disks of one node are judged one after the other, so that neither counts on the other", async () => {
    const made = await whole();
    const golf = made.filter(({ id }) => id.startsWith("golf/"));
    assert.equal(golf.length, 2);
    const ends = await Promise.allSettled(golf.map(remove));
    const refused = ends.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : []));
    assert.equal(refused.length, 1);
    assert.match(refused.join(), /not removed, nothing was touched: pool .* 2 would be left \(foxtrot, hotel\)/);
    assert.equal(Object.keys(osds()).length, 10);
    assert.equal(Object.values(on.ceph.cluster.osdmap.osds).filter(({ weight }) => weight === 0).length, 0);
    assert.equal(lostObjects(on.ceph.cluster), 0);
  });

  it("are not gone where another Ceph is asked", async () => {
    const golf = await make("golf", 1);
    const other = { ...golf.properties, fsid: "00000000-1111-2222-3333-444444444444" };
    on.writes();
    await assert.rejects(
      on.lab.plugin.read("CephOsd", golf.id, other),
      /asked about OSDs of Ceph 00000000-.*nothing was changed/,
    );
    await assert.rejects(on.lab.plugin.delete("CephOsd", golf.id, other), /belongs to Ceph .*nothing was changed/);
    assert.deepEqual(on.writes(), []);
    assert.equal(Object.keys(osds()).length, 2);
  });

  it("are not made where disks cannot be told apart by their serial numbers", async () => {
    on.disk("golf", "INVENTED62").serial = "INVENTED61";
    const byId = "nvme-Samsung_SSD_990_PRO_4TB_INVENTED62";
    const problems = await on.preview("CephOsd", "twin", args("golf", "INVENTED61"));
    assert.match(problems.join(), /serial INVENTED61 is that of .* and .*: they cannot be told apart/);
    await assert.rejects(on.lab.create("CephOsd", "twin", args("golf", "INVENTED61")), /cannot be told apart/);
    const named = await on.preview("CephOsd", "link", { node: "golf", byId });
    assert.notDeepEqual(named, []);
    assert.deepEqual([on.writes(), on.erased], [[], {}]);
  });

  it("of a disk that is dead are removed without it", async () => {
    const made = await whole();
    const golf = made.find(({ id }) => id === "golf/INVENTED62")!;
    on.disk("golf", "INVENTED62").dead = true;
    for (const id of golf.properties["osdIds"] as number[]) on.node("golf").ceph!.osds[id]!.running = false;
    await on.call("GET", "/nodes/golf/ceph/osd", {});
    await remove(golf);
    assert.equal(Object.keys(osds()).length, 10);
    assert.equal(lostObjects(on.ceph.cluster), 0);
    await told("golf-2", /removed; its disk is not there/);
  });
});
