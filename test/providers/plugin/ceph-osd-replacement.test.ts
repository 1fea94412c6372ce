import assert from "node:assert/strict";
import { lostObjects, writeObjects } from "../../../simulator/ceph/objects.js";
import { isIn } from "../../../simulator/ceph/osdmap.js";
import { eventually } from "../../support/eventually";
import { CephMachines, cephNodes } from "../../support/ceph-lab";
import { CallFailure, type Properties } from "../../support/plugin";

type Made = Awaited<ReturnType<CephMachines["lab"]["create"]>>;

describe("OSDs whose disk gives way to another one", function () {
  let on: CephMachines;
  beforeEach(async () => {
    on = await CephMachines.withDaemons();
  });
  afterEach(() => on.close());

  const serials: Readonly<Record<string, string>> = { foxtrot: "INVENTED5", golf: "INVENTED6", hotel: "INVENTED7" };
  const args = (node: string, serial: string, more: Properties = {}): Properties => ({
    ...{ node, serial, osdsPerDevice: 2, deviceClass: "nvme" },
    ...more,
  });
  const make = (node: string, disk: 1 | 2) =>
    on.lab.create("CephOsd", `${node}-${disk}`, args(node, `${serials[node]}${disk}`));
  const ofDisk = async (disk: 1 | 2) => Promise.all(cephNodes.map((node) => make(node, disk)));
  const pool = async (objects: number) => {
    await on.call("POST", "/nodes/foxtrot/ceph/pool", { name: "vm_ssd" });
    writeObjects(on.ceph.cluster, "vm_ssd", objects, 4096);
    on.writes();
  };
  const osds = () => Object.values(on.ceph.cluster.osdmap.osds);
  const plug = (node: string, serial: string, devpath: string) =>
    on.node(node).hardware.disks.push({
      ...{ devpath, size: 4e12, model: "Samsung SSD 990 PRO 4TB", serial, type: "nvme", gpt: 0 },
    });
  const remove = ({ id, properties }: { id: string; properties: Properties }) =>
    on.lab.plugin.delete("CephOsd", id, properties);
  /** Check, diff, deletion and creation, in the order that the diff asks for. */
  async function replace(name: string, made: Made, wanted: Properties): Promise<Made> {
    const { plugin } = on.lab;
    const { inputs, failures } = await plugin.check("CephOsd", made.inputs, on.lab.inputs("CephOsd", name, wanted));
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    const { replaces, deleteBeforeReplace } = await plugin.diff("CephOsd", made.id, made.properties, inputs);
    assert.deepEqual([replaces, deleteBeforeReplace], [["serial"], true]);
    await plugin.delete("CephOsd", made.id, made.properties);
    return { ...(await plugin.create("CephOsd", inputs)), inputs };
  }
  const dies = async (node: string, serial: string) => {
    on.disk(node, serial).dead = true;
    await on.call("GET", `/nodes/${node}/ceph/osd`, {});
  };

  it("are drained and removed first, and the new ones get their ids; a disk that cannot follow keeps them from it", async () => {
    const first = await ofDisk(1);
    const second = await ofDisk(2);
    const golf = first[1]!;
    await pool(20_000);
    const moved = (serial: string, more: Properties = {}) => replace("golf-1", golf, args("golf", serial, more));
    // two resources that exchange their disks would both drain them
    await assert.rejects(moved("INVENTED62"), /holds OSDs: Samsung .* Describe them as a resource of their own/);
    await assert.rejects(moved("INVENTED69"), /node golf has no disk with serial INVENTED69/);
    plug("golf", "NEW", "/dev/nvme3n1");
    const disk = on.disk("golf", "NEW");
    disk.holds = { kind: "filesystem", type: "ext4", uuid: "1" };
    await assert.rejects(moved("NEW"), /a disk in use is never touched/);
    disk.holds.mounted = "/data";
    await assert.rejects(moved("NEW", { wipe: { serial: "NEW" } }), /a file system on it is mounted/);
    delete disk.holds.mounted;
    // it is looked at again when the turn has come, before anything is set out
    const wanted = on.lab.inputs("CephOsd", "golf-1", args("golf", "NEW", { wipe: { serial: "NEW" } }));
    const { inputs } = await on.lab.plugin.check("CephOsd", golf.inputs, wanted);
    await on.lab.plugin.diff("CephOsd", golf.id, golf.properties, inputs);
    disk.holds.mounted = "/data";
    await assert.rejects(remove(golf), /not removed, nothing was touched: not wiped, whatever names it/);
    delete disk.holds.mounted;
    assert.deepEqual([on.writes(), osds().length, osds().every(isIn)], [[], 12, true]);

    const made = await moved("NEW", { wipe: { serial: "NEW" } });
    assert.deepEqual([made.id, made.properties["osdIds"]], ["golf/NEW", golf.properties["osdIds"]]);
    const ids = golf.properties["osdIds"] as number[];
    assert.deepEqual(on.writes(), [
      ...ids.map((id) => `POST /nodes/golf/ceph/osd/${id}/out`),
      ...ids.map(() => "POST /nodes/golf/ceph/stop"),
      ...ids.map((id) => `DELETE /nodes/golf/ceph/osd/${id}`),
      "PUT /nodes/golf/disks/wipedisk",
      "POST /nodes/golf/ceph/osd",
    ]);
    assert.deepEqual([lostObjects(on.ceph.cluster), on.disk("golf", "INVENTED61").holds], [0, undefined]);
    assert.deepEqual(on.erased["NEW"], ["wipedisk", "cephcreateosd"]);
    assert.deepEqual(on.erased["INVENTED62"], ["cephcreateosd"]);
    assert.equal(second[1]?.properties["diskSerial"], "INVENTED62");
  });

  it("of several hosts go one host after the other, those of one host together", async () => {
    const made = [...(await ofDisk(1)), ...(await ofDisk(2))];
    await pool(20_000);
    for (const each of Object.values(on.ceph.cluster.osdmap.pools)) [each.size, each.minSize] = [2, 1];
    const leaving = made.filter(({ id }) => /^(?:golf|hotel)\//.test(id)).filter(({ id }) => id !== "hotel/INVENTED72");
    await Promise.all(leaving.map(remove));
    const writes = on.writes().map((line) => line.replace(/\d+(?=\/out$|$)/, "N"));
    const golf = writes.filter((line) => line.includes("/golf/"));
    const hotel = writes.filter((line) => line.includes("/hotel/"));
    assert.deepEqual([golf.length, hotel.length], [12, 6]);
    assert.ok(
      writes.join() === [...golf, ...hotel].join() || writes.join() === [...hotel, ...golf].join(),
      `one host after the other: ${writes.join("\n")}`,
    );
    assert.deepEqual(golf.slice(0, 4), Array<string>(4).fill("POST /nodes/golf/ceph/osd/N/out"));
    assert.deepEqual([osds().length, lostObjects(on.ceph.cluster)], [6, 0]);
    // Two hosts are left for two copies: the last disk of one of them stays.
    await assert.rejects(remove(made.find(({ id }) => id === "hotel/INVENTED72")!), /not removed, nothing was touched/);
  });

  it("of a disk that is dead are not waited for, unless its copies may be the last or it is there again", async () => {
    const [foxtrot, golf] = await ofDisk(1);
    assert.ok(foxtrot && golf);
    await pool(20_000);
    plug("golf", "NEW", "/dev/nvme3n1");
    // three hosts with one disk each: alive, they cannot be drained
    const wanted = args("golf", "NEW");
    await assert.rejects(replace("golf-1", golf, wanted), /cannot be drained: pool .* 2 would be left/);
    // it fails, and is still listed: that it is to be taken out is said
    const { faults } = on.lab.sim.simulation;
    faults.add({ effect: { kind: "disk-dead", node: "golf", serial: "INVENTED61" } });
    await on.call("GET", "/nodes/golf/ceph/osd", {});
    await assert.rejects(
      remove(golf),
      /2 would be left.*If the disk with serial INVENTED61 fails, take it out of the node: then it counts as dead/,
    );
    await dies("golf", "INVENTED61");
    // with another one gone too, nobody knows whether its copies are the last
    on.disk("foxtrot", "INVENTED51").dead = true;
    await on.call("GET", "/nodes/foxtrot/ceph/osd", {});
    await assert.rejects(
      remove(golf),
      /not removed: .*PGs .*The copies on the disk with serial INVENTED61 may be the last ones/,
    );
    assert.deepEqual([on.writes(), osds().every(isIn)], [[], true]);
    delete on.disk("foxtrot", "INVENTED51").dead;
  });

  it("are made anew on a host that was lost and built again with other disks, and nothing is lost", async () => {
    const made = [...(await ofDisk(1)), ...(await ofDisk(2))];
    await pool(20_000);
    const before = made.filter(({ id }) => id.startsWith("golf/"));
    for (const [index, serial] of ["INVENTED61", "INVENTED62"].entries()) {
      await dies("golf", serial);
      plug("golf", `NEW${index + 1}`, `/dev/nvme${index + 1}n1`);
    }
    assert.equal(osds().filter(({ up }) => !up).length, 4);
    const news = [];
    for (const [index, old] of before.entries())
      news.push(await replace(`golf-${index + 1}`, old, args("golf", `NEW${index + 1}`)));
    assert.deepEqual(
      news.map(({ properties }) => properties["osdIds"]),
      before.map(({ properties }) => properties["osdIds"]),
    );
    assert.ok(!on.writes().some((line) => line.endsWith("/stop")), "what is dead is not stopped");
    await on.call("GET", "/nodes/golf/ceph/osd", {});
    assert.deepEqual([osds().length, osds().every(({ up }) => up), lostObjects(on.ceph.cluster)], [12, true, 0]);
    const health = await on.call("GET", "/nodes/golf/ceph/status", {});
    const { pgmap } = health.json?.data as { pgmap: { pgs_by_state: { state_name: string }[] } };
    assert.deepEqual(
      pgmap.pgs_by_state.map(({ state_name: state }) => state),
      ["active+clean"],
    );
  });

  it("come in again when another program sets out what they count on in the same moment", async () => {
    const made = [...(await ofDisk(1)), ...(await ofDisk(2))];
    await pool(1000);
    const other = await CephMachines.beside(on);
    try {
      // both disks of one host: each of the two programs removes one, and may only because of the other
      const [one, two] = made.filter(({ id }) => id.startsWith("golf/"));
      const ends = await Promise.allSettled([
        remove(one!),
        other.lab.plugin.delete("CephOsd", two!.id, two!.properties),
      ]);
      const refused = ends.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : []));
      assert.ok(refused.length > 0 && refused.every((why) => why.includes("not removed")), refused.join("\n"));
      const hosts = osds().filter((osd) => isIn(osd) && osd.up);
      assert.deepEqual([osds().every(isIn), hosts.some(({ node }) => node === "golf")], [true, true]);
      assert.equal(lostObjects(on.ceph.cluster), 0);
    } finally {
      await other.close();
    }
  });

  it("stay where they are without a quorum, and a half-made disk says how to go on", async () => {
    await ofDisk(1);
    on.lab.sim.simulation.faults.add({
      ...{ task: "cephcreateosd", count: 1 },
      effect: { kind: "task-fail", text: "ceph-volume was killed", steps: 15 },
    });
    const inputs = on.lab.inputs("CephOsd", "golf-2", args("golf", "INVENTED62"));
    const failure = await on.lab.plugin.create("CephOsd", inputs).then(
      () => assert.fail("it was made"),
      (error: CallFailure) => error,
    );
    const { id, properties } = failure.partial!;
    assert.deepEqual(properties["osdIds"], [6]);
    assert.match(
      failure.message + failure.partial!.reasons.join(),
      /of 2 OSDs on the disk .* one was made \(osd\.6\).*run up again, which makes the rest.*Making 2 OSDs on node golf failed/,
    );
    await on.lab.plugin.diff("CephOsd", id, properties, inputs);
    await eventually("what the preview says", () =>
      on.lab.plugin.engine.messages.some(({ message }) =>
        /a creation was cut off: 1 of 2 OSDs were made, the rest is made beside/.test(message),
      ),
    );
    on.writes();
    const whole = await on.lab.plugin.update("CephOsd", id, properties, inputs);
    assert.deepEqual([whole.properties["osdIds"], on.writes()], [[6, 7], []]);
    assert.deepEqual((await on.lab.plugin.diff("CephOsd", id, whole.properties, inputs)).changes, "none");
    await on.lab.plugin.delete("CephOsd", id, whole.properties);
    assert.deepEqual([osds().length, on.disk("golf", "INVENTED62").holds], [6, undefined]);

    const [, golf] = await ofDisk(2);
    await pool(1000);
    for (const node of ["foxtrot", "hotel"]) on.node(node).ceph!.mons[node]!.running = false;
    await assert.rejects(remove(golf!));
    await assert.rejects(on.lab.plugin.read("CephOsd", golf!.id, golf!.properties));
    assert.deepEqual([on.writes(), osds().length], [[], 12]);
    for (const node of ["foxtrot", "hotel"]) on.node(node).ceph!.mons[node]!.running = true;
    await remove(golf!);
    assert.deepEqual([osds().length, lostObjects(on.ceph.cluster)], [10, 0]);
  });
});
