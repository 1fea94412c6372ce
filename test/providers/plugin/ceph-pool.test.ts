import assert from "node:assert/strict";
import { lostObjects, writeObjects } from "../../../simulator/ceph/objects.js";
import { CephMachines, cephNodes } from "../../support/ceph-lab";
import { eventually } from "../../support/eventually";
import type { CallFailure, Properties } from "../../support/plugin";

type Made = Awaited<ReturnType<CephMachines["lab"]["create"]>>;

describe("a pool of Ceph", function () {
  let on: CephMachines;
  before(async () => {
    on = await CephMachines.withDaemons();
    await on.osds();
    on.writes();
  });
  after(() => on.close());
  afterEach(async () => {
    // each begins with no pool but the managers' own
    for (const { name } of pools()) {
      const { storages } = on.ceph.proxmox;
      for (const [id, { type, pool }] of Object.entries(storages))
        if (type === "rbd" && pool === name) delete storages[id];
      await on.call("DELETE", `/nodes/foxtrot/ceph/pool/${name}`, { force: "1" });
    }
    assert.deepEqual(pools(), []);
    on.writes();
  });

  const pools = () => Object.values(on.ceph.cluster.osdmap.pools).filter(({ name }) => name !== ".mgr");
  const pool = (name: string) => {
    const found = pools().find((each) => each.name === name);
    assert.ok(found, `no pool ${name}`);
    return found;
  };
  const make = (name: string, args: Properties = {}) =>
    on.lab.create("CephPool", name, { node: "foxtrot", pgNum: 32, ...args });
  const problems = async (name: string, args: Properties, olds: Properties = {}) =>
    (await on.preview("CephPool", name, { node: "foxtrot", pgNum: 32, ...args }, olds)).join("\n");
  const change = async (made: Made, args: Properties) => {
    const { inputs, failures } = await on.lab.plugin.check(
      "CephPool",
      made.inputs,
      on.lab.inputs("CephPool", String(made.properties["name"]), { node: "foxtrot", pgNum: 32, ...args }),
    );
    assert.deepEqual(failures, []);
    const diff = await on.lab.plugin.diff("CephPool", made.id, made.properties, inputs);
    const { properties } = await on.lab.plugin.update("CephPool", made.id, made.properties, inputs);
    return { diff, properties, inputs };
  };
  const remove = ({ id, properties }: { id: string; properties: Properties }) =>
    on.lab.plugin.delete("CephPool", id, properties);
  const told = (name: string, part: string | RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      on.lab.plugin.engine.messages.some(
        ({ urn, message }) => urn.endsWith(`::${name}`) && message.match(part) !== null,
      ),
    );

  it("is made as described, read back, seen again without a difference, and found by get", async () => {
    const made = await make("vm_ssd", {
      ...{ size: 3, minSize: 2, pgNum: 128, application: "rbd", crushRule: "replicated_rule" },
      ...{ targetSizeGiB: 100, compression: { mode: "aggressive", algorithm: "zstd" }, addStorages: true },
    });
    const { size, minSize, pgNum, autoscale, options, applications } = pool("vm_ssd");
    assert.deepEqual([size, minSize, pgNum, autoscale], [3, 2, 128, "warn"]);
    assert.deepEqual(options, {
      ...{ pg_num_min: 128, target_size_bytes: 100 * 2 ** 30 },
      ...{ compression_mode: "aggressive", compression_algorithm: "zstd" },
    });
    assert.deepEqual(applications, { rbd: {} });
    assert.deepEqual(on.ceph.proxmox.storages["vm_ssd"], {
      ...{ type: "rbd", pool: "vm_ssd", content: "rootdir,images", krbd: "0" },
    });
    assert.deepEqual(on.writes(), ["POST /nodes/foxtrot/ceph/pool"]);
    assert.equal(made.properties["poolId"], pool("vm_ssd").id);

    const read = await on.lab.plugin.read("CephPool", made.id, made.properties);
    assert.equal((await on.lab.plugin.diff("CephPool", made.id, read.properties, made.inputs)).changes, "none");
    const got = await on.lab.plugin.read("CephPool", "golf/vm_ssd", on.lab.inputs("CephPool", "seen", {}));
    assert.deepEqual([got.properties["pool"], got.properties["poolId"]], ["vm_ssd", made.properties["poolId"]]);
    await assert.rejects(
      on.lab.plugin.read("CephPool", "golf/vm_sd", on.lab.inputs("CephPool", "seen", {})),
      /there is no pool vm_sd; did you mean "vm_ssd"\?/,
    );

    // what somebody has changed shows
    pool("vm_ssd").size = 2;
    pool("vm_ssd").options["compression_mode"] = "force";
    delete on.ceph.proxmox.storages["vm_ssd"];
    const drifted = await on.lab.plugin.read("CephPool", made.id, made.properties);
    assert.deepEqual(
      [drifted.properties["size"], drifted.properties["compression"], drifted.properties["addStorages"]],
      [2, { mode: "force", algorithm: "zstd" }, false],
    );
    await on.lab.plugin.update("CephPool", made.id, drifted.properties, made.inputs);
    assert.deepEqual([pool("vm_ssd").size, pool("vm_ssd").options["compression_mode"]], [3, "aggressive"]);
    assert.ok(on.ceph.proxmox.storages["vm_ssd"]);
  });

  it("leaves Ceph well: the autoscaler has nothing to warn of", async () => {
    await make("vm_ssd", { pgNum: 128 });
    await make("grows", { pgNum: undefined });
    assert.deepEqual([pool("grows").autoscale, pool("grows").options["pg_num_min"]], ["on", undefined]);
    on.lab.sim.simulation.clock.advance(90_000);
    const { json } = await on.call("GET", "/nodes/foxtrot/ceph/status", {});
    assert.deepEqual((json?.data as { health: unknown }).health, { status: "HEALTH_OK", checks: {}, mutes: [] });
  });

  it("that is there is taken over without a write as described, else refused, or brought to it where nothing is in it", async () => {
    await on.call("POST", "/nodes/foxtrot/ceph/pool", { name: "hand", pg_num: "32", pg_num_min: "32" });
    writeObjects(on.ceph.cluster, "hand", 1000, 4096);
    on.writes();
    const made = await make("hand", { size: 3, minSize: 2 });
    await told("hand", "pool hand is there as described; it is taken over");
    assert.equal(made.properties["poolId"], pool("hand").id);
    assert.deepEqual(on.writes(), []);

    const other = { size: 2, minSize: 1, name: "hand" };
    const refusal =
      /there is a pool hand already that is another one than described: size is 3, not 2, minSize is 2, not 1; and pool hand holds 1000 objects/;
    assert.match(await problems("other", other), /^name: pool hand belongs to hand already/);
    const later = await CephMachines.beside(on);
    try {
      assert.match((await later.preview("CephPool", "hand", { node: "foxtrot", pgNum: 32, ...other })).join(), refusal);
      await assert.rejects(
        later.lab.plugin.create("CephPool", later.lab.inputs("CephPool", "hand", { node: "foxtrot", ...other })),
        refusal,
      );
      assert.deepEqual(on.writes(), []);
      assert.equal(pool("hand").size, 3);
      await later.lab.create("CephPool", "hand", { node: "foxtrot", pgNum: 32, ...other, adopt: true });
      assert.deepEqual([pool("hand").size, pool("hand").minSize], [2, 1]);
    } finally {
      await later.close();
    }

    // a killed run has left it half made: nothing is in it
    await on.call("POST", "/nodes/foxtrot/ceph/pool", { name: "half", pg_num: "16" });
    await make("half", { size: 2, minSize: 1, compression: { mode: "passive" } });
    await told("half", /pool half is there, and brought to the description: size is 3, not 2/);
    assert.deepEqual(
      [pool("half").size, pool("half").pgNumTarget, pool("half").options["compression_mode"]],
      [2, 32, "passive"],
    );
    await on.call("POST", "/nodes/foxtrot/ceph/pool", { name: "files", pg_num: "16", application: "cephfs" });
    // Checks of one preview share what they have read.
    const another = await CephMachines.beside(on);
    try {
      assert.match(
        (await another.preview("CephPool", "files", { node: "foxtrot", pgNum: 32 })).join(),
        /pool files is for cephfs, not rbd\. Write another name/,
      );
    } finally {
      await another.close();
    }
  });

  it("is changed where it is, and what is no longer wanted is taken away", async () => {
    const made = await make("vm", { size: 3, targetRatio: 0.5, compression: { mode: "force", requiredRatio: 0.5 } });
    writeObjects(on.ceph.cluster, "vm", 1000, 4096);
    const { diff, properties, inputs } = await change(made, { size: 2, minSize: 1, pgNum: 64, autoscale: "off" });
    assert.deepEqual(diff.replaces, []);
    const { size, minSize, pgNumTarget, autoscale, options } = pool("vm");
    assert.deepEqual([size, minSize, pgNumTarget, autoscale, options], [2, 1, 64, "off", { pg_num_min: 64 }]);
    assert.equal((await on.lab.plugin.diff("CephPool", made.id, properties, inputs)).changes, "none");
    assert.deepEqual(on.writes(), ["POST /nodes/foxtrot/ceph/pool", "PUT /nodes/foxtrot/ceph/pool/vm"]);
    // fewer PGs than the least number: that one goes first
    await on.lab.plugin.update("CephPool", made.id, properties, { ...inputs, pgNum: 32, pgNumMin: 32 });
    assert.deepEqual(on.writes(), Array(2).fill("PUT /nodes/foxtrot/ceph/pool/vm"));
    assert.deepEqual([pool("vm").pgNumTarget, pool("vm").options["pg_num_min"]], [32, 32]);
  });

  it("grows with data in it: first its copies, then its PGs, and every object is there, whole", async () => {
    const made = await make("vm", { size: 2, minSize: 1 });
    assert.equal(writeObjects(on.ceph.cluster, "vm", 20_000, 4096), 20_000);
    const { osdmap } = on.ceph.cluster;
    const states = async (): Promise<string[]> => {
      const { json } = await on.call("GET", "/nodes/foxtrot/ceph/status", {});
      const { pgmap } = json?.data as { pgmap: { pgs_by_state: { state_name: string }[] } };
      return pgmap.pgs_by_state.map(({ state_name: state }) => state);
    };
    on.writes();
    const copies = await change(made, { size: 3, minSize: 2 });
    assert.deepEqual([pool("vm").size, pool("vm").minSize, await states()], [3, 2, ["active+clean"]]);
    const more = await change({ ...made, ...copies }, { size: 3, minSize: 2, pgNum: 128 });
    on.lab.sim.clock.advance(120_000);
    assert.deepEqual([pool("vm").pgNum, pool("vm").pgNumTarget, await states()], [128, 128, ["active+clean"]]);
    assert.deepEqual(on.writes(), Array(2).fill("PUT /nodes/foxtrot/ceph/pool/vm"));
    const { inputs } = more;
    assert.equal((await on.lab.plugin.diff("CephPool", made.id, more.properties, inputs)).changes, "none");
    const own = Object.entries(on.ceph.cluster.pgs).filter(([id]) => id.startsWith(`${pool("vm").id}.`));
    assert.equal(
      own.reduce((sum, [, { objects }]) => sum + objects, 0),
      20_000,
    );
    assert.deepEqual([lostObjects(on.ceph.cluster), Object.values(osdmap.osds).every(({ up }) => up)], [0, true]);
  });

  it("is refused where it cannot work, or cannot be changed, with what to write instead", async () => {
    assert.match(
      await problems("five", { size: 5 }),
      /^size: rule replicated_rule puts each of 5 copies in another host, and 3 hosts have OSDs that are up and in \(foxtrot, golf, hotel\); write at most 3/,
    );
    assert.match(
      await problems("ec", { erasureCoding: { k: 3, m: 2 } }),
      /^erasureCoding: rule that of its profile puts each of 5 pieces in another host, and 3 hosts/,
    );
    assert.match(
      await problems("one", { size: 1 }),
      /^size: with one copy the first disk that fails takes data with it/,
    );
    assert.match(await problems("more", { size: 2, minSize: 3 }), /^minSize: is more than size \(2\)/);
    assert.match(
      await problems("rule", { crushRule: "replicated_rul" }),
      /there is no rule replicated_rul; did you mean/,
    );
    // a program that makes no OSDs
    const later = await CephMachines.beside(on);
    try {
      assert.match(
        (await later.preview("CephPool", "many", { node: "foxtrot", pgNum: 512 })).join(),
        /^pgNum: 512 PGs of 3 copies, beside the 3 copies .* more than 250 for each of 6 OSDs.*write at most 500/,
      );
      assert.deepEqual(await later.preview("CephPool", "many", { node: "foxtrot", pgNum: 500 }), []);
    } finally {
      await later.close();
    }
    const most = await on.call("POST", "/nodes/foxtrot/ceph/pool", { name: "most", pg_num: "500" });
    await on.call("POST", "/nodes/foxtrot/ceph/pool", { name: "toomany", pg_num: "1" });
    assert.match(String(most.json?.data), /^UPID/);
    assert.deepEqual(
      pools().map(({ name }) => name),
      ["most"],
      "Ceph counts as the check does",
    );
    await on.call("DELETE", "/nodes/foxtrot/ceph/pool/most", {});
    assert.match(await problems(".dot", {}), /^name: write the name of a pool/);
    const made = await make("ssd");
    assert.match(
      await problems("ssd", { erasureCoding: { k: 2, m: 1 } }, made.inputs),
      /^erasureCoding: a pool does not change between copies and erasure coding; describe another pool/,
    );
    assert.match(
      await problems("ssd", { application: "cephfs" }, made.inputs),
      /^application: rbd is enabled on the pool/,
    );
    assert.match(
      await problems("ssd", { removal: { acceptDataLoss: "sdd" } }, made.inputs),
      /^removal\.acceptDataLoss: is not the name of the pool; write "ssd"/,
    );
    // hosts that were lost since the preview: nothing is made that would never be whole
    for (const osd of Object.values(on.ceph.cluster.osdmap.osds)) if (osd.node === "hotel") osd.weight = 0;
    on.writes();
    const { inputs } = { inputs: on.lab.inputs("CephPool", "late", { node: "foxtrot", name: "late", size: 3 }) };
    await assert.rejects(
      on.lab.plugin.create("CephPool", inputs),
      /2 hosts have OSDs that are up and in \(foxtrot, golf\)/,
    );
    assert.deepEqual(on.writes(), []);
    for (const osd of Object.values(on.ceph.cluster.osdmap.osds)) osd.weight = 1;
  });

  it("that Ceph made only in part is recorded, and the next run completes it", async () => {
    const wanted = { name: "big", size: 2, minSize: 1, pgNum: 64, pgNumMin: 128 };
    const args = on.lab.inputs("CephPool", "big", { node: "foxtrot", ...wanted });
    const partial = await on.lab.plugin.create("CephPool", args).catch((error: CallFailure) => error.partial);
    assert.ok(partial && "reasons" in partial);
    assert.match(partial.reasons.join(), /Could not set: pg_num_min/);
    assert.deepEqual([partial.id, partial.properties["poolId"]], ["big", pool("big").id]);
    const better = { ...args, pgNumMin: 64 };
    const { changes } = await on.lab.plugin.diff("CephPool", "big", partial.properties, better);
    assert.equal(changes, "some");
    const { properties } = await on.lab.plugin.update("CephPool", "big", partial.properties, better);
    assert.deepEqual([pool("big").size, pool("big").options["pg_num_min"]], [2, 64]);
    await remove({ id: "big", properties });
  });

  it("whose answer was lost is made once", async () => {
    on.lab.sim.simulation.faults.add({
      route: "POST /nodes/{node}/ceph/pool",
      count: 1,
      effect: { kind: "reset", handled: true },
    });
    await make("lost", { size: 2, minSize: 1 });
    assert.deepEqual(on.writes(), ["POST /nodes/foxtrot/ceph/pool"]);
    assert.deepEqual([pool("lost").size, pool("lost").options["pg_num_min"]], [2, 32]);
  });

  it("of pieces is two pools with a profile, and goes with both", async () => {
    const args = { erasureCoding: { k: 2, m: 1 }, size: 3, addStorages: true };
    const made = await make("ec", args);
    assert.deepEqual(
      pools().map(({ name, kind, size }) => [name, kind, size]),
      [
        ["ec-data", "erasure", 3],
        ["ec-metadata", "replicated", 3],
      ],
    );
    assert.deepEqual([made.properties["pool"], made.properties["dataPool"]], ["ec-metadata", "ec-data"]);
    assert.equal(on.ceph.proxmox.storages["ec"]?.["data-pool"], "ec-data");
    on.writes();
    const read = await on.lab.plugin.read("CephPool", made.id, made.properties);
    assert.equal((await on.lab.plugin.diff("CephPool", made.id, read.properties, made.inputs)).changes, "none");
    await make("ec", args);
    assert.deepEqual(on.writes(), []);
    assert.match(
      (
        await on.lab.problems("CephPool", { node: "foxtrot", name: "ec", pgNum: 32, erasureCoding: { k: 2, m: 2 } })
      ).join("\n"),
      /it cannot become the one described: m of its profile pve_ec_ec is 1, not 2/,
    );
    await remove(made);
    assert.deepEqual([pools(), on.ceph.proxmox.storages["ec"]], [[], undefined]);
    assert.equal(on.ceph.cluster.osdmap.erasureProfiles["pve_ec_ec"], undefined);
    assert.deepEqual(on.writes(), [
      "DELETE /storage/ec",
      ...["metadata", "data"].map((part) => `DELETE /nodes/foxtrot/ceph/pool/ec-${part}`),
    ]);
  });

  it("of pieces by a profile of somebody's own leaves that profile, also where the program does not name it", async () => {
    const profiles = on.ceph.cluster.osdmap.erasureProfiles;
    profiles["by-hand"] = { ...profiles["default"]!, k: "2", m: "1", "crush-failure-domain": "host" };
    const first = await make("own", { erasureCoding: { k: 2, m: 1, profile: "by-hand" }, size: 3 });
    await make("own", { erasureCoding: { k: 2, m: 1 }, size: 3 });
    await remove({ ...first, properties: { ...first.properties, erasureCoding: { k: 2, m: 1 } } });
    assert.deepEqual([pools(), profiles["by-hand"]?.["k"]], [[], "2"]);
  });

  it("is removed when nothing is in it; with data, images or a storage on it only by its name repeated", async () => {
    const made = await make("vm", { addStorages: true });
    const disk = await on.call("POST", "/nodes/foxtrot/storage/vm/content", {
      filename: "vm-100-disk-0",
      size: "64M",
      vmid: "100",
    });
    assert.equal(disk.json?.data, "vm:vm-100-disk-0");
    await assert.rejects(
      remove(made),
      /pool vm not removed, nothing was touched: pool vm holds 2 objects, of images vm-100-disk-0\. Move or delete .*removal: \{ acceptDataLoss: "vm" \}/,
    );
    assert.ok(on.ceph.proxmox.storages["vm"]);
    await on.call("DELETE", "/nodes/foxtrot/storage/vm/content/vm:vm-100-disk-0", {});
    // what RBD leaves is nobody's data
    on.ceph.proxmox.storages["other"] = { type: "rbd", pool: "vm", content: "images" };
    on.writes();
    await assert.rejects(remove(made), /nothing was touched: storage other uses it\. Remove the storage first/);
    delete on.ceph.proxmox.storages["other"];
    assert.deepEqual(on.writes(), []);
    await remove(made);
    assert.deepEqual([pools(), on.ceph.proxmox.storages["vm"]], [[], undefined]);
    await remove(made);
    await told("vm", "pool vm is gone already");
    assert.deepEqual(on.writes(), ["DELETE /storage/vm", "DELETE /nodes/foxtrot/ceph/pool/vm"]);
    assert.equal((await on.lab.plugin.read("CephPool", made.id, made.properties)).id, "");

    const full = await make("full");
    writeObjects(on.ceph.cluster, "full", 1000, 4096);
    await assert.rejects(remove(full), /pool full holds 1000 objects \(3\.9 MiB\)/);
    const { diff, properties } = await change(full, { removal: { acceptDataLoss: "full" } });
    assert.equal(diff.changes, "some", "the state gets it by an update, before the resource goes");
    await remove({ id: full.id, properties });
    assert.deepEqual(pools(), []);
  });

  it("of another number under its name, or of another Ceph, is not its own", async () => {
    const made = await make("vm");
    await on.call("DELETE", "/nodes/foxtrot/ceph/pool/vm", {});
    await on.call("POST", "/nodes/foxtrot/ceph/pool", { name: "vm" });
    on.writes();
    assert.equal((await on.lab.plugin.read("CephPool", made.id, made.properties)).id, "");
    await remove(made);
    assert.ok(pool("vm"));
    const foreign = { ...made.properties, fsid: "00000000-1111-2222-3333-444444444444" };
    await assert.rejects(on.lab.plugin.read("CephPool", made.id, foreign), /asked about pool vm of Ceph 00000000-/);
    await assert.rejects(remove({ id: made.id, properties: foreign }), /belongs to Ceph .*nothing was changed/);
    assert.deepEqual(on.writes(), []);
  });

  it("counts on OSDs that the program makes, and says that it waits for them", async () => {
    for (const osd of Object.values(on.ceph.cluster.osdmap.osds)) if (osd.node === "hotel") osd.weight = 0;
    const fresh = await CephMachines.beside(on);
    try {
      const args = { node: "foxtrot", pgNum: 32, size: 3 };
      assert.match((await fresh.preview("CephPool", "soon", args)).join(), /2 hosts have OSDs/);
      await fresh.preview("CephOsd", "hotel-1", { node: "hotel", serial: "INVENTED72" });
      assert.deepEqual(await fresh.preview("CephPool", "soon", args), []);
    } finally {
      await fresh.close();
      for (const osd of Object.values(on.ceph.cluster.osdmap.osds)) osd.weight = 1;
    }
    assert.equal(cephNodes.length, 3);
  });
});
