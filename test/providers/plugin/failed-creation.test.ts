import assert from "node:assert/strict";
import { asSoonAs } from "../../support/eventually";
import { CallFailure, type Properties } from "../../support/plugin";
import { Lab } from "../../support/lab";
import { signal } from "../../support/processes";

describe("a VM whose creation failed half-way, through Pulumi's plugin", function () {
  let lab: Lab;
  before(async () => {
    lab = await Lab.start();
  });
  after(() => lab.close());
  const guests = () => Object.values(lab.sim.world.clusters)[0]?.guests ?? {};

  for (const [what, more] of Object.entries({
    "with disks that it describes": {
      disks: [
        { storage: "local-lvm", sizeGiB: 1 },
        { storage: "local-lvm", sizeGiB: 2 },
      ],
    },
    "with a cloud-init drive": {
      disks: [{ storage: "local-lvm", sizeGiB: 1 }],
      cloudInit: { user: "admin", storage: "local-lvm" },
    },
  } satisfies Record<string, Properties>))
    it(`is deleted ${what}`, async () => {
      const args = { source: { empty: true }, networks: [{ bridge: "vmbr99" }], started: true, ...more };
      const failure: unknown = await lab.create("Vm", "web", args).catch((error: unknown) => error);
      assert.ok(failure instanceof CallFailure && failure.partial, String(failure));
      assert.match(failure.partial.reasons.join(), /bridge 'vmbr99' does not exist/);
      const { id, properties } = failure.partial;
      assert.deepEqual(Object.keys(guests()), [id]);
      await lab.plugin.delete("Vm", id, properties);
      assert.deepEqual(guests(), {});
    });

  it("is not deleted with a disk that somebody attached since then", async () => {
    const args = {
      source: { empty: true },
      networks: [{ bridge: "vmbr99" }],
      started: true,
      disks: [{ storage: "local-lvm", sizeGiB: 1 }],
    };
    const failure: unknown = await lab.create("Vm", "web", args).catch((error: unknown) => error);
    assert.ok(failure instanceof CallFailure && failure.partial, String(failure));
    const { id, properties } = failure.partial;
    const guest = guests()[id];
    assert.ok(guest);
    guest.config["scsi7"] = `local-lvm:vm-${id}-disk-9,size=1G`;
    await assert.rejects(lab.plugin.delete("Vm", id, properties), /volume scsi7/);
    assert.ok(guests()[id]);
  });

  /** Kills the plugin as soon as Proxmox has the request that makes the VM; answers the VMID. */
  async function killed(name: string, args: Properties, kind = "Vm"): Promise<string> {
    const { length } = lab.sim.requests;
    const run = await Lab.on(lab.sim, {}, lab.stackId);
    try {
      const failing = assert.rejects(run.create(kind, name, args));
      const making = ({ method, path }: { method: string; path: string }) =>
        method === "POST" && /qemu$|clone$/.test(path);
      await asSoonAs("the creation", () => lab.sim.requests.slice(length).some(making));
      signal(run.plugin.pid, "SIGKILL");
      await failing;
    } finally {
      await run.close();
    }
    const [vmid] = Object.keys(guests()).filter((id) => guests()[id]?.config["name"] === name);
    assert.ok(vmid);
    return vmid;
  }

  it("and was killed is completed, and what somebody has attached before that is not taken for its own", async () => {
    const args = { source: { empty: true }, started: false, disks: [{ storage: "local-lvm", sizeGiB: 1 }] };
    const vmid = await killed("halted", args);
    const guest = guests()[vmid];
    assert.ok(guest);
    guest.config["scsi7"] = `local-lvm:vm-${vmid}-disk-9,size=1G`;
    const made = await created("halted", args);
    assert.equal(made.id, vmid);
    await assert.rejects(lab.plugin.delete("Vm", made.id, made.properties), /volume scsi7/);
    delete guest.config["scsi7"];
    await lab.plugin.delete("Vm", made.id, made.properties);
    assert.equal(guests()[vmid], undefined);
  });

  it("as a clone has the disks of its template, although the program names none", async () => {
    const disks = [
      { storage: "local-lvm", sizeGiB: 1 },
      { storage: "local-lvm", sizeGiB: 2 },
    ];
    const source = await lab.create("Vm", "cloned", { source: { empty: true }, started: false, disks });
    const args = { source: { clone: { template: Number(source.id) } }, started: false };
    const vmid = await killed("copy", args);
    const made = await created("copy", args);
    assert.deepEqual(
      [made.id, Object.keys(made.properties["__volumes"] as Properties).sort()],
      [vmid, ["scsi0", "scsi1"]],
    );
    await lab.plugin.delete("Vm", made.id, made.properties);
    await lab.plugin.delete("Vm", source.id, source.properties);
  });

  it("as a clone knows the disks of its template also when it was refreshed before it is completed", async () => {
    const disks = [{ storage: "local-lvm", sizeGiB: 1 }];
    const cloudInit = { user: "admin", storage: "local-lvm" };
    const made = { source: { empty: true }, started: false, disks, cloudInit };
    const source = await lab.create("Vm", "refreshed-from", made);
    const args = {
      source: { clone: { template: Number(source.id) } },
      networks: [{ bridge: "vmbr99" }],
      started: true,
    };
    const { id, properties } = await halfway("refreshed", args);
    // As it is recorded when the wait for the clone is what failed.
    const read = await lab.plugin.read("Vm", id, { ...properties, uuid: "", __volumes: {} });
    assert.deepEqual(Object.keys(read.properties["__volumes"] as Properties), ["ide2"]);
    const { inputs } = await lab.plugin.check("Vm", {}, lab.inputs("Vm", "refreshed", { ...args, networks: [] }));
    const done = await lab.plugin.update("Vm", id, read.properties, inputs);
    assert.deepEqual(Object.keys(done.properties["__volumes"] as Properties).sort(), ["ide2", "scsi0"]);
    await lab.plugin.delete("Vm", id, done.properties);
    await lab.plugin.delete("Vm", source.id, source.properties);
    assert.equal(guests()[id], undefined);
  });

  it("as a template takes for its own what the program names and what its source has, and nothing else", async () => {
    const disks = [
      { storage: "local-lvm", sizeGiB: 1 },
      { storage: "local-lvm", sizeGiB: 2 },
    ];
    const source = await lab.create("Vm", "model", { source: { empty: true }, started: false, disks });
    const args = { node: "pve1", source: { vm: Number(source.id) } };
    const vmid = await killed("golden", args, "Template");
    const guest = guests()[vmid];
    assert.ok(guest);
    await asSoonAs("the lock is gone", () => guest.config["lock"] === undefined);
    const theirs = { size: 1024 ** 3, bytes: 1024 ** 3, data: 0, ctime: 1, format: "raw" };
    const stores = lab.sim.world.nodes["pve1"]?.volumes ?? {};
    const store = Object.values(stores).find((volumes) => Object.keys(volumes).some((name) => name.includes(vmid)));
    assert.ok(store);
    store[`vm-${vmid}-disk-9`] = theirs;
    guest.config["scsi7"] = `local-lvm:vm-${vmid}-disk-9,size=1G`;
    const made = await created("golden", args, "Template");
    assert.equal(made.id, vmid);
    assert.deepEqual(Object.keys(made.properties["__volumes"] as Properties).sort(), ["scsi0", "scsi1"]);
    const known = Object.values(made.properties["__volumes"] as Record<string, string>);
    assert.deepEqual(
      known.sort(),
      ["scsi0", "scsi1"].map((slot) => guest.config[slot]?.split(",")[0] ?? ""),
    );
    await assert.rejects(lab.plugin.delete("Template", made.id, made.properties), /volume scsi7/);
    delete guest.config["scsi7"];
    await lab.plugin.delete("Template", made.id, made.properties);
    await lab.plugin.delete("Vm", source.id, source.properties);
    assert.equal(guests()[vmid], undefined);
  });

  /** A creation that fails half-way, in a run of its own. */
  async function halfway(name: string, args: Properties): Promise<{ id: string; properties: Properties }> {
    const run = await Lab.on(lab.sim, {}, lab.stackId);
    try {
      const failure: unknown = await run.create("Vm", name, args).catch((error: unknown) => error);
      assert.ok(failure instanceof CallFailure && failure.partial, String(failure));
      return failure.partial;
    } finally {
      await run.close();
    }
  }

  /** A whole creation, in a run of its own. */
  async function created(name: string, args: Properties, kind = "Vm"): Promise<{ id: string; properties: Properties }> {
    const run = await Lab.on(lab.sim, {}, lab.stackId);
    try {
      return await run.create(kind, name, args);
    } finally {
      await run.close();
    }
  }

  it("and that its replacement has taken over stays, also when a later run deletes what it was", async () => {
    const args = { source: { empty: true }, networks: [{ bridge: "vmbr99" }], started: true };
    const { id, properties } = await halfway("next", args);
    const made = await created("next", { ...args, networks: [] });
    assert.equal(made.id, id);
    // A run that was killed after the replacement leaves the old state to be deleted by the next one.
    await lab.plugin.delete("Vm", id, properties);
    assert.ok(guests()[id]);
    await lab.plugin.delete("Vm", made.id, made.properties);
    assert.equal(guests()[id], undefined);
  });

  it("and that a replacement had begun to take over, but was killed, is deleted with what it is after all", async () => {
    const args = { source: { empty: true }, networks: [{ bridge: "vmbr99" }], started: true };
    const { id, properties } = await halfway("kept", args);
    assert.equal((await created("kept", { ...args, networks: [] })).id, id);
    // Nothing of that is in the state, and the program is what it was: the update completes it.
    const { inputs } = await lab.plugin.check(
      "Vm",
      {},
      lab.inputs("Vm", "kept", { ...args, networks: [], started: false }),
    );
    const { properties: completed } = await lab.plugin.update("Vm", id, properties, inputs);
    await lab.plugin.delete("Vm", id, completed);
    assert.equal(guests()[id], undefined);
  });
});
