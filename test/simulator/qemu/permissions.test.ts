import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

describe("rights on a VM's options", () => {
  let lab: VmLab;
  beforeEach(async () => {
    lab = new VmLab();
    await lab.create(100, { scsi0: "local:1", net0: "virtio,bridge=vmbr0" });
  });
  const as = (privileges: readonly string[], more: Record<string, readonly string[]> = {}): void => {
    lab.addUser("a@pve", { "/vms/100": ["VM.Audit", ...privileges], ...more });
    lab.user = "a@pve";
  };
  const denied = (params: Record<string, string | number>) => lab.refusal("PUT", "/100/config", params);

  it("are needed one by one", async () => {
    as(["VM.Config.Options"]);
    await lab.get("PUT", "/100/config", { name: "web", onboot: 1 });
    assert.equal(await denied({ cores: 2 }), "403 Permission check failed (/vms/100, VM.Config.CPU)");
    assert.equal(await denied({ memory: 512 }), "403 Permission check failed (/vms/100, VM.Config.Memory)");
    assert.equal(await denied({ delete: "net0" }), "403 Permission check failed (/vms/100, VM.Config.Network)");
    assert.equal(
      await denied({ ciuser: "a" }),
      "403 Permission check failed (/vms/100, VM.Config.Cloudinit|VM.Config.Network)",
    );
    assert.equal(await denied({ ide2: "none,media=cdrom" }), "403 Permission check failed (/vms/100, VM.Config.CDROM)");
  });

  it("to disks need space on the storage, to networks the use of the bridge", async () => {
    as(["VM.Config.Disk", "VM.Config.Network"]);
    assert.match(
      await denied({ scsi1: "local:1" }),
      /^403 Permission check failed \(\/storage\/local, Datastore\.AllocateSpace\)/,
    );
    assert.match(
      await denied({ net1: "virtio,bridge=vmbr0" }),
      /^403 Permission check failed \(\/sdn\/zones\/localnetwork\/vmbr0, SDN\.Use\)/,
    );
    lab.addUser("b@pve", {
      "/vms/100": ["VM.Config.Disk", "VM.Config.Network"],
      "/storage/local": ["Datastore.AllocateSpace"],
      "/sdn/zones/localnetwork/vmbr0": ["SDN.Use"],
    });
    lab.user = "b@pve";
    await lab.get("PUT", "/100/config", { scsi1: "local:1", net1: "virtio,bridge=vmbr0" });
  });

  it("are root's alone for what reaches the host", async () => {
    as(["VM.Config.Options", "VM.Config.HWType", "VM.Config.Disk"]);
    assert.match(await denied({ args: "-s" }), /only root can set 'args' config/);
    assert.match(
      await denied({ hostpci0: "0000:01:00.0" }),
      /only root can set 'hostpci0' config|Permission check failed/,
    );
    assert.match(await denied({ skiplock: 1, name: "b" }), /Only root may use this option\./);
    lab.user = "root@pam";
    await lab.get("PUT", "/100/config", { args: "-s" });
  });

  it("are needed to create, clone and start", async () => {
    as(["VM.Clone"]);
    assert.match(await lab.refusal("POST", "", { vmid: 101 }), /^403 Permission check failed/);
    assert.match(await lab.refusal("POST", "/100/clone", { newid: 101 }), /^403 Permission check failed/);
    assert.match(
      await lab.refusal("POST", "/100/status/start"),
      /^403 Permission check failed \(\/vms\/100, VM\.PowerMgmt\)/,
    );
    lab.addUser("c@pve", {
      "/vms": ["VM.Clone", "VM.Allocate", "VM.PowerMgmt"],
      "/storage/local": ["Datastore.AllocateSpace"],
      "/sdn": ["SDN.Use"],
    });
    lab.user = "c@pve";
    assert.equal(await lab.run("POST", "/100/clone", { newid: 101 }), "OK");
  });
});
