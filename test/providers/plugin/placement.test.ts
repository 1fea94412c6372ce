import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { startSimulator, type Simulator } from "../../../simulator";
import type { Properties } from "../../support/plugin";
import { guestsOf, Lab } from "../../support/lab";
import { imageOn, threeNodes } from "../../support/three-nodes";

const config = { "proxmox:vmids": "2000-2999" };

async function template(lab: Lab, storage: string): Promise<number> {
  const file = await lab.create("CloudImage", "debian", imageOn("golf"));
  const disk = { storage, sizeGiB: 4 };
  const made = await lab.create("Template", "debian-12", {
    node: "golf",
    imageVolumeId: file.properties["volumeId"],
    disk,
  });
  return Number(made.id);
}

const posts = (sim: Simulator, from: number, part: string) =>
  sim.requests.slice(from).filter(({ method, path }) => method === "POST" && path.endsWith(part));

describe("the nodes of a VM, through Pulumi's plugin", function () {
  let lab: Lab;
  let source: Properties;

  before(async () => {
    const world = threeNodes();
    for (const [name, used] of Object.entries({ foxtrot: 40, golf: 30, hotel: 20 })) {
      const node = world.nodes[name];
      assert.ok(node);
      node.hardware.memoryUsed = used * 2 ** 30;
    }
    lab = await Lab.start({ seed: world }, config);
    source = { clone: { template: await template(lab, "ceph") } };
  });
  after(() => lab.close());

  const make = (name: string, args: Properties) => lab.create("Vm", name, { source, started: false, ...args });
  async function changed(made: { id: string; properties: Properties; inputs: Properties }, args: Properties) {
    const { __provider: _, node: __, ...rest } = made.inputs;
    const { inputs, failures } = await lab.plugin.check("Vm", made.inputs, { ...rest, ...args });
    assert.deepEqual(failures, []);
    return { inputs, diff: await lab.plugin.diff("Vm", made.id, made.properties, inputs) };
  }

  it("a new VM goes to the first of nodes that is online", async () => {
    assert.equal((await make("first", { nodes: ["hotel", "golf"] })).properties["node"], "hotel");
    lab.sim.simulation.faults.add({ effect: { kind: "node-down", node: "hotel" } });
    const late = await Lab.on(lab.sim, config);
    const made = await late.create("Vm", "second", { source, started: false, nodes: ["hotel", "golf"] });
    lab.sim.simulation.faults.clear();
    await late.close();
    assert.equal(made.properties["node"], "golf");
  });

  it("or to the one with most free memory, that of VMs made in the same run counted", async () => {
    const memoryMiB = 15 * 1024;
    const placed = await Promise.all(
      ["a", "b", "c", "d"].map((name) =>
        make(name, { nodes: ["foxtrot", "golf", "hotel"], placement: "most-free-memory", memoryMiB }),
      ),
    );
    const nodes = placed.map(({ properties }) => properties["node"]).sort();
    // Free are 24, 34 and 44 GiB: hotel, then golf, then hotel again, then foxtrot.
    assert.deepEqual(nodes, ["foxtrot", "golf", "hotel", "hotel"]);
  });

  it("what is on a node that is away stays as it is; only what is new or moves needs the node", async () => {
    const disk = { storage: "local-lvm", sizeGiB: 1 };
    const machine = { source: { empty: true }, started: false, disks: [disk] };
    const own = await Lab.on(lab.sim, config, lab.stackId);
    const make = (name: string, args: Properties) => own.create("Vm", name, args);
    const there = await make("there", { ...machine, node: "hotel" });
    const floating = await make("set", { ...machine, nodes: ["hotel"] });
    lab.sim.simulation.faults.add({ effect: { kind: "node-down", node: "hotel" } });
    const late = await Lab.on(lab.sim, config, lab.stackId);
    try {
      for (const made of [there, floating]) {
        const { inputs, failures } = await late.plugin.check("Vm", made.inputs, made.inputs);
        assert.deepEqual(failures, []);
        assert.equal((await late.plugin.diff("Vm", made.id, made.properties, inputs)).changes, "none");
      }
      assert.match((await late.problems("Vm", { ...machine, node: "hotel" })).join(), /node hotel is offline/);
      const elsewhere = await make("elsewhere", { ...machine, node: "golf" });
      const moved = await late.plugin.check("Vm", elsewhere.inputs, { ...elsewhere.inputs, node: "hotel" });
      assert.match(moved.failures.map(({ reason }) => reason).join(), /node hotel is offline/);
      await own.plugin.delete("Vm", elsewhere.id, elsewhere.properties);
    } finally {
      lab.sim.simulation.faults.clear();
      await late.close();
    }
    for (const made of [there, floating]) await own.plugin.delete("Vm", made.id, made.properties);
    await own.close();
  });

  it("being moved within the set is neither drift nor a call", async () => {
    const made = await make("floating", { nodes: ["golf", "hotel"] });
    const guest = guestsOf(lab.sim)[made.id];
    assert.ok(guest);
    guest.node = "hotel";
    const late = await Lab.on(lab.sim, config, lab.stackId);
    const read = await late.plugin.read("Vm", made.id, made.properties);
    assert.deepEqual(read.inputs, made.inputs);
    assert.equal(read.properties["node"], "hotel");
    assert.equal((await late.plugin.diff("Vm", made.id, read.properties, made.inputs)).changes, "none");
    const from = lab.sim.requests.length;
    const { __provider: _, ...rest } = made.inputs;
    await late.plugin.update("Vm", made.id, made.properties, { ...rest, nodes: ["foxtrot", "hotel"] });
    await late.close();
    assert.equal(posts(lab.sim, from, "/migrate").length, 0);
    assert.equal(guest.node, "hotel");
  });

  it("their order is no difference, and a VM outside of them migrates, online when it runs", async () => {
    const made = await make("strict", { nodes: ["golf", "hotel"], started: true });
    const swapped = await changed(made, { nodes: ["hotel", "golf"] });
    assert.equal(swapped.diff.changes, "none");
    const { inputs, diff } = await changed(made, { nodes: ["hotel", "foxtrot"] });
    assert.deepEqual([diff.changes, diff.replaces], ["some", []]);
    const from = lab.sim.requests.length;
    const { properties } = await lab.plugin.update("Vm", made.id, made.properties, inputs);
    assert.equal(properties["node"], "hotel");
    assert.equal(posts(lab.sim, from, "/migrate")[0]?.params["online"], "1");
    assert.ok(guestsOf(lab.sim)[made.id]?.running);
    assert.equal((await lab.plugin.diff("Vm", made.id, properties, inputs)).changes, "none");
  });

  it("one that somebody has moved away shows as drift and comes back", async () => {
    const made = await make("stray", { nodes: ["golf", "hotel"] });
    const guest = guestsOf(lab.sim)[made.id];
    assert.ok(guest);
    guest.node = "foxtrot";
    const late = await Lab.on(lab.sim, config, lab.stackId);
    const read = await late.plugin.read("Vm", made.id, made.properties);
    assert.deepEqual(read.inputs?.["nodes"], ["foxtrot"]);
    assert.equal((await late.plugin.diff("Vm", made.id, read.properties, made.inputs)).changes, "some");
    const { properties } = await late.plugin.update("Vm", made.id, read.properties, made.inputs);
    await late.close();
    assert.equal(properties["node"], "golf");
  });

  it("are checked in preview: each by its name, and with the storages that the VM needs", async () => {
    const problems = await lab.problems("Vm", {
      source: { empty: true },
      nodes: ["golf", "hotle"],
      disks: [{ storage: "only-hotel", sizeGiB: 1 }],
    });
    assert.ok(problems.some((text) => /^nodes\[1\]: there is no node "hotle"; did you mean "hotel"\?/.test(text)));
    assert.ok(
      problems.some((text) => /^disks\[0\]\.storage: storage only-hotel is not available on node golf/.test(text)),
    );
    const both = await lab.problems("Vm", { source, node: "golf", nodes: ["golf"], placement: "most-free-memory" });
    assert.deepEqual(both, ["nodes: cannot be beside node; write one of them"]);
    const alone = await lab.problems("Vm", { source, placement: "most-free-memory" });
    assert.match(alone[0] ?? "", /^placement: chooses among nodes/);
  });
});

