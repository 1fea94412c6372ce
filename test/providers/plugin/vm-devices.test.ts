import assert from "node:assert/strict";
import { ChangingVm, hardwareWorld } from "../../support/changing-vm";
import { startSimulator } from "../../../simulator";

describe("a running VM's devices, through Pulumi's plugin", function () {
  let vm: ChangingVm;
  const boot = { slot: "scsi0", storage: "local-lvm", sizeGiB: 3 };

  before(async () => {
    vm = await ChangingVm.start();
  });
  after(() => vm.close());

  it("are plugged and unplugged while it runs: networks, USB, disks and their limits", async () => {
    assert.equal(
      await vm.become({
        networks: [
          { bridge: "vmbr0" },
          { bridge: "vmbr0", model: "e1000", vlan: 5, trunks: [7, "10-12"], rateMBps: 2.5 },
        ],
        usb: [{ mapping: "key" }],
        disks: [boot, { slot: "scsi1", storage: "local-lvm", sizeGiB: 1, limits: { readMBps: 5, readBurstMBps: 9 } }],
      }),
      0,
    );
    assert.match(vm.config()["net1"] ?? "", /^e1000=BC:24:11:.*,bridge=vmbr0,rate=2.5,tag=5,trunks=7;10-12$/);
    assert.match(vm.config()["scsi1"] ?? "", /mbps_rd=5,mbps_rd_max=9/);
    const macs = vm.properties["macs"];
    assert.equal(
      await vm.become({
        networks: [
          { bridge: "vmbr0", firewall: true },
          { bridge: "vmbr0", model: "e1000", disconnected: true },
        ],
        disks: [boot, { slot: "scsi1", storage: "local-lvm", sizeGiB: 1, limits: { writeIops: 100 }, backup: false }],
      }),
      0,
    );
    assert.match(vm.config()["net1"] ?? "", /,bridge=vmbr0,link_down=1$/);
    assert.match(vm.config()["scsi1"] ?? "", /backup=0,iops_wr=100,size=1G$/);
    assert.deepEqual(vm.properties["macs"], macs);
    assert.equal(vm.config()["usb0"], undefined);
    assert.equal(await vm.become({}), 0);
    assert.deepEqual([vm.config()["net1"], vm.config()["scsi1"], vm.volumes().length], [undefined, undefined, 1]);
  });

  it("of which some are somebody else's are left alone, and are no drift", async () => {
    const theirs = "virtio=BC:24:11:00:00:99,bridge=vmbr0";
    vm.guest().config["net3"] = theirs;
    const read = await vm.lab.plugin.read("Vm", vm.id, vm.properties);
    assert.equal((read.properties["networks"] as unknown[]).length, 1);
    assert.equal(await vm.become({ description: "x" }), 0);
    assert.equal(vm.config()["net3"], theirs);
    delete vm.guest().config["net3"];
    await vm.become({ description: "y" });
  });

  it("need one reboot where Proxmox, or QEMU, cannot change them in place", async () => {
    assert.equal(await vm.become({ disks: [{ ...boot, cache: "writeback", discard: true, ssd: true }] }), 1);
    assert.match(vm.config()["scsi0"] ?? "", /cache=writeback,discard=on,size=3G,ssd=1/);
    const named = { serial: "A B/1", wwn: "0x5000c500a0b1c2d3", vendor: "ACME", product: "disk", onReadError: "stop" };
    assert.equal(await vm.become({ disks: [{ ...boot, ...named }] }), 1);
    assert.match(
      vm.config()["scsi0"] ?? "",
      /product=disk,rerror=stop,serial=A%20B%2F1,size=3G,vendor=ACME,wwn=0x5000/,
    );
    // Proxmox stores it at once and calls nothing pending, and the guest goes on with the old serial number.
    assert.equal(await vm.become({ disks: [{ ...boot, ...named, serial: "B" }] }), 1);
    assert.equal(await vm.become({}), 1);
    assert.match(vm.config()["scsi0"] ?? "", /^local-lvm:vm-\d+-disk-\d+,size=3G$/);
    assert.equal(
      await vm.become({ disks: [boot, { slot: "sata0", storage: "more", sizeGiB: 1, format: "qcow2" }] }),
      1,
    );
    assert.equal(await vm.become({}), 1);
    assert.deepEqual([vm.config()["sata0"], vm.config()["unused0"], vm.volumes().length], [undefined, undefined, 1]);
  });

  it("take another CD while it runs, and a new drive with one reboot", async () => {
    const cd = (iso: string) => ({ cdroms: [{ slot: "ide0", iso }], bootOrder: ["scsi0"] });
    assert.equal(await vm.become(cd("local:iso/a.iso")), 1);
    assert.match(vm.config()["ide0"] ?? "", /^local:iso\/a.iso,media=cdrom/);
    assert.equal(vm.config()["boot"], "order=scsi0");
    assert.equal(await vm.become(cd("local:iso/b.iso")), 0);
    assert.equal(await vm.become(cd("none")), 0);
    assert.equal(vm.config()["ide0"], "none,media=cdrom");
    assert.equal(await vm.become({ bootOrder: ["scsi0"] }), 1);
    assert.equal(vm.config()["ide0"], undefined);
  });

  it("are booted from in another order at the next boot, without one for it", async () => {
    assert.equal(await vm.become({ bootOrder: ["net0", "scsi0"] }), 0);
    assert.deepEqual(vm.guest().pending, { boot: "order=net0;scsi0" });
    assert.equal(await vm.become({ bootOrder: ["scsi0", "net0"], cores: 2 }), 1);
    assert.deepEqual([vm.config()["boot"], vm.guest().pending], ["order=scsi0;net0", {}]);
  });

  it("gets CPUs and memory while it runs, where hotplug allows it", async () => {
    const plug = { numa: true, cores: 4, hotplug: ["network", "disk", "usb", "cpu", "memory"] };
    assert.equal(await vm.become({ ...plug, vcpus: 1, memoryMiB: 1024 }), 1);
    assert.equal(await vm.become({ ...plug, vcpus: 4, memoryMiB: 2048 }), 0);
    assert.deepEqual([vm.config()["vcpus"], vm.config()["memory"], vm.guest().pending], ["4", "2048", {}]);
    assert.equal(await vm.become({ ...plug, cores: 8, vcpus: 8, memoryMiB: 2048 }), 1);
    assert.deepEqual([vm.config()["cores"], vm.config()["vcpus"]], ["8", "8"]);
    assert.equal(await vm.become({ ...plug, hotplug: "1", vcpus: 4, memoryMiB: 2048 }), 1);
    assert.equal(await vm.become({ ...plug, hotplug: "1", vcpus: 2, memoryMiB: 2048 }), 1);
  });

  it("keeps its EFI disk and TPM when they are moved, and is never replaced for them", async () => {
    const firmware = (storage: string, more = {}) => ({
      bios: "ovmf",
      efiDisk: { storage, preEnrolledKeys: true, ...more },
      tpm: { storage },
      started: false,
    });
    await vm.become(firmware("local-lvm"));
    assert.match(vm.config()["efidisk0"] ?? "", /^local-lvm:.*efitype=4m,pre-enrolled-keys=1/);
    await vm.become(firmware("more"));
    assert.match(`${vm.config()["efidisk0"]} ${vm.config()["tpmstate0"]}`, /^more:.* more:.*version=v2.0/);
    await vm.become({ ...firmware("more"), started: true });
    assert.match(
      (await vm.problems({ ...firmware("more"), tpm: { storage: "local-lvm" }, started: true }))[0] ?? "",
      /^tpm.storage: is moved while the VM is stopped only/,
    );
    assert.match(
      (await vm.problems(firmware("more", { preEnrolledKeys: false })))[0] ?? "",
      /^efiDisk.preEnrolledKeys: is fixed/,
    );
    assert.match(
      (await vm.problems({ ...firmware("more"), tpm: { storage: "more", version: "v1.2" } }))[0] ?? "",
      /^tpm.version/,
    );
    assert.equal(await vm.become({ started: true }), 1);
    assert.deepEqual([vm.config()["efidisk0"], vm.config()["unused0"], vm.volumes().length], [undefined, undefined, 1]);
  });

  it("with `allowReboot: false` is changed where no reboot is needed, and only there", async () => {
    await vm.become({ started: true, description: "on" });
    const never = { allowReboot: false };
    const refusal = "cores: this change needs a reboot, and allowReboot is false; undo it or allow the reboot";
    assert.deepEqual(await vm.problems({ ...never, cores: 8 }), [refusal]);
    assert.deepEqual(await vm.problems({ ...never, cores: 8, started: false }), []);
    assert.deepEqual(await vm.problems({ ...never, networks: [{ bridge: "vmbr0" }, { bridge: "vmbr0" }] }), []);
    assert.match(
      (await vm.problems({ ...never, disks: [boot, { ...boot, slot: "sata0" }] }))[0] ?? "",
      /^disks\[1\]: this change needs/,
    );
    await vm.become({ started: false });
    assert.deepEqual(await vm.problems({ ...never, cores: 8 }), []);
    assert.equal(await vm.become({ ...never, cores: 8 }), 0);
    assert.equal(vm.config()["cores"], "8");
  });

  it("are checked against the cluster", async () => {
    const found = await vm.problems({
      usb: [{ mapping: "kex" }, { mapping: "far" }, { host: "1-2" }],
      pci: [{ host: "01:00.0" }],
      virtiofs: [{ mapping: "nosuch" }],
      affinity: "0-1",
      efiDisk: { storage: "nosuch" },
      cdroms: [{ slot: "ide0", iso: "local-lvm:iso/a.iso" }],
    });
    for (const text of [
      /^usb\[0\]\.mapping: there is no USB mapping "kex" that this stack may use; did you mean "key"\?; there are far, key/,
      /^usb\[1\]\.mapping: mapping far has no device on node pve1/,
      /^usb\[2\]\.host: only root@pam with its password may give a guest a device by its address/,
      /^pci\[0\]\.host: only root@pam with its password/,
      /^virtiofs\[0\]\.mapping: there is no directory mapping "nosuch"/,
      /^affinity: only root@pam with its password may set affinity, and this stack signs in as root@pam!/,
      /^efiDisk\.storage: there is no storage "nosuch"/,
      /^cdroms\[0\]\.iso: storage local-lvm \(lvmthin\) does not allow content iso/,
    ])
      assert.ok(
        found.some((problem) => text.test(problem)),
        `${text.source}\n${found.join("\n")}`,
      );
  });

  it("go with it", async () => {
    await vm.become({ started: false, bios: "ovmf", efiDisk: { storage: "more" }, tpm: { storage: "local-lvm" } });
    await vm.lab.plugin.delete("Vm", vm.id, vm.properties);
    assert.deepEqual(vm.volumes(), []);
  });
});

