import assert from "node:assert/strict";
import { ChangingVm } from "../../support/changing-vm";
import type { Properties } from "../../support/plugin";

describe("a VM's hardware, through Pulumi's plugin", function () {
  let vm: ChangingVm;

  before(async () => {
    vm = await ChangingVm.start();
  });
  after(() => vm.close());

  const has = (expected: Record<string, string | undefined>) => {
    const sorted = (text: string | undefined) => text?.split(",").sort().join();
    for (const [key, value] of Object.entries(expected)) assert.equal(sorted(vm.config()[key]), sorted(value), key);
  };

  /** Inputs, the config that they lead to, other inputs, their config, and the keys that are gone at the end. */
  const groups: [string, Properties, Record<string, string>, Properties, Record<string, string>][] = [
    [
      "CPU",
      { cores: 4, sockets: 2, vcpus: 4, cpu: { type: "host", flags: ["+aes", "-pcid"], hidden: true }, cpuLimit: 2 },
      { cores: "4", sockets: "2", vcpus: "4", cpu: "host,flags=+aes;-pcid,hidden=1", cpulimit: "2" },
      { cores: 2, sockets: 1, cpu: "x86-64-v2-AES", cpuUnits: 200 },
      { cores: "2", sockets: "1", cpu: "x86-64-v2-AES", cpuunits: "200" },
    ],
    [
      "NUMA",
      { numa: true, cores: 2, memoryMiB: 1024, numaNodes: ["0", "1"].map((cpus) => ({ cpus, memoryMiB: 512 })) },
      { numa: "1", numa0: "cpus=0,memory=512", numa1: "cpus=1,memory=512" },
      { numa: true, memoryMiB: 1024, numaNodes: [{ cpus: "0", memoryMiB: 1024, hostNodes: "0", policy: "bind" }] },
      { numa0: "cpus=0,memory=1024,hostnodes=0,policy=bind" },
    ],
    [
      "memory",
      { memoryMiB: 1024, balloonMiB: 512, shares: 500, allowKsm: false },
      { memory: "1024", balloon: "512", shares: "500", "allow-ksm": "0" },
      { memoryMiB: 2048, balloonMiB: 0 },
      { memory: "2048", balloon: "0" },
    ],
    [
      "display",
      { vga: { type: "virtio", memoryMiB: 64 }, audio: { device: "AC97" }, keyboard: "de" },
      { vga: "virtio,memory=64", audio0: "device=AC97", keyboard: "de" },
      { vga: "std", audio: { device: "intel-hda", driver: "none" }, keyboard: "en-us" },
      { vga: "std", audio0: "device=intel-hda,driver=none", keyboard: "en-us" },
    ],
    [
      "devices",
      {
        rng: { source: "/dev/urandom", maxBytes: 2048 },
        watchdog: { model: "i6300esb", action: "reset" },
        serials: ["socket", "socket"],
        tablet: false,
      },
      {
        rng0: "source=/dev/urandom,max_bytes=2048",
        watchdog: "i6300esb,action=reset",
        serial0: "socket",
        serial1: "socket",
        tablet: "0",
      },
      { rng: { source: "/dev/random" }, watchdog: { model: "ib700" }, serials: ["socket"] },
      { rng0: "source=/dev/random", watchdog: "ib700", serial0: "socket" },
    ],
    [
      "host devices",
      {
        machine: "q35",
        pci: [{ mapping: "gpu", pcie: true, romBar: false }],
        usb: [{ mapping: "key", usb3: true }, { host: "spice" }],
        virtiofs: [{ mapping: "share", cache: "always", directIo: true }],
      },
      {
        hostpci0: "mapping=gpu,pcie=1,rombar=0",
        usb0: "mapping=key,usb3=1",
        usb1: "host=spice",
        virtiofs0: "share,cache=always,direct-io=1",
      },
      { machine: "q35", pci: [{ mapping: "gpu" }], usb: [{ host: "spice" }], virtiofs: [{ mapping: "share" }] },
      { hostpci0: "mapping=gpu", usb0: "host=spice", virtiofs0: "share" },
    ],
    [
      "firmware",
      {
        bios: "ovmf",
        machine: { type: "q35", viommu: "virtio" },
        smbios: { manufacturer: "Größe, Inc.", serial: "4711" },
        efiDisk: { storage: "local-lvm", preEnrolledKeys: true },
        tpm: { storage: "local-lvm" },
      },
      { bios: "ovmf", machine: "q35,viommu=virtio" },
      {
        bios: "ovmf",
        machine: "q35",
        smbios: { serial: "4712" },
        efiDisk: { storage: "local-lvm", preEnrolledKeys: true },
      },
      { bios: "ovmf", machine: "q35" },
    ],
    [
      "options",
      {
        agent: { enabled: true, fstrimClonedDisks: true, freezeFs: false },
        startup: { order: 2, upDelay: 30 },
        hotplug: ["network", "disk"],
        onBoot: true,
        acpi: false,
        localTime: true,
        startDate: "2026-01-31",
        migrateDowntime: 0.5,
        vmStateStorage: "local-lvm",
        timeDriftFix: true,
        guestReboot: false,
      },
      {
        agent: "1,fstrim_cloned_disks=1,freeze-fs=0",
        startup: "order=2,up=30",
        hotplug: "network,disk",
        onboot: "1",
        acpi: "0",
        localtime: "1",
        startdate: "2026-01-31",
        migrate_downtime: "0.5",
        vmstatestorage: "local-lvm",
        tdf: "1",
        reboot: "0",
      },
      { agent: true, startup: "order=3", hotplug: "1", onBoot: false },
      { agent: "1", startup: "order=3", hotplug: "1", onboot: "0" },
    ],
  ];

  for (const power of ["running", "stopped"])
    for (const [what, first, firstConfig, second, secondConfig] of groups)
      it(`is added, changed and cleared: ${what}, on a ${power} VM`, async () => {
        const started = power === "running";
        await vm.become({ description: `${what} ${power}`, started });
        const identity = vm.config()["smbios1"];
        assert.equal(vm.guest().running !== undefined, started);
        const counts = [await vm.become({ ...first, started })];
        has(firstConfig);
        counts.push(await vm.become({ ...second, started }));
        has(secondConfig);
        counts.push(await vm.become({ started }));
        for (const key of Object.keys({ ...firstConfig, ...secondConfig }))
          assert.equal(vm.config()[key], undefined, key);
        assert.ok(
          counts.every((count) => count === (started ? 1 : 0)),
          `reboots: ${counts.join()}`,
        );
        assert.equal(vm.config()["smbios1"], identity);
        assert.deepEqual([vm.guest().pending, vm.guest().pendingDelete, vm.volumes().length], [{}, {}, 1]);
        assert.ok(!Object.keys(vm.config()).some((key) => /^(?:unused|efidisk|tpmstate)/.test(key)));
      });
});
