import assert from "node:assert/strict";
import type { Ha } from "../../../simulator/world/ha";
import { eventually } from "../../support/eventually";
import { fiveVms, haWorld } from "../../support/ha-world";
import { guestsOf, Lab } from "../../support/lab";
import type { ProviderHere } from "../../support/provider-here";
import type { Properties } from "../../support/plugin";

interface Made {
  readonly id: string;
  readonly properties: Properties;
  readonly inputs: Properties;
}

describe("a VM under HA that is moved or deleted", () => {
  let first: Lab<ProviderHere>;
  let lab: Lab<ProviderHere>;
  /** Of the program; 901 is somebody else's, and so is 902. */
  let web: Made;

  beforeEach(async () => {
    first = await Lab.here({
      seed: haWorld({ 901: { node: "foxtrot", running: true }, 902: { node: "golf", running: true } }),
    });
    lab = first;
    web = await lab.create("Vm", "web", machine);
    under({ [sid()]: "started", "vm:901": "started", "vm:902": "started" });
    // A later run has read nothing yet.
    lab = await Lab.hereOn(first.sim, {}, first.stackId);
  });
  afterEach(async () => {
    await lab.close();
    await first.close();
  });

  const machine = { source: { empty: true }, node: "foxtrot", started: true };
  const free = { source: { empty: true }, node: "foxtrot" };
  const sid = () => `vm:${web.id}`;
  const cluster = () => {
    const [found] = Object.values(lab.sim.world.clusters);
    assert.ok(found);
    return found;
  };
  /** Somebody else has put them under HA, and written the rules. */
  function under(states: Readonly<Record<string, string>>, rules: Ha["rules"] = {}): void {
    const resources = Object.fromEntries(Object.entries(states).map(([id, state]) => [id, { state }]));
    cluster().ha = { resources, rules, commands: [], active: {} };
    lab.sim.simulation.ha?.settle(lab.sim.simulation.node("foxtrot").cluster);
  }
  const ha = (): Ha => {
    const found = cluster().ha;
    assert.ok(found);
    return found;
  };
  function rule(name: string, affinity: "positive" | "negative", ...resources: string[]): void {
    ha().rules[name] = { type: "resource-affinity", affinity, resources };
    lab.sim.simulation.ha?.settle(lab.sim.simulation.node("foxtrot").cluster);
  }
  const where = (vmid: number | string): string => {
    const guest = guestsOf(lab.sim)[vmid];
    assert.ok(guest);
    return `${guest.node} ${guest.running ? "running" : "stopped"}`;
  };
  const said = (): string => lab.plugin.engine.messages.map(({ message }) => message).join("\n");
  const posts = () => lab.sim.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/migrate"));
  const checked = (args: Properties) => lab.plugin.check("Vm", web.inputs, lab.inputs("Vm", "web", args));
  const problems = async (args: Properties): Promise<string> =>
    (await checked(args)).failures.map(({ reason }) => reason).join("\n");
  /** Without the check, as a change that somebody has made since it would have it. */
  const updated = (args: Properties) =>
    lab.plugin.update("Vm", web.id, web.properties, lab.inputs("Vm", "web", { ...web.inputs, ...args }));

  it("moves with nobody where no rule keeps another one together with it, and asks for no leave", async () => {
    assert.equal(await problems({ ...free, node: "hotel" }), "");
    await updated({ node: "hotel" });
    assert.equal(where(web.id), "hotel running");
    assert.equal(where(901), "foxtrot running");
  });

  it("takes others along only where that is written, and the preview says which, by which rule", async () => {
    rule("pair", "positive", sid(), "vm:901");
    const refused = `allowMoves: HA would move vm:901 (vm901) from foxtrot to hotel along, as ${sid()} (web) and they are kept together by the rule pair; write allowMoves: true if it is to`;
    assert.equal(await problems({ ...free, node: "hotel" }), refused);
    assert.equal(await problems({ ...free, node: undefined, nodes: ["hotel"] }), refused);
    assert.equal(await problems({ ...free, node: "hotel", allowMoves: true }), "");
    assert.match(said(), /HA moves vm:901 \(vm901\) from foxtrot to hotel along/);
    await assert.rejects(updated({ node: "hotel" }), /HA would move vm:901 .* The VM was not moved/);
    assert.deepEqual(posts(), []);
    const { properties } = await updated({ node: "hotel", allowMoves: true });
    assert.equal(properties["node"], "hotel");
    assert.deepEqual([where(web.id), where(901)], ["hotel running", "hotel running"]);
  });

  it("asks nothing of a change that leaves it where it may be", async () => {
    rule("pair", "positive", sid(), "vm:901");
    assert.equal(await problems({ ...free, node: undefined, nodes: ["golf", "foxtrot"] }), "");
    assert.equal(await problems({ ...free, cores: 2 }), "");
  });

  it("asks nothing of those that are where it goes", async () => {
    const [other, service] = [guestsOf(lab.sim)[901], ha().manager?.services["vm:901"]];
    assert.ok(other && service);
    other.node = service.node = "hotel";
    ha().rules["pair"] = { type: "resource-affinity", affinity: "positive", resources: [sid(), "vm:901"] };
    assert.equal(await problems({ ...free, node: "hotel" }), "");
    await updated({ node: "hotel" });
    assert.deepEqual([where(web.id), where(901)], ["hotel running", "hotel running"]);
  });

  it("is not asked of HA where it would not be moved: the preview says who is there, and by which rule", async () => {
    rule("apart", "negative", sid(), "vm:902");
    const refused = `HA does not move ${sid()} (web) to golf: vm:902 (vm902) is there, from which it is kept apart by the rule apart; write another node, or change that first`;
    assert.equal(await problems({ ...free, node: "golf", allowMoves: true }), `node: ${refused}`);
    assert.equal(await problems({ ...free, node: undefined, nodes: ["golf"] }), `nodes: ${refused}`);
    await assert.rejects(updated({ node: "golf" }), /node: HA does not move .* The VM was not moved/);
    assert.deepEqual(posts(), []);
    assert.equal(where(web.id), "foxtrot running");
    // One of several is free.
    assert.equal(await problems({ ...free, node: undefined, nodes: ["golf", "hotel"] }), "");
    await updated({ node: undefined, nodes: ["golf", "hotel"] });
    assert.equal(where(web.id), "hotel running");
  });

  it("tells the preview that nobody could look, and refuses the move itself then", async () => {
    rule("pair", "positive", sid(), "vm:901");
    lab.sim.simulation.faults.add({
      route: "GET /nodes/{node}/qemu/{vmid}/migrate",
      effect: { kind: "status", status: 403, reason: "Permission check failed" },
    });
    assert.equal(await problems({ ...free, node: "hotel" }), "");
    assert.match(said(), new RegExp(`which guests HA moves with VM ${web.id} cannot be told yet .*asked again before`));
    await assert.rejects(updated({ node: "hotel" }), /Permission check failed/);
    assert.deepEqual(posts(), []);
  });

  it("is where it shall be when HA has moved it along with another one of the same run", async () => {
    const db = await lab.create("Vm", "db", machine);
    under({ [sid()]: "started", [`vm:${db.id}`]: "started" });
    rule("pair", "positive", sid(), `vm:${db.id}`);
    const there = { node: "hotel", allowMoves: true };
    const inputs = lab.inputs("Vm", "db", { ...db.inputs, ...there });
    const [one, other] = await Promise.all([updated(there), lab.plugin.update("Vm", db.id, db.properties, inputs)]);
    assert.deepEqual([one.properties["node"], other.properties["node"]], ["hotel", "hotel"]);
    assert.deepEqual([where(web.id), where(db.id)], ["hotel running", "hotel running"]);
    // By the list of before, it is on its old node still.
    const back = { node: "golf", allowMoves: true };
    await lab.plugin.update("Vm", web.id, one.properties, lab.inputs("Vm", "web", { ...web.inputs, ...back }));
    const again = lab.inputs("Vm", "db", { ...db.inputs, ...back });
    const last = await lab.plugin.update("Vm", db.id, other.properties, again);
    assert.equal(last.properties["node"], "golf");
  });

  it("is waited for while HA moves it", async () => {
    const { config } = guestsOf(lab.sim)[web.id]!;
    config.lock = "migrate";
    const from = lab.sim.requests.length;
    const looks = () => lab.sim.requests.slice(from).filter(({ path }) => path.endsWith("/pending")).length;
    const moved = updated({ node: "hotel" });
    await eventually("it is looked at again", () => looks() > 2);
    assert.deepEqual(posts(), []);
    delete config.lock;
    assert.equal((await moved).properties["node"], "hotel");
  });

  it("takes others along by an adoption too only where that is written", async () => {
    rule("pair", "positive", "vm:901", "vm:902");
    const { node } = guestsOf(lab.sim)[901]!;
    const target = node === "hotel" ? "foxtrot" : "hotel";
    const args = { adopt: true, name: "vm901", node: target };
    const refused =
      /^allowMoves: HA would move vm:902 \(vm902\) from \w+ to \w+ along, as vm:901 \(vm901\) and they are kept/;
    assert.match((await lab.problems("Vm", args)).join(), refused);
    assert.deepEqual(await lab.problems("Vm", { ...args, allowMoves: true }), []);
    await assert.rejects(lab.plugin.create("Vm", lab.inputs("Vm", "taken", args)), /The VM was not moved/);
    assert.equal(where(902), `${node} running`);
  });

  it("is deleted with what it leaves of rules said in its row", async () => {
    rule("pair", "positive", sid(), "vm:901");
    rule("apart", "negative", sid(), "vm:902");
    rule("three", "positive", sid(), "vm:901", "vm:903");
    ha().rules["own"] = { type: "node-affinity", resources: [sid()], nodes: { foxtrot: 0 } };
    await lab.plugin.delete("Vm", web.id, web.properties);
    assert.equal(guestsOf(lab.sim)[web.id], undefined);
    assert.match(
      said(),
      new RegExp(
        `deleted VM ${web.id} with its volumes; out of HA; out of the rule pair; out of the rule apart; out of the rule three; ` +
          "pair does nothing any more, for it has one guest left; apart does nothing any more, for it has one guest left; " +
          "the rule own is gone, which named nothing else",
      ),
    );
    assert.deepEqual(Object.keys(ha().rules), ["pair", "apart", "three"]);
    assert.deepEqual([where(901), where(902)], ["foxtrot running", "golf running"]);
  });

  it("is not deleted where HA would then move others, unless that is written", async () => {
    // It keeps 902 from foxtrot, where that would rather be.
    rule("apart", "negative", sid(), "vm:902");
    ha().rules["place"] = { type: "node-affinity", resources: ["vm:902"], nodes: { foxtrot: 0 } };
    lab.sim.simulation.ha?.settle(lab.sim.simulation.node("foxtrot").cluster);
    assert.equal(where(902), "golf running");
    const refused = new RegExp(
      `without ${sid()} HA would move vm:902 \\(vm902\\) from golf to foxtrot; write allowMoves: true .*run pulumi up before`,
    );
    await assert.rejects(lab.plugin.delete("Vm", web.id, web.properties), refused);
    assert.deepEqual([where(web.id), where(902)], ["foxtrot running", "golf running"]);
    const { properties } = await updated({ allowMoves: true });
    await lab.plugin.delete("Vm", web.id, properties);
    assert.equal(guestsOf(lab.sim)[web.id], undefined);
    assert.equal(where(902), "foxtrot running");
    assert.match(said(), /out of the rule apart; .*; HA moves vm:902 \(vm902\) from golf to foxtrot$/m);
  });

  it("is deleted by asking HA no more than whether it has it, where the list is older than its end there", async () => {
    assert.equal(await problems({ ...free, cores: 2 }), "");
    delete ha().resources[sid()];
    lab.sim.simulation.ha?.settle(lab.sim.simulation.node("foxtrot").cluster);
    const from = lab.sim.requests.length;
    await lab.plugin.delete("Vm", web.id, web.properties);
    const asked = lab.sim.requests.slice(from).map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(
      asked.filter((one) => /\/ha\/|\/90[12]\//.test(one)),
      ["GET /cluster/ha/resources"],
    );
    assert.equal(guestsOf(lab.sim)[web.id], undefined);
  });

  it("is known to be under HA by itself, where the list is older than that", async () => {
    const { resources } = ha();
    under({ "vm:901": "started", "vm:902": "started" });
    assert.equal(await problems({ ...free, cores: 2 }), "");
    ha().resources = resources;
    lab.sim.simulation.ha?.settle(lab.sim.simulation.node("foxtrot").cluster);
    await lab.plugin.delete("Vm", web.id, web.properties);
    assert.match(said(), new RegExp(`deleted VM ${web.id} with its volumes; out of HA`));
  });

  it("is known to be under HA where this run has put it there after another one went", async () => {
    const [one, two] = [await lab.create("Vm", "one", machine), await lab.create("Vm", "two", machine)];
    await lab.plugin.delete("Vm", one.id, one.properties);
    await lab.create("HaResource", "two", { vmid: Number(two.id), state: "started" });
    await lab.plugin.delete("Vm", two.id, two.properties);
    assert.match(said(), new RegExp(`deleted VM ${one.id} with its volumes(?!; out of HA)`));
    assert.match(said(), new RegExp(`deleted VM ${two.id} with its volumes; out of HA`));
  });

  it("is not touched where nobody may tell what HA has, and one that HA does not have is deleted all the same", async () => {
    const other = await first.create("Vm", "other", machine);
    for (const route of [
      "GET /cluster/ha/resources",
      "GET /cluster/ha/rules",
      "GET /cluster/ha/status/current",
    ] as const)
      lab.sim.simulation.faults.add({
        route,
        effect: { kind: "status", status: 403, reason: "Permission check failed (/, Sys.Audit)" },
      });
    await assert.rejects(lab.plugin.delete("Vm", web.id, web.properties), /Sys\.Audit/);
    assert.equal(where(web.id), "foxtrot running");
    await lab.plugin.delete("Vm", other.id, other.properties);
    assert.equal(guestsOf(lab.sim)[other.id], undefined);
    lab.sim.simulation.faults.add({
      route: "GET /nodes/{node}/qemu/{vmid}/status/current",
      effect: { kind: "status", status: 403, reason: "Permission check failed" },
    });
    await assert.rejects(lab.plugin.delete("Vm", web.id, web.properties), /Permission check failed/);
    assert.equal(where(web.id), "foxtrot running");
  });

  it("is not stopped for a disk's other slot where HA would move others meanwhile, which would take its place", async () => {
    const disk = { storage: "shared", sizeGiB: 1 };
    const db = await first.create("Vm", "db", { ...machine, disks: [{ ...disk, slot: "scsi0" }] });
    under({ [`vm:${db.id}`]: "started", "vm:902": "started" });
    rule("apart", "negative", `vm:${db.id}`, "vm:902");
    ha().rules["place"] = { type: "node-affinity", resources: ["vm:902"], nodes: { foxtrot: 0 } };
    lab.sim.simulation.ha?.settle(lab.sim.simulation.node("foxtrot").cluster);
    assert.equal(where(902), "golf running");
    const moved = { disks: [{ ...disk, slot: "scsi3" }] };
    const change = () =>
      lab.plugin.update("Vm", db.id, db.properties, lab.inputs("Vm", "db", { ...db.inputs, ...moved }));
    const refused = new RegExp(
      `while vm:${db.id} \\(db\\) is stopped for it, HA would move vm:902 \\(vm902\\) from golf to foxtrot, .*; disable the rule`,
    );
    await assert.rejects(change(), refused);
    assert.deepEqual([where(db.id), where(902)], ["foxtrot running", "golf running"]);
    assert.ok(guestsOf(lab.sim)[db.id]?.config["scsi0"]);
    ha().rules["apart"] = { ...ha().rules["apart"]!, disable: true };
    ha().rules["place"] = { ...ha().rules["place"]!, disable: true };
    await change();
    assert.deepEqual([where(db.id), where(902)], ["foxtrot running", "golf running"]);
    assert.ok(guestsOf(lab.sim)[db.id]?.config["scsi3"]);
  });
});

describe("a check of many VMs under HA", () => {
  it("asks each of them once how it is, and itself", async () => {
    const lab = await Lab.here({ seed: fiveVms() });
    const vmids = [100, 101, 102, 103, 104];
    const [cluster] = Object.values(lab.sim.world.clusters);
    assert.ok(cluster);
    const resources = Object.fromEntries(vmids.map((vmid) => [`vm:${vmid}`, { state: "started" }]));
    cluster.ha = { resources, rules: {}, commands: [], active: {} };
    const from = lab.sim.requests.length;
    await Promise.all(
      vmids.map((vmid) =>
        lab.plugin.check(
          "HaResource",
          lab.inputs("HaResource", `ha-${vmid}`, { vmid, state: "started" }),
          lab.inputs("HaResource", `ha-${vmid}`, { vmid, state: "started", failback: false }),
        ),
      ),
    );
    const asked = lab.sim.requests.slice(from).filter(({ path }) => path.endsWith("/status/current"));
    const guests = asked.filter(({ path }) => path.includes("/qemu/"));
    assert.equal(guests.length, 2 * vmids.length);
    assert.equal(asked.length - guests.length, 1);
    await lab.close();
  });
});
