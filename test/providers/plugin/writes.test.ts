import assert from "node:assert/strict";
import type { FaultEffect } from "../../../simulator";
import type { Properties } from "../../support/plugin";
import { Lab } from "../../support/lab";

/** What may befall a change that Proxmox carries out before it answers. */
const troubles: Readonly<Record<string, (file: string) => FaultEffect>> = {
  "its lock is held by somebody": (file) => ({ kind: "lock", file }),
  "its answer is lost": () => ({ kind: "reset", handled: true }),
  "its answer is lost between the nodes": () => ({
    kind: "status",
    status: 596,
    reason: "Connection timed out",
    handled: true,
  }),
  "its request is lost": () => ({ kind: "reset" }),
};

describe("pools, storages and a VM's pool, through Pulumi's plugin", function () {
  let lab: Lab;
  before(async () => {
    lab = await Lab.start();
  });
  after(() => lab.close());
  afterEach(() => lab.sim.simulation.faults.clear());
  const cluster = () => Object.values(lab.sim.world.clusters)[0]!;

  /** Runs work with one trouble at one route, which must strike. */
  async function troubled<T>(route: string, effect: FaultEffect, work: () => Promise<T>): Promise<T> {
    const { faults } = lab.sim.simulation;
    faults.clear();
    const before = faults.struck[effect.kind] ?? 0;
    faults.add({ route, count: 1, effect });
    const result = await work();
    assert.equal((faults.struck[effect.kind] ?? 0) - before, 1, `${effect.kind} did not strike at ${route}`);
    faults.clear();
    return result;
  }

  async function update(
    kind: string,
    made: { id: string; properties: Properties; inputs: Properties },
    to: Properties,
  ) {
    const { inputs } = await lab.plugin.check(kind, made.inputs, lab.inputs(kind, "x", to));
    return lab.plugin.update(kind, made.id, made.properties, inputs);
  }

  for (const [name, trouble] of Object.entries(troubles))
    it(`a pool is made, changed and deleted although ${name}`, async () => {
      const effect = trouble("user.cfg");
      const made = await troubled("POST /pools", effect, () => lab.create("Pool", "x", { poolId: "team" }));
      const changed = await troubled("PUT /pools", effect, () =>
        update("Pool", made, { poolId: "team", comment: "the team" }),
      );
      assert.equal(cluster().pools["team"]?.comment, "the team");
      await troubled("DELETE /pools", effect, () => lab.plugin.delete("Pool", made.id, changed.properties));
      assert.equal(cluster().pools["team"], undefined);
    });

  // Each of the others goes the same way: a lock and a lost answer show that it does.
  for (const [name, trouble] of Object.entries(troubles).slice(0, 2)) {
    it(`a storage is made, changed and deleted although ${name}`, async () => {
      const effect = trouble("storage.cfg");
      const args = { storageId: "nas", type: "dir", path: "/mnt/nas", content: ["images"] };
      const made = await troubled("POST /storage", effect, () => lab.create("Storage", "x", args));
      const changed = await troubled("PUT /storage/{storage}", effect, () =>
        update("Storage", made, { ...args, content: ["images", "iso"] }),
      );
      assert.deepEqual(String(cluster().storages["nas"]?.["content"]).split(",").sort(), ["images", "iso"]);
      await troubled("DELETE /storage/{storage}", effect, () =>
        lab.plugin.delete("Storage", made.id, changed.properties),
      );
      assert.equal(cluster().storages["nas"], undefined);
    });

    it(`a VM comes into a pool, goes to another and leaves it although ${name}`, async () => {
      const effect = trouble("user.cfg");
      for (const pool of ["a", "b"]) cluster().pools[pool] = { vms: [], storage: [] };
      const args = { name: "web", source: { empty: true }, started: false };
      const made = await lab.create("Vm", "x", { ...args, disks: [{ storage: "local-lvm", sizeGiB: 1 }] });
      const vmid = Number(made.id);
      const withPool = (pool?: string) => ({
        ...args,
        disks: [{ storage: "local-lvm", sizeGiB: 1 }],
        ...(pool === undefined ? {} : { pool }),
      });
      let last = made;
      for (const pool of ["a", "b", undefined]) {
        const { inputs } = await lab.plugin.check("Vm", last.inputs, lab.inputs("Vm", "x", withPool(pool)));
        const { properties } = await troubled("PUT /pools", effect, () =>
          lab.plugin.update("Vm", made.id, last.properties, inputs),
        );
        last = { id: made.id, properties, inputs };
        const of = Object.entries(cluster().pools).filter(([, { vms }]) => vms.includes(vmid));
        assert.deepEqual(
          of.map(([id]) => id),
          pool === undefined ? [] : [pool],
        );
      }
      await lab.plugin.delete("Vm", made.id, last.properties);
    });
  }

  it("of a pool that somebody else makes while its lock is awaited, it is not taken for ours", async () => {
    const { faults } = lab.sim.simulation;
    faults.add({ route: "POST /pools", count: 1, effect: { kind: "lock", file: "user.cfg" } });
    const making = lab.create("Pool", "rival", {});
    const refused = assert.rejects(making, /pool rival exists already; set adopt: true/);
    while ((faults.struck["lock"] ?? 0) === 0 || faults.list.length > 0) await new Promise(setImmediate);
    cluster().pools["rival"] = { vms: [], storage: [] };
    await refused;
    assert.ok(cluster().pools["rival"]);
  });
});
