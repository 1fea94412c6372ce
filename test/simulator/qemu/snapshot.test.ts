import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

interface Listed {
  name: string;
  parent?: string;
  running?: number;
  description?: string;
}

describe("snapshots of a VM", () => {
  let lab: VmLab;
  beforeEach(async () => {
    lab = new VmLab();
    await lab.create(100, { scsi0: "local:1,format=qcow2", cores: 1, net0: "virtio,bridge=vmbr0" });
  });
  const snapshot = (snapname: string, more: Record<string, string | number> = {}) =>
    lab.run("POST", "/100/snapshot", { snapname, ...more });
  const list = () => lab.get<Listed[]>("GET", "/100/snapshot");
  const parents = async () => Object.fromEntries((await list()).map(({ name, parent }) => [name, parent]));

  it("form a chain that ends at `current`", async () => {
    assert.equal(await snapshot("one", { description: "first" }), "OK");
    assert.equal(await snapshot("two"), "OK");
    assert.deepEqual(await parents(), { one: undefined, two: "one", current: "two" });
    assert.deepEqual((await list()).find(({ name }) => name === "current")?.description, "You are here!");
    const kept = await lab.get<Record<string, unknown>>("GET", "/100/snapshot/one/config");
    assert.equal(kept.description, "first");
    assert.equal(kept.cores, 1);
    assert.equal(await lab.run("DELETE", "/100/snapshot/one"), "OK");
    assert.deepEqual(await parents(), { two: undefined, current: "two" });
  });

  it("bring back the configuration of their time, and stop the VM", async () => {
    await snapshot("one");
    await lab.get("PUT", "/100/config", { cores: 4, scsi1: "local:1", description: "new" });
    await lab.run("POST", "/100/status/start");
    assert.equal(await lab.run("POST", "/100/snapshot/one/rollback"), "OK");
    const config = await lab.config(100);
    assert.equal(config.cores, 1);
    assert.equal(config.unused0, "local:100/vm-100-disk-1.raw");
    assert.equal(config.description, "new");
    assert.equal(config.parent, "one");
    assert.equal(lab.guest(100)?.running, undefined);
  });

  it("with RAM keep it on a volume, and the VM runs again after a rollback", async () => {
    await lab.run("POST", "/100/status/start");
    assert.equal(await snapshot("one", { vmstate: 1 }), "OK");
    assert.ok(lab.images().includes("100/vm-100-state-one.raw"));
    await lab.run("POST", "/100/status/stop");
    assert.equal(await lab.run("POST", "/100/snapshot/one/rollback", { start: 0 }), "OK");
    assert.ok(lab.guest(100)?.running);
    assert.equal(await lab.run("DELETE", "/100/snapshot/one"), "OK");
    assert.ok(!lab.images().includes("100/vm-100-state-one.raw"));
  });

  it("need disks that can have them, and a name of their own", async () => {
    await snapshot("one");
    assert.equal(await snapshot("one"), "snapshot name 'one' already used");
    assert.match(
      await lab.refusal("POST", "/100/snapshot", { snapname: "current" }),
      /unable to use snapshot name 'current'/,
    );
    assert.equal(await lab.run("DELETE", "/100/snapshot/two"), "snapshot 'two' does not exist");
    await lab.create(101, { scsi0: "local:1" });
    assert.equal(await lab.run("POST", "/101/snapshot", { snapname: "one" }), "snapshot feature is not available");
    const feature = (vmid: number) =>
      lab.get<{ hasFeature: number }>("GET", `/${vmid}/feature`, { feature: "snapshot" });
    assert.equal((await feature(100)).hasFeature, 1);
    assert.equal((await feature(101)).hasFeature, 0);
  });

  it("keep a lock while they are taken", async () => {
    lab = new VmLab("manual");
    await lab.create(100, { scsi0: "local:1,format=qcow2" });
    const upid = await lab.get<string>("POST", "/100/snapshot", { snapname: "one" });
    lab.simulation.clock.advance(100);
    assert.equal(await lab.refusal("PUT", "/100/config", { cores: 2 }), "500 VM is locked (snapshot)");
    assert.equal(lab.finish(upid), "OK");
  });
});