describe("a VM with everything, made at once", function () {
  let vm: ChangingVm;
  after(() => vm.close());

  const everything = {
    cores: 2,
    numa: true,
    memoryMiB: 1024,
    numaNodes: [{ cpus: "0-1", memoryMiB: 1024 }],
    cpu: { type: "host", flags: ["+aes"] },
    bios: "ovmf",
    machine: "q35",
    efiDisk: { storage: "local-lvm", type: "4m", preEnrolledKeys: true },
    tpm: { storage: "local-lvm", version: "v2.0" },
    smbios: { serial: "4711" },
    vga: { type: "virtio" },
    audio: { device: "ich9-intel-hda" },
    pci: [{ mapping: "gpu", pcie: true }],
    usb: [{ mapping: "key" }],
    virtiofs: [{ mapping: "share" }],
    serials: ["socket"],
    rng: { source: "/dev/urandom" },
    watchdog: { model: "i6300esb" },
    cdroms: [{ slot: "ide0", iso: "local:iso/a.iso" }],
    cloudInit: { user: "admin" },
    bootOrder: ["scsi0", "ide0"],
    agent: { enabled: true, freezeFs: false },
    startup: { order: 1 },
    hotplug: ["network", "disk"],
    started: true,
  };

  it("has no drift, and its uuid", async () => {
    vm = await ChangingVm.start(everything);
    assert.match(vm.config()["smbios1"] ?? "", /^uuid=[0-9a-f-]{36},serial=NDcxMQ==,base64=1$/);
    assert.deepEqual([vm.config()["boot"], vm.config()["hostpci0"]], ["order=scsi0;ide0", "mapping=gpu,pcie=1"]);
    assert.ok(vm.guest().running);
    assert.deepEqual([vm.guest().pending, vm.guest().pendingDelete], [{}, {}]);
    assert.equal(await vm.become({ ...everything, description: "same" }), 0);
  });

  it("may set what is root's when it signs in as root", async () => {
    const sim = await startSimulator({ seed: hardwareWorld() });
    const { password } = sim;
    await sim.close();
    const root = await ChangingVm.start(
      {
        affinity: "0-1",
        numa: true,
        hugepages: 2,
        spice: { folderSharing: true },
        sharedMemory: { sizeMiB: 16 },
        pci: [{ host: "0000:01:00.0" }],
        usb: [{ host: "1234:5678" }],
        serials: ["/dev/ttyS0"],
        started: false,
      },
      {
        "proxmox:tokenId": "",
        "proxmox:tokenSecret": "",
        "proxmox:username": "root@pam",
        "proxmox:password": password,
      },
    );
    assert.deepEqual(
      ["affinity", "hugepages", "hostpci0", "usb0", "ivshmem", "serial0"].map((key) => root.config()[key]),
      ["0-1", "2", "0000:01:00.0", "host=1234:5678", "size=16", "/dev/ttyS0"],
    );
    await root.become({ started: false });
    assert.equal(root.config()["hugepages"], undefined);
    await root.close();
  });
});

