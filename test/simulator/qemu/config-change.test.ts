import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

describe("changing a VM's configuration", () => {
  let lab: VmLab;
  beforeEach(async () => {
    lab = new VmLab();
    await lab.create(100, { scsi0: "local:1", scsihw: "virtio-scsi-pci", net0: "virtio,bridge=vmbr0", cores: 1 });
  });
  const put = (params: Record<string, string | number>) => lab.get("PUT", "/100/config", params);
  const pending = async (): Promise<Record<string, unknown>[]> =>
    (await lab.get<Record<string, unknown>[]>("GET", "/100/pending")).filter((e) => "pending" in e || "delete" in e);

  it("applies everything to a VM that does not run, re-printed", async () => {
    await put({
      cores: "4",
      tags: "Web,db",
      onboot: 1,
      net0: "bridge=vmbr0,model=e1000,macaddr=bc:24:11:aa:bb:cc",
    });
    const config = await lab.config(100);
    assert.equal(config.cores, 4);
    assert.equal(config.tags, "db;web");
    assert.equal(config.onboot, 1);
    assert.match(String(config.net0), /^e1000=bc:24:11:aa:bb:cc,bridge=vmbr0$/i);
    assert.deepEqual(await pending(), []);
  });

  it("applies to a running VM what goes live and keeps the rest for the next start", async () => {
    await lab.run("POST", "/100/status/start");
    await put({ cores: 2, name: "web", description: "d", memory: 1024, scsi1: "local:1", delete: "vmgenid" });
    assert.deepEqual((await pending()).map(({ key, pending: value, delete: gone }) => [key, value ?? gone]).sort(), [
      ...[
        ["cores", 2],
        ["memory", "1024"],
        ["vmgenid", 1],
      ],
    ]);
    const live = await lab.get<Record<string, unknown>>("GET", "/100/config", { current: 1 });
    assert.equal(live.name, "web");
    assert.equal(live.scsi1, "local:100/vm-100-disk-1.raw,size=1G");
    assert.equal(live.cores, 1);
    assert.equal((await lab.config(100)).cores, 2);
    await put({ revert: "cores" });
    assert.ok(!(await pending()).some(({ key }) => key === "cores"));
    await lab.run("POST", "/100/status/stop");
    await lab.run("POST", "/100/status/start");
    assert.deepEqual(await pending(), []);
    const config = await lab.config(100);
    assert.equal(config.memory, "1024");
    assert.equal(config.vmgenid, undefined);
    assert.equal(config.cores, 1);
  });

  it("turns a detached disk into unusedN, drops it from the boot order, and removes it when asked again", async () => {
    await put({ delete: "scsi0" });
    let config = await lab.config(100);
    assert.equal(config.unused0, "local:100/vm-100-disk-0.raw");
    assert.equal(config.scsi0, undefined);
    assert.equal(config.boot, "order=net0");
    await put({ scsi2: "local:100/vm-100-disk-0.raw" });
    config = await lab.config(100);
    assert.equal(config.unused0, undefined);
    assert.equal(config.scsi2, "local:100/vm-100-disk-0.raw,size=1G");
    await put({ delete: "scsi2" });
    await put({ delete: "unused0" });
    assert.deepEqual(lab.images(), []);
  });

  it("removes disks at once with force, and through unlink", async () => {
    await put({ delete: "scsi0", force: 1 });
    assert.equal((await lab.config(100)).unused0, undefined);
    assert.deepEqual(lab.images(), []);
    await put({ scsi0: "local:1" });
    await lab.get("PUT", "/100/unlink", { idlist: "scsi0" });
    assert.equal((await lab.config(100)).unused0, "local:100/vm-100-disk-0.raw");
  });

  it("keeps a device that no guest gives back", async () => {
    await lab.run("POST", "/100/status/start");
    assert.match(
      await lab.refusal("PUT", "/100/config", { delete: "net0" }),
      /"net0":"hotplug problem - error on hot-unplugging device 'net0' - still busy in guest\?\\n"/,
    );
    assert.deepEqual(
      (await pending()).map(({ key, delete: gone }) => [key, gone]),
      [
        ["net0", 1],
        ["boot", undefined],
      ],
    );
    await put({ net1: "virtio,bridge=vmbr0" });
    await put({ delete: "net1" });
    assert.equal((await lab.config(100)).net1, undefined, "what was plugged in while it ran goes");
  });

  it("takes a device away that the operating system gives back", async () => {
    const volumes = lab.node.volumes["/var/lib/vz"] ?? {};
    Object.assign(volumes["100/vm-100-disk-0.raw"] ?? {}, { os: { agent: false } });
    await put({ scsihw: "virtio-scsi-single", scsi1: "local:1" });
    await lab.run("POST", "/100/status/start");
    await put({ delete: "net0,scsi1" });
    const config = await lab.config(100);
    assert.equal(config.net0, undefined);
    assert.equal(config.unused0, "local:100/vm-100-disk-1.raw");
    assert.equal(config.boot, "order=scsi0");
    assert.deepEqual(await pending(), [{ key: "boot", value: "order=scsi0;net0", pending: "order=scsi0" }]);
  });

  it("waits with everything when hotplug is off", async () => {
    await put({ hotplug: "0" });
    await lab.run("POST", "/100/status/start");
    await put({ net1: "virtio=BC:24:11:00:00:01,bridge=vmbr0" });
    assert.deepEqual(await pending(), [{ key: "net1", pending: "virtio=BC:24:11:00:00:01,bridge=vmbr0" }]);
  });

  it("guards with the digest and refuses contradictions", async () => {
    const { digest } = await lab.config(100);
    await put({ cores: 2, digest: String(digest) });
    assert.equal(
      await lab.refusal("PUT", "/100/config", { cores: 3, digest: String(digest) }),
      "500 checksum mismatch (file change by other user?)",
    );
    assert.match(await lab.refusal("PUT", "/100/config", { cores: 3, delete: "cores" }), /at the same time/);
    assert.match(await lab.refusal("PUT", "/100/config", { delete: "nosuch" }), /unknown option 'nosuch'/);
    assert.equal(await lab.refusal("PUT", "/100/config"), "500 no options specified");
    assert.match(await lab.refusal("PUT", "/100/config", { balloon: 4096 }), /balloon value too large/);
    assert.match(
      await lab.refusal("PUT", "/101/config", { cores: 1 }),
      /'nodes\/pve\/qemu-server\/101\.conf' does not exist/,
    );
  });

  it("protects disks and the VM", async () => {
    await put({ protection: 1 });
    assert.match(
      await lab.refusal("PUT", "/100/config", { delete: "scsi0" }),
      /can't remove unused disk|protection mode enabled/,
    );
    assert.match(await lab.refusal("DELETE", "/100"), /can't remove VM 100 - protection mode enabled/);
  });

  it("runs as a task with POST, which names what it changes but no password", async () => {
    const upid = await lab.get<string>("POST", "/100/config", {
      cores: 3,
      cipassword: "secret",
      ide2: "local:cloudinit",
    });
    assert.equal(lab.finish(upid), "OK");
    assert.match(lab.task(upid).log[0] ?? "", /^update VM 100: -cipassword <hidden> -cores 3 -ide2 local:cloudinit$/);
  });

  it("resizes a disk, up only", async () => {
    assert.equal(await lab.run("PUT", "/100/resize", { disk: "scsi0", size: "+1G" }), "OK");
    assert.match(String((await lab.config(100)).scsi0), /size=2G$/);
    assert.equal(
      await lab.run("PUT", "/100/resize", { disk: "scsi0", size: "1G" }),
      "shrinking disks is not supported",
    );
    assert.match(await lab.run("PUT", "/100/resize", { disk: "scsi1", size: "+1G" }), /disk 'scsi1' does not exist/);
  });

  it("moves a disk to another storage and keeps the old one unless told otherwise", async () => {
    assert.equal(await lab.run("POST", "/100/move_disk", { disk: "scsi0", storage: "second" }), "OK");
    let config = await lab.config(100);
    assert.equal(config.scsi0, "second:100/vm-100-disk-0.raw,size=1G");
    assert.equal(config.unused0, "local:100/vm-100-disk-0.raw");
    assert.equal(
      await lab.run("POST", "/100/move_disk", { disk: "scsi0", storage: "local", format: "qcow2", delete: 1 }),
      "OK",
    );
    config = await lab.config(100);
    assert.equal(config.scsi0, "local:100/vm-100-disk-1.qcow2,size=1G");
    assert.deepEqual(lab.images("/srv/second"), []);
    await lab.create(101);
    assert.equal(
      await lab.run("POST", "/100/move_disk", { disk: "scsi0", "target-vmid": 101, "target-disk": "scsi5" }),
      "OK",
    );
    assert.match(String((await lab.config(101)).scsi5), /^local:101\/vm-101-disk-0\.qcow2,/);
  });
});
