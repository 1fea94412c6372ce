import assert from "node:assert/strict";
import { CephMachines, cephNodes } from "../../support/ceph-lab";
import { eventually } from "../../support/eventually";

describe("Ceph's packages, configuration, monitors and managers", function () {
  let on: CephMachines;
  beforeEach(async () => (on = await CephMachines.start()));
  afterEach(() => on.close());

  const told = (name: string, part: string | RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      on.lab.plugin.engine.messages.some(
        ({ urn, message }) => urn.endsWith(`::${name}`) && message.match(part) !== null,
      ),
    );

  it("are made one after the other, taken over as they are, and stand still in a second run", async () => {
    await on.daemons();
    const { monmap, mgr } = on.ceph.cluster;
    assert.deepEqual(
      monmap.mons.map(({ name, address }) => [name, address]),
      [
        ["foxtrot", "192.168.5.5"],
        ["golf", "192.168.5.6"],
        ["hotel", "192.168.5.7"],
      ],
    );
    assert.deepEqual([mgr.active, ...mgr.standbys], ["foxtrot", "golf", "hotel"]);
    const writes = on.writes();
    assert.deepEqual(writes, [
      "POST /nodes/foxtrot/ceph/init",
      ...cephNodes.map((node) => `POST /nodes/${node}/ceph/mon/${node}`),
      // the first monitor has brought the manager of its node
      ...["golf", "hotel"].map((node) => `POST /nodes/${node}/ceph/mgr/${node}`),
    ]);
    await told("foxtrot", /: took over manager foxtrot, active$/);

    // The same by hand before: nothing is written.
    await on.daemons();
    assert.deepEqual(on.writes(), []);
    assert.deepEqual(await on.preview("CephMonitor", "golf", { node: "golf" }), []);
    await told("golf", "node golf has its monitor; it is taken over");
  });

  it("show what there is at a refresh, and what somebody has changed", async () => {
    await on.daemons();
    const { lab } = on;
    const monitor = await lab.create("CephMonitor", "golf", { node: "golf", address: "192.168.5.6" });
    const seen = await lab.plugin.read("CephMonitor", monitor.id, monitor.properties);
    assert.deepEqual(
      ["node", "address", "inQuorum"].map((key) => seen.properties[key]),
      ["golf", "192.168.5.6", true],
    );
    for (const kind of ["CephInstall", "CephMonitor", "CephManager", "CephConfig"])
      assert.equal((await lab.plugin.read(kind, "golf", lab.inputs(kind, "seen", {}))).properties["node"], "golf");
    on.node("golf").ceph!.mons["golf"]!.running = false;
    const stopped = await lab.plugin.read("CephMonitor", monitor.id, monitor.properties);
    assert.equal(stopped.properties["inQuorum"], false);
    const flag = await lab.create("CephFlag", "noout", {});
    assert.ok(on.ceph.cluster.osdmap.flags.includes("noout"));
    await lab.plugin.delete("CephFlag", flag.id, flag.properties);
    assert.ok(!on.ceph.cluster.osdmap.flags.includes("noout"));
    assert.equal((await lab.plugin.read("CephFlag", flag.id, flag.properties)).id, "");
    await assert.rejects(
      lab.plugin.read("CephFlag", "noout", lab.inputs("CephFlag", "seen", {})),
      /flag noout is not set/,
    );
    assert.match((await lab.problems("CephFlag", { flag: "noupp" })).join(), /^flag: write one of nobackfill, /);
  });

  it("never get other networks by a second init: values that differ are refused before and during", async () => {
    await on.install("foxtrot");
    const made = await on.config();
    assert.equal(made.id, made.properties["fsid"]);
    on.writes();
    const other = { node: "foxtrot", publicNetwork: "192.168.9.0/24" };
    assert.deepEqual(
      (await on.preview("CephConfig", "ceph", other, made.inputs)).map((text) => text.slice(0, 72)),
      [
        "publicNetwork: is 192.168.5.0/24 in ceph.conf, not 192.168.9.0/24. A runn",
        "clusterNetwork: is 192.168.7.0/24 in ceph.conf, not 192.168.9.0/24. A run",
      ].map((text) => text.slice(0, 72)),
    );
    await assert.rejects(
      on.lab.plugin.create("CephConfig", on.lab.inputs("CephConfig", "ceph", other)),
      /Ceph is initialised otherwise: publicNetwork is 192\.168\.5\.0\/24 in ceph\.conf/,
    );
    await assert.rejects(
      on.lab.plugin.update("CephConfig", made.id, made.properties, on.lab.inputs("CephConfig", "ceph", other)),
      /Ceph is initialised otherwise/,
    );
    await on.lab.plugin.delete("CephConfig", made.id, made.properties);
    assert.deepEqual(on.writes(), []);
    await told("ceph", /keeps its configuration; it is no longer managed/);
    assert.match(
      (await on.lab.problems("CephConfig", { node: "foxtrot", publicNetwork: "192.168.5.7/24" }))[0]!,
      /^publicNetwork: is an address in a network; write the network: 192\.168\.5\.0\/24/,
    );
  });

  it("are installed without a question, and never upgraded; a deletion leaves the packages", async () => {
    const args = { node: "golf", release: "squid", repository: "no-subscription" };
    assert.deepEqual(await on.preview("CephInstall", "golf", args), []);
    await told("golf", "installs Ceph squid on node golf from repository no-subscription");
    assert.equal(on.node("golf").ceph?.version, undefined);
    const made = await on.lab.create("CephInstall", "golf", args);
    const version = on.node("golf").ceph!.version;
    assert.equal(made.properties["version"], version);
    assert.match(
      (await on.preview("CephInstall", "golf", { ...args, release: "tentacle" }, made.inputs)).join(),
      new RegExp(`^release: node golf has Ceph ${version} \\(squid\\), and this library upgrades no Ceph`),
    );
    await on.lab.plugin.delete("CephInstall", made.id, made.properties);
    assert.equal(on.node("golf").ceph!.version, version);
    await told("golf", "node golf keeps Ceph's packages");
    on.node("golf").ceph!.version = undefined as never;
    assert.equal((await on.lab.plugin.read("CephInstall", made.id, made.properties)).id, "");
  });

  it("keep their quorum: neither the last monitor nor one that the others need is removed", async () => {
    await on.daemons();
    const { lab } = on;
    const [foxtrot, golf, hotel] = await Promise.all(
      cephNodes.map((node) => lab.create("CephMonitor", node, { node })),
    );
    on.writes();
    on.node("hotel").ceph!.mons["hotel"]!.running = false;
    const remove = (made: typeof foxtrot) => lab.plugin.delete("CephMonitor", made!.id, made!.properties);
    await assert.rejects(
      remove(golf),
      /monitor golf was not removed: without golf the other 2 monitors need 2 .* hotel is not in it/,
    );
    assert.deepEqual(on.writes(), []);
    // the one that is down may go, and then the second
    await remove(hotel);
    await remove(golf);
    assert.deepEqual(
      on.ceph.cluster.monmap.mons.map(({ name }) => name),
      ["foxtrot"],
    );
    on.writes();
    await assert.rejects(remove(foxtrot), /monitor foxtrot was not removed: foxtrot is the last monitor/);
    assert.deepEqual(on.writes(), []);
    await remove(golf);
    assert.equal((await lab.plugin.read("CephMonitor", golf!.id, golf!.properties)).id, "");
  });

  it("keep a manager: the last one that runs is not removed", async () => {
    await on.daemons();
    const { lab } = on;
    const made = await Promise.all(cephNodes.map((node) => lab.create("CephManager", node, { node })));
    const remove = (index: number) => lab.plugin.delete("CephManager", made[index]!.id, made[index]!.properties);
    await remove(0);
    await remove(1);
    assert.deepEqual([on.ceph.cluster.mgr.active, ...on.ceph.cluster.mgr.standbys], ["hotel"]);
    on.writes();
    await assert.rejects(remove(2), /manager hotel was not removed: no other one runs/);
    assert.deepEqual(on.writes(), []);
  });

  it("whose answers are lost are looked for, and not made twice", async () => {
    await on.install("foxtrot");
    const { faults } = on.lab.sim.simulation;
    for (const route of ["POST /nodes/{node}/ceph/init", "POST /nodes/{node}/ceph/mon/{monid}"])
      faults.add({ route, count: 1, effect: { kind: "reset", handled: true } });
    await on.config();
    await on.lab.create("CephMonitor", "foxtrot", { node: "foxtrot" });
    assert.equal(faults.struck["reset"], 2);
    assert.equal(on.ceph.cluster.monmap.mons.length, 1);
  });

  it("are not there yet in a preview of the whole, and refused for a node that there is not, and twice for one", async () => {
    assert.deepEqual(await on.preview("CephConfig", "ceph", { node: "foxtrot", publicNetwork: "192.168.5.0/24" }), []);
    assert.deepEqual(await on.preview("CephMonitor", "foxtrot", { node: "foxtrot" }), []);
    assert.deepEqual(await on.preview("CephManager", "foxtrot", { node: "foxtrot" }), []);
    for (const kind of ["CephInstall", "CephMonitor", "CephManager"])
      assert.match(
        (await on.lab.problems(kind, { node: "foxtrott" })).join(),
        /there is no node .*did you mean "foxtrot"/,
      );
    assert.deepEqual(await on.lab.problems("CephMonitor", { node: "foxtrot" }), [
      "node: the monitor of node foxtrot belongs to foxtrot already; keep one of the two",
    ]);
  });
});