describe("a template with hardware of its own", function () {
  it("gives it to its clones, which may change it", async () => {
    const vm = await ChangingVm.start({ started: false });
    const { lab } = vm;
    try {
      const template = await lab.create("Template", "golden", {
        node: "pve1",
        imageVolumeId: vm.base["source"] && (vm.base["source"] as { imageVolumeId: string }).imageVolumeId,
        disk: { storage: "local-lvm", ssd: true },
        networks: [{ bridge: "vmbr0" }, { bridge: "vmbr0" }],
        bios: "ovmf",
        efiDisk: { storage: "local-lvm" },
        agent: { enabled: true },
        cpu: { type: "host", hidden: true },
      });
      const args = {
        source: { clone: { template: template.properties["vmid"] } },
        networks: [{ bridge: "vmbr0" }],
        efiDisk: { storage: "local-lvm" },
        tpm: { storage: "local-lvm" },
        cpu: { type: "EPYC" },
        agentTimeout: "0s",
      };
      const clone = await lab.create("Vm", "clone", args);
      assert.equal((await lab.plugin.diff("Vm", clone.id, clone.properties, clone.inputs)).changes, "none");
      const config = Object.values(lab.sim.world.clusters)[0]?.guests[clone.id]?.config ?? {};
      assert.deepEqual([config["cpu"], config["net1"], config["bios"]], ["EPYC,hidden=1", undefined, "ovmf"]);
      assert.match(config["tpmstate0"] ?? "", /version=v2.0/);
      await assert.rejects(
        lab.create("Vm", "other", { ...args, efiDisk: { storage: "local-lvm", preEnrolledKeys: true } }),
        /efiDisk.preEnrolledKeys: the template's is fixed when it is made/,
      );
      for (const made of [clone]) await lab.plugin.delete("Vm", made.id, made.properties);
      await lab.plugin.delete("Template", template.id, template.properties);
    } finally {
      await vm.close();
    }
  });
});
