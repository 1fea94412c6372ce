import assert from "node:assert/strict";
import { CephMachines, cephNodes } from "../../support/ceph-lab";
import { packagesOf } from "../../../simulator/packages/node-packages.js";
import { eventually } from "../../support/eventually";
import type { Properties } from "../../support/plugin";

describe("what stands around Ceph's pools", function () {
  let on: CephMachines;
  before(async () => {
    on = await CephMachines.withDaemons();
    await on.osds();
    on.writes();
    since = on.lab.sim.sshRecords.length;
  });
  after(() => on.close());

  /** Commands over SSH that change something, since the last time that it was asked. */
  let since = 0;
  const sent = (): string[] => {
    const all = on.lab.sim.sshRecords;
    const found = all.slice(since).map(({ what }) => what);
    since = all.length;
    return found
      .map((line) => line.replace(/^.*?\bceph /, "ceph ").replace(/ --connect-timeout 10$/, ""))
      .filter((line) => !/ --format json/.test(line));
  };
  const make = (kind: string, name: string, args: Properties = {}) =>
    on.lab.create(kind, name, { node: "foxtrot", ...args });
  const problems = async (kind: string, name: string, args: Properties, olds: Properties = {}) =>
    (await on.preview(kind, name, { node: "foxtrot", ...args }, olds)).join("\n");
  const remove = (kind: string, { id, properties }: { id: string; properties: Properties }) =>
    on.lab.plugin.delete(kind, id, properties);
  const rests = async (kind: string, made: { id: string; properties: Properties; inputs: Properties }) => {
    const read = await on.lab.plugin.read(kind, made.id, made.properties);
    assert.equal((await on.lab.plugin.diff(kind, made.id, read.properties, made.inputs)).changes, "none");
  };
  const told = (name: string, part: string | RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      on.lab.plugin.engine.messages.some(
        ({ urn, message }) => urn.endsWith(`::${name}`) && message.match(part) !== null,
      ),
    );

  it("are looked at together in a preview, where nothing changes, and each by itself in an up", async () => {
    const looks = async (preview: object): Promise<Record<string, number>> => {
      const from = on.lab.sim.requests.length;
      for (const [kind, name] of [
        ...["prometheus", "dashboard"].map((module) => ["CephManagerModule", module] as const),
        ...["first", "second"].map((pool) => ["CephPool", pool] as const),
      ]) {
        const inputs = on.lab.inputs(kind, name, { node: "foxtrot", name });
        // They are there: nothing is looked for under their names.
        await on.lab.plugin.check(kind, inputs, { ...inputs, ...preview });
      }
      const paths = on.lab.sim.requests.slice(from).map(({ path }) => path);
      return Object.fromEntries(
        ["cfg/raw", "rules", "status", "pool"].map((what) => [
          what,
          paths.filter((path) => path.endsWith(`/foxtrot/ceph/${what}`)).length,
        ]),
      );
    };
    assert.deepEqual(await looks({ __preview: true }), { "cfg/raw": 1, rules: 1, status: 1, pool: 1 });
    assert.deepEqual(await looks({}), { "cfg/raw": 4, rules: 2, status: 2, pool: 2 });
  });

  it("are rules: made once, taken over as described, never changed, and kept while a pool uses them", async () => {
    const args = { deviceClass: "nvme", failureDomain: "osd" };
    const made = await make("CephCrushRule", "nvme", args);
    await rests("CephCrushRule", made);
    assert.deepEqual(sent(), ["ceph osd crush rule create-replicated nvme default osd nvme"]);
    const later = await CephMachines.beside(on);
    try {
      await later.lab.create("CephCrushRule", "nvme", { node: "golf", ...args });
      const other = await later.preview("CephCrushRule", "nvme", { node: "golf", deviceClass: "nvme" });
      assert.match(
        other.join(),
        /there is CRUSH rule nvme already, .*: failureDomain is osd, not host\. Describe it as it is/,
      );
      const inputs = later.lab.inputs("CephCrushRule", "nvme", { node: "golf", name: "nvme" });
      await assert.rejects(later.lab.plugin.create("CephCrushRule", inputs), /deviceClass is nvme, not any/);
    } finally {
      await later.close();
    }
    assert.deepEqual(sent(), []);
    assert.match(
      await problems("CephCrushRule", "nvme", { deviceClass: "nvme" }, made.inputs),
      /^failureDomain: a rule that is there is not changed: pools may use it/,
    );
    assert.match(
      await problems("CephCrushRule", "hdd", { deviceClass: "hdd" }),
      /^deviceClass: no OSD is of class hdd, there are nvme/,
    );
    // a rule of the program is known to pools before it is there
    await problems("CephCrushRule", "soon", {});
    assert.equal(await problems("CephPool", "uses", { crushRule: "soon", pgNum: 32 }), "");
    const pool = await make("CephPool", "flash", { crushRule: "nvme", pgNum: 32 });
    await assert.rejects(
      remove("CephCrushRule", made),
      /CRUSH rule nvme not removed, nothing was touched: it places the copies of pool flash/,
    );
    await remove("CephPool", pool);
    await remove("CephCrushRule", made);
    await remove("CephCrushRule", made);
    await told("nvme", "CRUSH rule nvme is gone already");
    assert.deepEqual(sent(), ["ceph osd crush rule rm nvme"]);
  });

  it("are profiles of erasure coding: never overwritten, and kept while a pool needs them", async () => {
    const made = await make("CephErasureProfile", "wide", { k: 2, m: 1, failureDomain: "host" });
    await rests("CephErasureProfile", made);
    const [line = ""] = sent();
    assert.match(
      line,
      /^ceph osd erasure-code-profile set wide 'k=2' 'm=1' 'crush-failure-domain=host' 'crush-root=default'$/,
    );
    const inputs = on.lab.inputs("CephErasureProfile", "wide", { node: "foxtrot", name: "wide", k: 3, m: 1 });
    await assert.rejects(
      on.lab.plugin.create("CephErasureProfile", inputs),
      /there is erasure code profile wide already, .*: k is 2, not 3/,
    );
    assert.deepEqual(sent(), []);
    const pool = await make("CephPool", "cold", { pgNum: 16, erasureCoding: { k: 2, m: 1, profile: "wide" } });
    await assert.rejects(remove("CephErasureProfile", made), /the data of pool cold-data can only be read by it/);
    await remove("CephPool", pool);
    assert.ok(on.ceph.cluster.osdmap.erasureProfiles["wide"], "it is not the pool's own");
    await remove("CephErasureProfile", made);
    assert.equal(on.ceph.cluster.osdmap.erasureProfiles["wide"], undefined);
  });

  it("are modules of the managers: enabled, told where they answer, and disabled", async () => {
    sent();
    const made = await make("CephManagerModule", "prometheus");
    assert.match(String(made.properties["url"]), /^http:\/\/192\.168\.5\.\d:9283\/$/);
    await rests("CephManagerModule", made);
    await make("CephManagerModule", "prometheus");
    assert.deepEqual(sent(), ["ceph mgr module enable prometheus"]);
    assert.match(
      await problems("CephManagerModule", "dashboard", {}),
      /^name: the managers have no module dashboard.*package ceph-mgr-dashboard/,
    );
    assert.match(await problems("CephManagerModule", "balancer", {}), /module balancer is always on/);
    // Its package is what it comes with, on every node with a manager.
    const nodes = Object.values(on.lab.sim.world.nodes).filter(({ ceph }) => Object.keys(ceph?.mgrs ?? {}).length > 0);
    nodes.forEach((node) => (packagesOf(node).installed["ceph-mgr-dashboard"] = "19.2.3-pve2"));
    const last = nodes.at(-1)!;
    delete packagesOf(last).installed["ceph-mgr-dashboard"];
    await assert.rejects(make("CephManagerModule", "dashboard"), /all mgr daemons do not support module 'dashboard'/);
    packagesOf(last).installed["ceph-mgr-dashboard"] = "19.2.3-pve2";
    assert.equal(await problems("CephManagerModule", "dashboard", {}), "");
    await remove("CephManagerModule", await make("CephManagerModule", "dashboard"));
    await remove("CephManagerModule", made);
    assert.ok(!on.ceph.cluster.mgr.modules.includes("prometheus"));
    assert.equal((await on.lab.plugin.read("CephManagerModule", made.id, made.properties)).id, "");
  });

  it("are clients: with a key that no command line and no message holds, changed in what they may do, looked at before they go", async () => {
    sent();
    const caps = { mon: "profile rbd", osd: "profile rbd pool=vm_ssd" };
    const made = await make("CephClient", "backup", { caps });
    const entry = on.ceph.cluster.auth["client.backup"]!;
    assert.deepEqual(
      [made.properties["key"], made.properties["keyring"]],
      [entry.key, `[client.backup]\n\tkey = ${entry.key}\n`],
    );
    assert.deepEqual(entry.caps, caps);
    await rests("CephClient", made);
    await make("CephClient", "backup", { caps });
    const wider = { mon: "profile rbd", mgr: "allow rw" };
    const { inputs } = await on.lab.plugin.check("CephClient", made.inputs, { ...made.inputs, caps: wider });
    const { properties } = await on.lab.plugin.update("CephClient", made.id, made.properties, inputs);
    assert.deepEqual(
      [on.ceph.cluster.auth["client.backup"]!.caps, properties["key"]],
      [{ mgr: "allow rw", mon: "profile rbd" }, entry.key],
    );
    const lines = on.lab.sim.sshRecords.map(({ what }) => what).join("\n");
    const messages = on.lab.plugin.engine.messages.map(({ message }) => message).join("\n");
    assert.ok(!lines.includes(entry.key) && !messages.includes(entry.key));
    on.ceph.cluster.auth["client.backup"]!.caps = { mon: "allow *" };
    await assert.rejects(
      remove("CephClient", { id: made.id, properties }),
      /Ceph client backup not removed, nothing was touched: it may do something else by now .*caps\.mon is allow \*, not profile rbd/,
    );
    on.ceph.cluster.auth["client.backup"]!.caps = wider;
    await remove("CephClient", { id: made.id, properties });
    assert.equal(on.ceph.cluster.auth["client.backup"], undefined);
    assert.deepEqual(sent(), [
      "ceph auth get-or-create client.backup mon 'profile rbd' osd 'profile rbd pool=vm_ssd'",
      "ceph auth caps client.backup mgr 'allow rw' mon 'profile rbd'",
      "ceph auth rm client.backup",
    ]);
    assert.match(
      await problems("CephClient", "admin", { caps }),
      /^name: is a key that Ceph or Proxmox itself lives by/,
    );
    assert.match(await problems("CephClient", "x", { caps: {} }), /^caps: name at least one kind of daemon/);
    await assert.rejects(make("CephClient", "y", { caps: { mon: "nonsense" } }), /mon capability parse failed/);
    assert.equal(on.ceph.cluster.auth["client.y"], undefined);
  });

  it("are options by section: read back, never against ceph.conf, and the risky ones only for a single node", async () => {
    sent();
    const made = await make("CephOptions", "ceph", {
      options: { osd: { osd_memory_target: "6G" }, mon: { mon_max_pg_per_osd: 300 } },
    });
    await rests("CephOptions", made);
    const { inputs } = await on.lab.plugin.check("CephOptions", made.inputs, {
      ...made.inputs,
      options: { osd: { osd_memory_target: 6442450944 } },
    });
    const { properties } = await on.lab.plugin.update("CephOptions", made.id, made.properties, inputs);
    assert.deepEqual(sent(), [
      "ceph config set mon mon_max_pg_per_osd 300",
      "ceph config set osd osd_memory_target 6G",
      "ceph config rm mon mon_max_pg_per_osd",
    ]);
    assert.match(
      await problems("CephOptions", "other", { options: { osd: { osd_memory_target: 1 } } }),
      /osd_memory_target: is set by ceph already; keep one of the two/,
    );
    await assert.rejects(
      make("CephOptions", "backfills", { options: { osd: { osd_max_backfills: 3 } } }),
      /Ceph reported no error, and took back osd osd_max_backfills/,
    );
    await assert.rejects(
      make("CephOptions", "deletion", { options: { mon: { mon_allow_pool_delete: false } } }),
      /ceph\.conf says true in \[global\], which beats what the monitors keep; nothing was changed/,
    );
    assert.match(
      await problems("CephOptions", "one", { options: { mon: { mon_allow_pool_size_one: true } } }),
      /mon_allow_pool_size_one: lets a single disk hold the only copy of data; write singleNode: true/,
    );
    assert.match(
      await problems("CephOptions", "net", { options: { global: { public_network: "10.0.0.0/8" } } }),
      /CephConfig says it/,
    );
    const single = await make("CephOptions", "single", {
      singleNode: true,
      options: { mon: { mon_allow_pool_size_one: true } },
    });
    const pool = await make("CephPool", "alone", { size: 1, acceptSingleCopy: true, pgNum: 16 });
    assert.equal(Object.values(on.ceph.cluster.osdmap.pools).find(({ name }) => name === "alone")?.size, 1);
    await remove("CephPool", pool);
    await remove("CephOptions", single);
    await remove("CephOptions", { id: made.id, properties });
    assert.ok(!on.ceph.cluster.config.some(({ name }) => /osd_memory_target|size_one/.test(name)));
  });

  it("are metadata servers and a CephFS, which goes with its pools only by its name repeated", async () => {
    on.writes();
    const servers = [];
    for (const node of ["foxtrot", "golf"]) servers.push(await on.lab.create("CephMds", node, { node }));
    await on.lab.create("CephMds", "golf", { node: "golf" });
    const made = await make("CephFs", "shared", { pgNum: 32 });
    await rests("CephFs", made);
    await make("CephFs", "shared", { pgNum: 32 });
    assert.deepEqual(on.writes(), [
      ...["foxtrot", "golf"].map((node) => `POST /nodes/${node}/ceph/mds/${node}`),
      "POST /nodes/foxtrot/ceph/fs/shared",
    ]);
    assert.deepEqual(
      [made.properties["dataPool"], made.properties["metadataPool"]],
      ["shared_data", "shared_metadata"],
    );
    const storage = await on.lab.create("Storage", "shared", {
      type: "cephfs",
      fileSystem: made.properties["name"],
      content: ["iso"],
    });
    assert.equal(on.ceph.proxmox.storages["shared"]?.["fs-name"], "shared");
    await assert.rejects(remove("CephFs", made), /nothing was touched: storage shared uses it/);
    await on.lab.plugin.delete("Storage", storage.id, storage.properties);
    await assert.rejects(
      remove("CephFs", made),
      /all files in it would be lost\. To remove it, write removal: \{ acceptDataLoss: "shared" \}/,
    );
    // its pools stay as long as it is there
    await assert.rejects(
      make("CephPool", "shared_data", { application: "cephfs", pgNum: 32, autoscale: "on" }).then((pool) =>
        remove("CephPool", pool),
      ),
      /it belongs to the CephFS shared; remove that first/,
    );
    // one of two may go, the last one that serves it may not
    await remove("CephMds", servers[0]!);
    await assert.rejects(
      remove("CephMds", servers[1]!),
      /metadata server golf was not removed: no standby would take its place/,
    );
    assert.equal(on.ceph.cluster.fs.filesystems.length, 1);
    const accepted = {
      ...made.properties,
      removal: { acceptDataLoss: "shared" },
      __inputs: ["name", "node", "removal"],
    };
    await remove("CephFs", { id: made.id, properties: accepted });
    assert.deepEqual(on.ceph.cluster.fs.filesystems, []);
    assert.deepEqual(
      Object.values(on.ceph.cluster.osdmap.pools).map(({ name }) => name),
      [".mgr"],
    );
    await remove("CephFs", { id: made.id, properties: accepted });
    await remove("CephMds", servers[1]!);
    assert.deepEqual(
      cephNodes.flatMap((node) => Object.keys(on.node(node).ceph!.mdss)),
      [],
    );
  });
});
