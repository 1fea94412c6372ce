import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { fiveVms } from "../../support/ha-world";
import { guestsOf, Lab } from "../../support/lab";
import type { Ha } from "../../../simulator/world/ha";
import type { Properties } from "../../support/plugin";

interface Made {
  readonly id: string;
  readonly properties: Properties;
  readonly inputs: Properties;
}

describe("high availability, through Pulumi's plugin", function () {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.start({ seed: fiveVms() });
  });
  afterEach(() => lab.close());

  const none: Ha = { resources: {}, rules: {}, commands: [], active: {} };
  const ha = (): Ha => Object.values(lab.sim.world.clusters)[0]?.ha ?? none;
  const guest = (vmid: number) => {
    const found = guestsOf(lab.sim)[vmid];
    assert.ok(found);
    return found;
  };
  const where = (vmid: number): string => `${guest(vmid).node} ${guest(vmid).running ? "running" : "stopped"}`;
  const says = (pattern: RegExp): Promise<void> =>
    eventually(String(pattern), () => lab.plugin.engine.messages.some(({ message }) => pattern.test(message)));
  const under = (vmid: number, args: Properties = {}): Promise<Made> =>
    lab.create("HaResource", `ha-${vmid}`, { vmid, ...args });
  const changed = async (kind: string, made: Made, name: string, args: Properties): Promise<Made> => {
    const { inputs, failures } = await lab.plugin.check(kind, made.inputs, lab.inputs(kind, name, args));
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    const { properties } = await lab.plugin.update(kind, made.id, made.properties, inputs);
    return { id: made.id, properties, inputs };
  };

  it("takes a VM under HA as it is where no state is written, runs or not", async () => {
    const one = await under(100);
    const stopped = await under(102);
    assert.deepEqual(ha().resources, { "vm:100": { state: "started" }, "vm:102": { state: "stopped" } });
    assert.deepEqual([where(100), where(102)], ["foxtrot running", "hotel stopped"]);
    assert.equal(one.properties["sid"], "vm:100");
    assert.equal(one.id, "100");
    assert.equal(
      (await lab.plugin.read("HaResource", "100", lab.inputs("HaResource", "seen", {}))).properties["sid"],
      "vm:100",
    );
    await lab.plugin.delete("HaResource", one.id, one.properties);
    await lab.plugin.delete("HaResource", stopped.id, stopped.properties);
    assert.deepEqual(ha().resources, {});
    assert.deepEqual([where(100), where(102)], ["foxtrot running", "hotel stopped"]);
  });

  it("starts a stopped VM only by a written state, which the preview says", async () => {
    await under(102, { state: "started" });
    await says(/HA starts vm:102 \(vm102\)/);
    assert.equal(where(102), "hotel running");
  });

  it("stops a VM that runs only where that is named", async () => {
    for (const state of ["stopped", "disabled"])
      assert.match(
        (await lab.problems("HaResource", { vmid: 100, state })).join(),
        /HA would stop vm:100 \(vm100\), which runs; write allowStop: true/,
      );
    const made = await under(100, { state: "started" });
    await assert.rejects(changed("HaResource", made, "ha-100", { vmid: 100, state: "stopped" }), /allowStop: true/);
    assert.equal(where(100), "foxtrot running");
    const stopped = await changed("HaResource", made, "ha-100", { vmid: 100, state: "stopped", allowStop: true });
    assert.equal(where(100), "foxtrot stopped");
    // What is described no longer stays: without a state HA would start it.
    await changed("HaResource", stopped, "ha-100", { vmid: 100, comment: "kept" });
    assert.deepEqual(ha().resources["vm:100"], { state: "stopped", comment: "kept" });
    assert.equal(where(100), "foxtrot stopped");
  });

  it("refuses what was changed between preview and up: a VM that was started meanwhile is not stopped", async () => {
    const { inputs, failures } = await lab.plugin.check(
      "HaResource",
      {},
      lab.inputs("HaResource", "late", { vmid: 102, state: "stopped" }),
    );
    assert.deepEqual(failures, []);
    guest(102).running = { pid: 1, since: 0, booting: 0 };
    await assert.rejects(lab.plugin.create("HaResource", inputs), /HA would stop vm:102.*Nothing was changed/);
    assert.deepEqual(ha().resources, {});
  });

  it("tells what is wrong with the VM, and of one that is under HA already", async () => {
    const [cluster] = Object.values(lab.sim.world.clusters);
    assert.ok(cluster);
    cluster.ha = structuredClone({ ...none, resources: { "vm:103": { state: "started" } } });
    guest(101).config["template"] = "1";
    assert.match((await lab.problems("HaResource", { vmid: 999 })).join(), /there is no VM 999/);
    assert.match((await lab.problems("HaResource", { vmid: 101 })).join(), /VM 101 is a template/);
    await under(100);
    assert.match(
      (await lab.problems("HaResource", { vmid: 100 })).join(),
      /HA resource of VM 100 exists already; set adopt: true/,
    );
    const own = await lab.create("HaResource", "taken", { vmid: 103, adopt: true, comment: "ours" });
    assert.deepEqual(ha().resources["vm:103"], { state: "started", comment: "ours" });
    await lab.plugin.delete("HaResource", own.id, own.properties);
  });

  it("never touches the HA resource of another VM under the same VMID", async () => {
    const made = await under(100);
    guest(100).config["smbios1"] = "uuid=11111111-2222-4333-8444-555555555555";
    assert.equal((await lab.plugin.read("HaResource", made.id, made.properties)).id, "");
    await assert.rejects(
      changed("HaResource", made, "ha-100", { vmid: 100, comment: "x" }),
      /is not this resource's any more/,
    );
    await lab.plugin.delete("HaResource", made.id, made.properties);
    await says(/was not touched: VM 100 is another one/);
    assert.deepEqual(Object.keys(ha().resources), ["vm:100"]);
  });

  it("changes nothing without quorum", async () => {
    const { inputs } = await lab.plugin.check("HaResource", {}, lab.inputs("HaResource", "q", { vmid: 100 }));
    lab.sim.simulation.faults.add({ effect: { kind: "no-quorum" } });
    await assert.rejects(lab.plugin.create("HaResource", inputs), /quorum/);
    lab.sim.simulation.faults.clear();
    assert.deepEqual(ha().resources, {});
  });

  it("says that HA has given a VM up, and what to write", async () => {
    lab.sim.simulation.faults.add({ task: "qmstart", effect: { kind: "task-fail", text: "no such device" } });
    await assert.rejects(under(102, { state: "started", maxRestart: 0, maxRelocate: 0 }), /HA has given VM 102 up/);
    lab.sim.simulation.faults.clear();
    const olds = lab.inputs("HaResource", "x", { vmid: 102, state: "stopped" });
    assert.match(
      (await lab.problems("HaResource", { vmid: 102, state: "started" }, olds)).join(),
      /takes nothing but state: "disabled"/,
    );
  });

  it("moves VMs that run by a rule only where that is named, and says which", async () => {
    await under(100);
    const rule = {
      rule: "place",
      type: "node-affinity",
      resources: ["vm:100"],
      nodes: [{ node: "golf", priority: 2 }, { node: "hotel" }],
    };
    assert.match(
      (await lab.problems("HaRule", rule)).join(),
      /HA would move vm:100 \(vm100\) from foxtrot to golf; write allowMoves: true/,
    );
    const off = await lab.create("HaRule", "place", { ...rule, disable: true });
    assert.equal(where(100), "foxtrot running");
    await assert.rejects(changed("HaRule", off, "place", { ...rule, disable: false }), /allowMoves: true/);
    // Said no longer, it is on again.
    await assert.rejects(changed("HaRule", off, "place", rule), /allowMoves: true/);
    await assert.rejects(
      lab.plugin.update("HaRule", off.id, off.properties, lab.inputs("HaRule", "place", rule)),
      /HA would move vm:100.*Nothing was changed/,
    );
    assert.equal(where(100), "foxtrot running");
    const on = await changed("HaRule", off, "place", { ...rule, allowMoves: true, disable: false });
    await says(/HA moves vm:100 \(vm100\) from foxtrot to golf/);
    assert.equal(where(100), "golf running");
    assert.deepEqual(ha().rules["place"], {
      ...{ type: "node-affinity", resources: ["vm:100"], nodes: { golf: 2, hotel: 0 } },
    });
    const read = await lab.plugin.read("HaRule", on.id, on.properties);
    assert.equal((await lab.plugin.diff("HaRule", on.id, read.properties, on.inputs)).changes, "none");
    await lab.plugin.delete("HaRule", on.id, on.properties);
    assert.deepEqual(ha().rules, {});
    assert.equal(where(100), "golf running");
  });

  it("moves no VM back because its failback is no longer said, unless that is named", async () => {
    const args = { vmid: 100, state: "started" };
    const made = await under(100, { ...args, failback: false });
    const nodes = [{ node: "golf", priority: 2 }, { node: "foxtrot" }];
    await lab.create("HaRule", "place", { type: "node-affinity", resources: ["vm:100"], nodes });
    await assert.rejects(changed("HaResource", made, "ha-100", args), /HA would move vm:100.*allowMoves: true/);
    await assert.rejects(
      lab.plugin.update("HaResource", made.id, made.properties, lab.inputs("HaResource", "ha-100", args)),
      /HA would move vm:100.*Nothing was changed/,
    );
    assert.equal(where(100), "foxtrot running");
    await changed("HaResource", made, "ha-100", { ...args, allowMoves: true });
    await eventually("the VM is moved back", () => where(100) === "golf running");
  });

  it("stays under HA where its resource only has got another name, which takes it over", async () => {
    const made = await under(100);
    await lab.create("HaResource", "renamed", { vmid: 100, adopt: true });
    await lab.plugin.delete("HaResource", made.id, made.properties);
    await says(/HA resource of VM 100 stays: .*::renamed has taken it over in this run/);
    assert.deepEqual(Object.keys(ha().resources), ["vm:100"]);
  });

  it("keeps a rule whose end would move a VM, unless that is named", async () => {
    for (const vmid of [100, 101]) await under(vmid);
    const apart = { type: "resource-affinity", affinity: "negative", resources: ["vm:100", "vm:101"] };
    const made = await lab.create("HaRule", "apart", apart);
    await lab.create("HaRule", "place", { type: "node-affinity", resources: ["vm:100"], nodes: [{ node: "golf" }] });
    assert.equal(where(100), "foxtrot running");
    await assert.rejects(
      lab.plugin.delete("HaRule", made.id, made.properties),
      /HA would move vm:100 \(vm100\) from foxtrot to golf.*Nothing was changed/,
    );
    assert.ok(ha().rules["apart"]);
    const allowed = await changed("HaRule", made, "apart", { ...apart, allowMoves: true });
    await lab.plugin.delete("HaRule", allowed.id, allowed.properties);
    assert.equal(where(100), "golf running");
  });

  it("leaves rules as they are when a VM leaves HA", async () => {
    const made = await under(100);
    await lab.create("HaRule", "place", { type: "node-affinity", resources: ["vm:100"], nodes: [{ node: "foxtrot" }] });
    await lab.plugin.delete("HaResource", made.id, made.properties);
    assert.deepEqual(ha().rules["place"]?.resources, ["vm:100"]);
    assert.equal(where(100), "foxtrot running");
  });

  it("tells at preview of rules that contradict each other, of the cluster and of the program", async () => {
    for (const vmid of [100, 101]) await under(vmid);
    await lab.create("HaRule", "there", { type: "node-affinity", resources: ["vm:100"], nodes: [{ node: "foxtrot" }] });
    const together = { type: "resource-affinity", affinity: "positive", resources: ["vm:100", "vm:101"] };
    const first = await lab.plugin.check(
      "HaRule",
      {},
      lab.inputs("HaRule", "together", { ...together, allowMoves: true }),
    );
    assert.deepEqual(first.failures, []);
    const second = {
      rule: "second",
      type: "node-affinity",
      resources: ["vm:100"],
      nodes: [{ node: "foxtrot" }, { node: "golf" }],
    };
    assert.match((await lab.problems("HaRule", second)).join(), /vm:100 is in the node affinity there too/);
    assert.match(
      (await lab.problems("HaRule", { ...together, rule: "apart", affinity: "negative" })).join(),
      /vm:100 and vm:101 are kept together by together/,
    );
    assert.match(
      (await lab.problems("HaRule", { ...second, resources: ["vm:104"] })).join(),
      /resources\[0\].*vm:104 is not under HA/,
    );
    assert.match(
      (await lab.problems("HaRule", { ...second, nodes: [{ node: "india" }] })).join(),
      /there is no node "india"/,
    );
    assert.match(
      (await lab.problems("HaRule", { rule: "bare", type: "node-affinity", resources: ["vm:100"] })).join(),
      /needs it/,
    );
    assert.match(
      (await lab.problems("HaRule", { ...together, rule: "mixed", nodes: [{ node: "golf" }] })).join(),
      /has none; leave it out/,
    );
  });

  it("makes a rule that keeps VMs apart beside the first resources of all", async () => {
    const made = await lab.plugin.check("HaResource", {}, lab.inputs("HaResource", "ha-100", { vmid: 100 }));
    await lab.plugin.create("HaResource", made.inputs);
    await under(101);
    await lab.create("HaRule", "apart", {
      type: "resource-affinity",
      affinity: "negative",
      resources: ["vm:100", "vm:101"],
    });
    assert.deepEqual(Object.keys(ha().rules), ["apart"]);
  });

  describe("a Vm of the program", () => {
    const machine = { source: { empty: true }, node: "foxtrot" };
    const disk = { slot: "scsi0", storage: "shared", sizeGiB: 1 };

    it("has its power state from HA, and no say in it", async () => {
      const made = await lab.create("Vm", "web", { ...machine, started: true });
      const vmid = Number(made.id);
      const own = await under(vmid, { state: "started" });
      await assert.rejects(
        changed("Vm", made, "web", { ...machine, started: false }),
        new RegExp(`VM ${vmid} is under HA, which has it running and decides`),
      );
      const free = await changed("Vm", made, "web", machine);
      await changed("HaResource", own, `ha-${vmid}`, { vmid, state: "stopped", allowStop: true });
      assert.equal(where(vmid), "foxtrot stopped");
      await changed("Vm", free, "web", { ...machine, cores: 2 });
      assert.equal(where(vmid), "foxtrot stopped");
    });

    it("is shut down for a change and started again through HA, whose state is what it was", async () => {
      const made = await lab.create("Vm", "web", { ...machine, started: true, disks: [disk] });
      const vmid = Number(made.id);
      await under(vmid, { state: "started" });
      await changed("Vm", made, "web", { ...machine, disks: [{ ...disk, slot: "scsi3" }] });
      assert.equal(where(vmid), "foxtrot running");
      assert.ok(guest(vmid).config["scsi3"]);
      assert.equal(ha().resources[`vm:${vmid}`]?.["state"], "started");
      const types = lab.sim.simulation.node("foxtrot").tasks.map(({ type }) => type);
      assert.ok(types.includes("hastop") && types.includes("hastart"));
    });

    it("is started again after an update that was cut off when HA had shut it down", async () => {
      const made = await lab.create("Vm", "web", { ...machine, started: true, disks: [disk] });
      const vmid = Number(made.id);
      await under(vmid, { state: "started" });
      const args = { ...machine, disks: [{ ...disk, slot: "scsi3" }] };
      lab.sim.simulation.faults.add({
        route: "POST /nodes/{node}/qemu/{vmid}/status/start",
        effect: { kind: "status", status: 500, reason: "cut off" },
      });
      await assert.rejects(changed("Vm", made, "web", args), /cut off/);
      lab.sim.simulation.faults.clear();
      assert.equal(where(vmid), "foxtrot stopped");
      const later = await Lab.on(lab.sim, {}, lab.stackId);
      const { inputs } = await later.plugin.check("Vm", made.inputs, lab.inputs("Vm", "web", args));
      await later.plugin.update("Vm", made.id, made.properties, inputs);
      await later.close();
      assert.equal(where(vmid), "foxtrot running");
    });

    it("is migrated by a request to HA", async () => {
      const made = await lab.create("Vm", "web", { ...machine, started: true });
      await under(Number(made.id), { state: "started" });
      const moved = await changed("Vm", made, "web", { ...machine, node: "golf" });
      assert.equal(where(Number(made.id)), "golf running");
      assert.equal(moved.properties["node"], "golf");
    });

    it("is stopped by HA and deleted, and out of HA with it", async () => {
      const made = await lab.create("Vm", "web", { ...machine, started: true });
      await under(Number(made.id), { state: "started" });
      await lab.plugin.delete("Vm", made.id, made.properties);
      assert.equal(guestsOf(lab.sim)[made.id], undefined);
      assert.deepEqual(ha().resources, {});
    });
  });
});
