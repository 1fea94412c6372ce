import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

describe("cloning a VM", () => {
  let lab: VmLab;
  const start = async (clock: "immediate" | "manual" = "immediate"): Promise<void> => {
    lab = new VmLab(clock);
    await lab.create(100, {
      ...{ name: "golden", scsi0: "local:0,import-from=local:import/data.raw", scsi1: "second:1" },
      ...{ net0: "virtio,bridge=vmbr0", ide2: "local:cloudinit", description: "template", tags: "a" },
    });
  };
  const template = async (): Promise<void> => assert.equal(await lab.run("POST", "/100/template"), "OK");

  it("copies the disks and gives the clone a name, MACs and an identity of its own", async () => {
    await start();
    assert.equal(await lab.run("POST", "/100/clone", { newid: 101, full: 1, name: "web", description: "mine" }), "OK");
    const [old, clone] = [await lab.config(100), await lab.config(101)];
    assert.equal(clone.name, "web");
    assert.equal(clone.description, "mine");
    assert.equal(clone.tags, "a");
    assert.equal(clone.scsi0, "local:101/vm-101-disk-0.raw,size=64M");
    assert.equal(clone.scsi1, "second:101/vm-101-disk-0.raw,size=1G");
    assert.equal(clone.ide2, "local:101/vm-101-cloudinit.qcow2,media=cdrom,size=4M");
    for (const key of ["net0", "smbios1", "vmgenid"]) assert.notEqual(clone[key], old[key], key);
    assert.equal(clone.lock, undefined);
  });

  it("keeps the description and says whose copy it is when nothing else is asked", async () => {
    await start();
    assert.equal(await lab.run("POST", "/100/clone", { newid: 101 }), "OK");
    const clone = await lab.config(101);
    assert.equal(clone.name, "Copy-of-VM-golden");
    assert.equal(clone.description, "template");
  });

  it("is at first a locked stub without name, then the locked real thing, unlocked at the end", async () => {
    await start("manual");
    const upid = await lab.get<string>("POST", "/100/clone", { newid: 101, full: 1, name: "web" });
    lab.simulation.clock.advance(25);
    assert.deepEqual(lab.guest(101)?.config, { description: " qmclone temporary file", lock: "clone" });
    assert.equal(await lab.refusal("PUT", "/101/config", { cores: 2 }), "500 VM is locked (clone)");
    while (lab.guest(101)?.config.name === undefined) assert.ok(lab.simulation.clock.runNext());
    const between = await lab.config(101);
    assert.equal(between.lock, "clone");
    assert.equal(between.name, "web");
    assert.ok(Object.keys(between).includes("net0"));
    assert.ok(!Object.keys(between).includes("scsi1"), "not all disks are copied");
    assert.equal(await lab.refusal("PUT", "/101/config", { cores: 2 }), "500 VM is locked (clone)");
    assert.equal(lab.finish(upid), "OK");
    assert.equal((await lab.config(101)).lock, undefined);
  });

  it("disappears with its disks when it is stopped", async () => {
    await start("manual");
    const upid = await lab.get<string>("POST", "/100/clone", { newid: 101, full: 1 });
    while (!lab.images().some((name) => name.startsWith("101/"))) assert.ok(lab.simulation.clock.runNext());
    lab.simulation.tasks.stop(upid);
    assert.equal(lab.task(upid).status, "clone failed: interrupted by signal");
    assert.equal(lab.guest(101), undefined);
    assert.ok(!lab.images().some((name) => name.startsWith("101/")));
  });

  it("holds the source: two clones of a VM that does not run go side by side", async () => {
    await start("manual");
    const upids = [
      await lab.get<string>("POST", "/100/clone", { newid: 101, full: 1 }),
      await lab.get<string>("POST", "/100/clone", { newid: 102, full: 1 }),
    ];
    lab.simulation.clock.advance(60);
    assert.ok(lab.guest(101) && lab.guest(102), "both have begun");
    assert.deepEqual(
      upids.map((upid) => lab.finish(upid)),
      ["OK", "OK"],
    );
  });

  it("of a template is linked unless a full one is asked for; its base stays until the last one goes", async () => {
    await start();
    await template();
    assert.equal((await lab.config(100)).scsi0, "local:100/base-100-disk-0.raw,size=64M");
    assert.equal((await lab.config(100)).template, 1);
    assert.equal(await lab.run("POST", "/100/clone", { newid: 101 }), "OK");
    const clone = await lab.config(101);
    assert.equal(clone.scsi0, "local:100/base-100-disk-0.raw/101/vm-101-disk-0.qcow2,size=64M");
    assert.equal(clone.template, undefined);
    assert.match(
      await lab.run("DELETE", "/100"),
      /^base volume 'local:100\/base-100-disk-0\.raw' is still in use by linked cloned$/,
    );
    assert.equal(await lab.run("POST", "/100/clone", { newid: 102, full: 1, storage: "second" }), "OK");
    assert.equal((await lab.config(102)).scsi0, "second:102/vm-102-disk-0.raw,size=64M");
    assert.equal(await lab.run("DELETE", "/101"), "OK");
    assert.equal(await lab.run("DELETE", "/100"), "OK");
    assert.deepEqual(lab.images(), []);
  });

  it("refuses what does not go together", async () => {
    await start();
    await template();
    await lab.create(101);
    const refused = (params: Record<string, string | number>) => lab.refusal("POST", "/100/clone", params);
    assert.equal(
      await refused({ newid: 102, storage: "second" }),
      "500 parameter 'storage' not allowed for linked clones",
    );
    assert.equal(await refused({ newid: 101 }), "500 unable to create VM 101: config file already exists");
    assert.equal(await refused({ newid: 102, snapname: "no" }), "500 snapshot 'no' does not exist");
    assert.equal(await refused({ newid: 102, target: "pve9" }), "500 no such cluster node 'pve9'");
    assert.equal(await lab.run("POST", "/100/status/start"), "you can't start a vm if it's a template");
  });

  it("goes to another node only from shared storages", async () => {
    lab = new VmLab("immediate", "matrix");
    lab.cluster.storages["nas"] = {
      type: "nfs",
      server: "nas",
      export: "/vms",
      path: "/mnt/pve/nas",
      content: "images",
    };
    await lab.create(100, { scsi0: "local-lvm:1" });
    assert.equal(
      await lab.refusal("POST", "/100/clone", { newid: 101, full: 1, target: "golf" }),
      "500 can't clone VM to node 'golf' (VM uses local storage)",
    );
    await lab.create(102);
    assert.equal(await lab.run("POST", "/102/clone", { newid: 103, target: "golf" }), "OK");
    assert.equal(lab.guest(103)?.node, "golf");
    assert.equal(
      await lab.run("POST", "/102/clone", { newid: 103 }),
      "close (rename) atomic file '/etc/pve/nodes/foxtrot/qemu-server/103.conf' failed: File exists",
    );
  });
});
