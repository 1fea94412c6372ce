import assert from "node:assert/strict";
import { guestsOf, Lab, labWorld, type AnyLab } from "../../support/lab";
import { CallFailure } from "../../support/plugin";

describe("a cluster that is not all well", function () {
  let lab: AnyLab;
  beforeEach(async () => {
    lab = await Lab.here({ seed: labWorld("matrix") });
  });
  afterEach(() => lab.close());
  const vm = (node: string) => ({ node, source: { empty: true }, cores: 1, memoryMiB: 512, started: false });
  const warnings = () =>
    lab.plugin.engine.messages.filter(({ severity }) => severity === "warning").map(({ message }) => message);
  const sent = (method: string, path: RegExp) =>
    lab.sim.requests.filter((one) => one.method === method && path.test(one.path)).length;

  it("says that a VM's node is offline, without asking it over and over", async () => {
    const made = await lab.create("Vm", "web", vm("hotel"));
    const hotel = lab.sim.world.nodes["hotel"];
    assert.ok(hotel);
    hotel.state = "off";
    const later = await Lab.hereOn(lab.sim, {}, lab.stackId);
    try {
      const inputs = { ...made.inputs, cores: 2 };
      const asked = sent("GET", /^\/nodes\/hotel\//);
      const offline = /595 No route to host\. Node hotel is offline: bring it back, then run this again/;
      await assert.rejects(later.plugin.read("Vm", made.id, made.properties), offline);
      await assert.rejects(later.plugin.update("Vm", made.id, made.properties, inputs), offline);
      await assert.rejects(later.plugin.delete("Vm", made.id, made.properties), offline);
      // Each operation finds out for itself, with one request.
      assert.ok(sent("GET", /^\/nodes\/hotel\//) - asked <= 3, `${sent("GET", /^\/nodes\/hotel\//) - asked} requests`);
      hotel.state = "online";
      await later.plugin.delete("Vm", made.id, made.properties);
    } finally {
      await later.close();
    }
  });

  it("takes a VM for neither gone nor deleted whose node was removed from the cluster", async () => {
    const made = await lab.create("Vm", "web", vm("hotel"));
    const [cluster] = Object.values(lab.sim.world.clusters);
    assert.ok(cluster?.corosync);
    Object.assign(lab.sim.world.nodes["hotel"] ?? {}, { state: "off" });
    delete cluster.corosync.nodes["hotel"];
    const later = await Lab.hereOn(lab.sim, {}, lab.stackId);
    try {
      const inputs = { ...made.inputs, cores: 2 };
      const told = new RegExp(
        `VM ${made.id} was last seen on node hotel, which is no member of the cluster any more.*nothing was changed.*pulumi state delete`,
      );
      await assert.rejects(later.plugin.read("Vm", made.id, made.properties), told);
      await assert.rejects(later.plugin.update("Vm", made.id, made.properties, inputs), told);
      await assert.rejects(later.plugin.delete("Vm", made.id, made.properties), told);
      assert.equal(guestsOf(lab.sim)[made.id]?.config["cores"], "1");
    } finally {
      await later.close();
    }
  });

  it("hands on no controls of a server's words, nor markup that would end the engine", async () => {
    const hostile = "\u001b]0;pwned\u0007\u001b[2J <{%bogus%}> \u202e";
    const control = /[^\P{Cc}\n\t]|<\{%|\u202e/u;
    lab.sim.simulation.faults.add({ task: "qmstart", count: 1, effect: { kind: "task-fail", text: hostile } });
    const failure: unknown = await lab
      .create("Vm", "web", { ...vm("foxtrot"), started: true })
      .catch((error: unknown) => error);
    assert.ok(failure instanceof CallFailure && failure.partial, String(failure));
    for (const text of [failure.message, ...failure.partial.reasons]) {
      assert.match(text, /pwned/);
      assert.doesNotMatch(text, control);
    }
    const { id } = failure.partial;
    const guest = guestsOf(lab.sim)[id];
    assert.ok(guest);
    guest.config["name"] = `web${hostile}`;
    const later = await Lab.hereOn(lab.sim);
    try {
      const [problem = ""] = await later.problems("Vm", { ...vm("foxtrot"), vmid: Number(id) });
      assert.match(problem, /pwned/);
      assert.doesNotMatch(problem, control);
      guest.config["description"] = "of nobody";
      guest.config["smbios1"] = "uuid=11111111-2222-4333-8444-555555555555";
      await lab.plugin.delete("Vm", id, failure.partial.properties).catch((error: Error) => error);
      for (const { message } of [...lab.plugin.engine.messages, ...later.plugin.engine.messages])
        assert.doesNotMatch(message, control);
    } finally {
      await later.close();
    }
  });

  it("deletes nothing without quorum: Proxmox would take the disks away, and then fail", async () => {
    const disks = [{ storage: "local-lvm", sizeGiB: 1 }];
    const made = await lab.create("Vm", "web", { ...vm("foxtrot"), disks, started: true });
    const { faults } = lab.sim.simulation;
    const held = () => JSON.stringify([guestsOf(lab.sim), lab.sim.world.nodes["foxtrot"]?.volumes]);
    const before = held();
    faults.add({ effect: { kind: "no-quorum" } });
    const asked = lab.sim.requests.length;
    await assert.rejects(
      lab.plugin.delete("Vm", made.id, made.properties),
      /the cluster has no quorum; nothing was changed\. Bring nodes back/,
    );
    assert.deepEqual(
      lab.sim.requests.slice(asked).filter(({ method }) => method !== "GET"),
      [],
    );
    assert.equal(held(), before);
    faults.clear();
    await lab.plugin.delete("Vm", made.id, made.properties);
    assert.deepEqual(guestsOf(lab.sim), {});
  });

  it("touches no guest that is only half this resource's, and takes it for neither ours nor gone", async () => {
    const made = await lab.create("Vm", "web", vm("foxtrot"));
    const guest = guestsOf(lab.sim)[made.id];
    assert.ok(guest);
    const { smbios1 = "", description = "" } = guest.config;
    const another = "uuid=11111111-2222-4333-8444-555555555555";
    for (const half of [
      { smbios1: another, description },
      { smbios1, description: "notes that somebody wrote anew" },
      { smbios1, description: description.replace(/owner=./, (text) => (text.endsWith("0") ? "owner=1" : "owner=0")) },
    ]) {
      Object.assign(guest.config, half);
      const before = JSON.stringify(guestsOf(lab.sim));
      const { id, properties, inputs } = made;
      await assert.rejects(lab.plugin.read("Vm", id, properties), /is half this resource's/);
      await assert.rejects(lab.plugin.update("Vm", id, properties, { ...inputs, cores: 2 }), /was not touched|is half/);
      await assert.rejects(lab.plugin.delete("Vm", id, properties), /is not the one that this resource made/);
      assert.equal(JSON.stringify(guestsOf(lab.sim)), before);
    }
    // With neither it is somebody else's, and ours is gone.
    Object.assign(guest.config, { smbios1: another, description: "" });
    assert.equal((await lab.plugin.read("Vm", made.id, made.properties)).id, "");
  });

  it("sends again what a node could start no worker for", async () => {
    const route = (one: string) => ({ route: one, count: 1, effect: { kind: "no-worker" } as const });
    const { faults } = lab.sim.simulation;
    faults.add(route("POST /nodes/{node}/qemu/{vmid}/status/start"));
    faults.add(route("DELETE /nodes/{node}/qemu/{vmid}"));
    const made = await lab.create("Vm", "web", { ...vm("foxtrot"), started: true });
    assert.equal(guestsOf(lab.sim)[made.id]?.running !== undefined, true);
    await lab.plugin.delete("Vm", made.id, made.properties);
    assert.deepEqual(guestsOf(lab.sim), {});
    assert.deepEqual(faults.struck, { "no-worker": 2 });
  });

  it("makes a VM under another VMID when the node claimed one and could start no worker, and tells of the empty one", async () => {
    lab.sim.simulation.faults.add({
      route: "POST /nodes/{node}/qemu",
      count: 1,
      effect: { kind: "no-worker" },
    });
    const made = await lab.create("Vm", "web", vm("foxtrot"));
    assert.deepEqual([made.id, Object.keys(guestsOf(lab.sim))], ["101", ["100", "101"]]);
    assert.equal(guestsOf(lab.sim)["101"]?.config["name"], "web");
    assert.match(
      warnings().join("\n"),
      /VM 100 on foxtrot is empty and locked: .* Remove it there: qm unlock 100 && qm destroy 100/,
    );
  });
});
