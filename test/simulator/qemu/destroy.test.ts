import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

describe("destroying a VM", () => {
  let lab: VmLab;
  beforeEach(async () => {
    lab = new VmLab();
    lab.cluster.pools["p1"] = { vms: [], storage: [] };
    await lab.create(100, { scsi0: "local:1", ide2: "local:iso/tiny.iso,media=cdrom", pool: "p1" });
  });

  it("removes its disks, its place in a pool and rights on it, but no ISO image", async () => {
    lab.cluster.access.acl.push({ path: "/vms/100", type: "user", ugid: "a@pve", roleid: "PVEVMUser", propagate: 1 });
    await lab.get("PUT", "/100/config", { delete: "scsi0" });
    assert.equal(await lab.run("DELETE", "/100"), "OK");
    assert.equal(lab.guest(100), undefined);
    assert.deepEqual(lab.images(), []);
    assert.deepEqual(lab.cluster.pools["p1"]?.vms, []);
    assert.deepEqual(lab.cluster.access.acl, []);
    assert.ok(lab.node.volumes["/var/lib/vz"]?.["iso/tiny.iso"]);
    assert.match(
      await lab.refusal("GET", "/100/config"),
      /^500 Configuration file 'nodes\/pve\/qemu-server\/100\.conf' does not exist$/,
    );
  });

  it("removes volumes that only carry its id when asked to", async () => {
    await lab.ask("POST", "/nodes/pve/storage/second/content", {
      vmid: 100,
      filename: "vm-100-disk-9.raw",
      size: "1M",
    });
    await lab.ask("POST", "/nodes/pve/storage/second/content", {
      vmid: 101,
      filename: "vm-101-disk-9.raw",
      size: "1M",
    });
    assert.equal(lab.images("/srv/second").length, 2);
    assert.equal(await lab.run("DELETE", "/100", { "destroy-unreferenced-disks": 1, purge: 1 }), "OK");
    assert.deepEqual(lab.images("/srv/second"), ["101/vm-101-disk-9.raw"]);
    assert.match(lab.node.tasks[0]?.log.join("\n") ?? "", /purging VM 100 from related configurations\.\./);
  });

  it("warns of volumes on a storage that is gone", async () => {
    await lab.get("PUT", "/100/config", { scsi1: "second:1" });
    delete lab.cluster.storages["second"];
    assert.equal(await lab.run("DELETE", "/100"), "WARNINGS: 1");
    assert.equal(
      lab.node.tasks[0]?.log[0],
      "WARN: failed to get path and owner of volume 'second:100/vm-100-disk-0.raw': storage 'second' does not exist",
    );
    assert.deepEqual(lab.images(), []);
    assert.equal(lab.images("/srv/second").length, 1);
  });

  it("needs the right, an unlocked VM and an id that is there", async () => {
    const vm = lab.guest(100);
    assert.ok(vm);
    vm.config.lock = "backup";
    assert.equal(await lab.run("DELETE", "/100"), "VM is locked (backup)");
    assert.equal(await lab.run("DELETE", "/100", { skiplock: 1 }), "OK");
    lab.addUser("a@pve", { "/": ["VM.Audit"] });
    await lab.create(101);
    lab.user = "a@pve";
    assert.match(await lab.refusal("DELETE", "/101"), /^403 Permission check failed \(\/vms\/101, VM\.Allocate\)/);
  });
});