describe("a clone that must cross to another node", function () {
  const wanted = (id: number): Properties => ({
    source: { clone: { template: id } },
    node: "hotel",
    started: true,
  });

  it("is taken over by the next run when this one ended between clone and migration", async () => {
    const lab = await Lab.start({ seed: threeNodes() }, config);
    try {
      const args = wanted(await template(lab, "local-lvm"));
      lab.sim.simulation.faults.add({ task: "qmigrate", count: 1, effect: { kind: "task-fail", text: "no luck" } });
      await assert.rejects(lab.create("Vm", "web", args), /no luck/);
      assert.equal(guestsOf(lab.sim)["2001"]?.node, "golf");
      // Nothing was recorded: the next run knows the inputs alone.
      const next = await Lab.on(lab.sim, config, lab.stackId);
      const made = await next.create("Vm", "web", args);
      await next.close();
      assert.deepEqual([made.id, made.properties["node"]], ["2001", "hotel"]);
      assert.deepEqual(Object.keys(guestsOf(lab.sim)), ["2000", "2001"]);
      assert.ok(guestsOf(lab.sim)["2001"]?.running);
    } finally {
      await lab.close();
    }
  });

  it("is waited for when the plugin was killed during the migration", async () => {
    const sim = await startSimulator({ seed: threeNodes(), clock: "auto", speed: 20 });
    const lab = await Lab.on(sim, config);
    try {
      const args = wanted(await template(lab, "local-lvm"));
      const from = sim.requests.length;
      const killed = lab.create("Vm", "web", args).catch((error: Error) => error.message);
      await eventually("the migration", () => guestsOf(sim)["2001"]?.config["lock"] === "migrate");
      lab.plugin.signal("SIGKILL");
      await killed;
      assert.equal(guestsOf(sim)["2001"]?.config["lock"], "migrate");
      const next = await Lab.on(sim, config, lab.stackId);
      const made = await next.create("Vm", "web", args);
      await next.close();
      assert.deepEqual([made.id, made.properties["node"]], ["2001", "hotel"]);
      assert.deepEqual(Object.keys(guestsOf(sim)), ["2000", "2001"]);
      assert.equal(posts(sim, from, "/migrate").length, 1);
      assert.ok(guestsOf(sim)["2001"]?.running);
    } finally {
      await lab.close();
      await sim.close();
    }
  });
});
