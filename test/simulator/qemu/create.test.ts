import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

const GiB = 2 ** 30;

describe("creating a VM", () => {
  let lab: VmLab;
  beforeEach(() => {
    lab = new VmLab();
  });

  it("fills in what a VM needs: MAC, boot order, smbios, vmgenid, meta", async () => {
    await lab.create(100, { name: "web", memory: 512, scsi0: "local:1", net0: "virtio,bridge=vmbr0" });
    const config = await lab.config(100);
    assert.equal(config.boot, "order=scsi0;net0");
    assert.equal(config.scsi0, "local:100/vm-100-disk-0.raw,size=1G");
    assert.match(String(config.net0), /^virtio=BC:24:11(:[0-9A-F]{2}){3},bridge=vmbr0$/);
    assert.match(String(config.smbios1), /^uuid=[0-9a-f-]{36}$/);
    assert.match(String(config.vmgenid), /^[0-9a-f-]{36}$/);
    assert.match(String(config.meta), /^creation-qemu=10\.0\.\d+,ctime=\d+$/);
    assert.equal(config.memory, "512");
    assert.deepEqual(lab.images(), ["100/vm-100-disk-0.raw"]);
  });

  it("imports a volume at its own size, in the format of the target", async () => {
    await lab.create(100, { scsi0: "local:0,import-from=local:import/tiny.qcow2,format=qcow2" });
    assert.equal((await lab.config(100)).scsi0, "local:100/vm-100-disk-0.qcow2,size=64M");
    await lab.create(101, { scsi0: "local:0,import-from=local:100/vm-100-disk-0.qcow2" });
    assert.equal((await lab.config(101)).scsi0, "local:101/vm-101-disk-0.qcow2,size=64M");
  });

  it("imports only to `storage:0`, and only what is there", async () => {
    const scsi0 = (value: string) => ({ vmid: 100, scsi0: value });
    assert.match(
      await lab.refusal("POST", "", scsi0("local:1,import-from=local:import/tiny.qcow2")),
      /'import-from' requires special syntax - use <storage ID>:0,import-from=<source>/,
    );
    assert.match(await lab.run("POST", "", scsi0("local:0,import-from=local:import/nosuch.qcow2")), /nosuch\.qcow2/);
    assert.equal(lab.guest(100), undefined);
  });

  it("makes EFI variables, TPM state and the cloud-init image in their fixed sizes", async () => {
    await lab.create(100, {
      efidisk0: "local:1,efitype=4m",
      tpmstate0: "local:1,version=v2.0",
      ide2: "local:cloudinit",
    });
    const config = await lab.config(100);
    assert.equal(config.efidisk0, "local:100/vm-100-disk-0.raw,efitype=4m,size=528K");
    assert.equal(config.tpmstate0, "local:100/vm-100-disk-1.raw,size=4M,version=v2.0");
    assert.equal(config.ide2, "local:100/vm-100-cloudinit.qcow2,media=cdrom");
  });

  it("shows EFI variables as large as their storage makes them", async () => {
    lab = new VmLab("immediate", "matrix");
    await lab.create(100, { efidisk0: "local-lvm:1,efitype=4m" });
    assert.equal((await lab.config(100)).efidisk0, "local-lvm:vm-100-disk-0,efitype=4m,size=4M");
  });

  it("leaves nothing behind when a disk cannot be made", async () => {
    lab.cluster.storages["broken"] = { type: "dir", path: "/nosuch", content: "images", is_mountpoint: "1" };
    assert.equal(
      await lab.run("POST", "", { vmid: 100, scsi0: "local:1", scsi1: "broken:1" }),
      "unable to create VM 100 - unable to activate storage 'broken' - directory is expected to be a mount point but " +
        "is not mounted: '/nosuch'",
    );
    assert.equal(lab.guest(100), undefined);
    assert.deepEqual(lab.images(), []);
  });

  it("starts the VM in a task of its own and puts it into a pool", async () => {
    lab.cluster.pools["p1"] = { vms: [], storage: [] };
    await lab.create(100, { start: 1, pool: "p1" });
    lab.simulation.tasks.settle();
    assert.ok(lab.guest(100)?.running);
    assert.deepEqual(lab.cluster.pools["p1"]?.vms, [100]);
    assert.deepEqual(
      lab.node.tasks.map(({ type }) => type),
      ["qmstart", "qmcreate"],
    );
  });

  it("refuses an id that is taken and a pool that is not there", async () => {
    await lab.create(100);
    assert.equal(
      await lab.refusal("POST", "", { vmid: 100 }),
      "500 unable to create VM 100 - VM 100 already exists on node 'pve'",
    );
    assert.match(await lab.refusal("POST", "", { vmid: 101, pool: "nosuch" }), /pool 'nosuch' does not exist/);
  });

  it("pins the machine version of Windows guests", async () => {
    await lab.create(100, { ostype: "win11" });
    assert.equal((await lab.config(100)).machine, "pc-i440fx-10.0+pve1");
  });

  it("shows a lock while it works", async () => {
    lab = new VmLab("manual");
    const upid = await lab.get<string>("POST", "", { vmid: 100, scsi0: "local:0,import-from=local:import/data.raw" });
    assert.equal(lab.guest(100)?.config.lock, "create");
    assert.equal(await lab.refusal("PUT", "/100/config", { cores: 2 }), "500 VM is locked (create)");
    assert.equal(lab.finish(upid), "OK");
    assert.equal((await lab.config(100)).lock, undefined);
    assert.equal(lab.node.volumes["/var/lib/vz"]?.["100/vm-100-disk-0.raw"]?.size, GiB / 16);
  });
});
