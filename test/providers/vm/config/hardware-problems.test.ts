import assert from "node:assert/strict";
import { problemsOf, showProblem } from "../../../../providers/kernel/state/problems";
import { fixedParameters, firmwareOf, firmwareToConfig } from "../../../../providers/vm/config/firmware.model";
import { hardwareWarnings } from "../../../../providers/vm/config/hardware-problems.model";
import { templateModel, templateSchema } from "../../../../providers/vm/template.model";
import { vmModel, vmSchema } from "../../../../providers/vm/vm.model";

const source = { clone: { template: "debian" } };
const problems = (inputs: Record<string, unknown>) =>
  problemsOf(vmSchema, { source, ...inputs }, vmModel.sensitive).map(showProblem);

describe("an EFI disk and a TPM", () => {
  it("are made with what is best today, and read back", () => {
    const wanted = { efiDisk: { storage: "a" }, tpm: { storage: "b" } };
    const config = firmwareToConfig(wanted);
    assert.deepEqual(config, { efidisk0: "a:1,efitype=4m,pre-enrolled-keys=0", tpmstate0: "b:1,version=v2.0" });
    assert.deepEqual(fixedParameters(wanted, firmwareOf(config)), []);
  });
  it("say what cannot be changed, and what to do", () => {
    const [problem] =
      vmModel.transition?.({ efiDisk: { storage: "a", type: "2m" } }, { efiDisk: { storage: "a" } }) ?? [];
    assert.match(
      problem ? showProblem(problem) : "",
      /^efiDisk\.type: is fixed when it is made, and it was made with 4m; write 4m\. .* remove efiDisk, run pulumi up/,
    );
    const tpm = { tpm: { storage: "a", version: "v1.2" } };
    assert.equal(templateModel.transition?.(tpm, { tpm: { storage: "a", version: "v2.0" } })[0]?.path, "tpm.version");
    assert.deepEqual(templateModel.transition?.({ tpm: { storage: "b" } }, { tpm: { storage: "a" } }), []);
  });
  it("are warned of where they are of no use, or missed", () => {
    assert.match(hardwareWarnings({ efiDisk: { storage: "a" } })[0] ?? "", /^efiDisk: is of no use without bios/);
    assert.match(hardwareWarnings({ bios: "ovmf" })[0] ?? "", /^bios: without efiDisk/);
    assert.deepEqual(hardwareWarnings({ bios: "ovmf", efiDisk: { storage: "a" } }), []);
  });
});

describe("hardware that does not fit together", () => {
  const disk = (more: Record<string, unknown>) => ({ disks: [{ storage: "a", ...more }] });
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ vcpus: 4, cores: 2 }, /^vcpus: is more than cores x sockets \(2\)/],
    [{ cpu: { type: "host", flags: ["aes"] } }, /^cpu\.flags\[0\]: write \+ or - and the flag.*got "aes"/],
    [{ cpu: { type: "host", flags: ["+nosuch"] } }, /^cpu\.flags\[0\]: a VM can set these flags: aes, /],
    [{ cpu: { type: "host", flag: ["+aes"] } }, /^cpu\.flag: there is no such property; did you mean "flags"\?/],
    [{ cpu: "no such,,cpu" }, /^cpu: write a CPU type such as host/],
    [{ numaNodes: [{ cpus: "0", memoryMiB: 512 }] }, /^numaNodes: need numa: true/],
    [{ numa: true, memoryMiB: 512, numaNodes: [{ cpus: "0", memoryMiB: 256 }] }, /^numaNodes: have 256 MiB together/],
    [{ numa: true, numaNodes: [{ cpus: "0-1", memoryMiB: 1 }] }, /^numaNodes\[0\]\.cpus: there is no CPU 1/],
    [
      { numa: true, cores: 2, numaNodes: ["0", "0-1"].map((cpus) => ({ cpus, memoryMiB: 1 })) },
      /^numaNodes\[1\]\.cpus: CPU 0 is in numaNodes\[0\] too/,
    ],
    [
      { numa: true, numaNodes: [{ cpus: "0", memoryMiB: 1, hostNodes: "0" }] },
      /^numaNodes\[0\]\.policy: hostNodes need/,
    ],
    [{ balloonMiB: 1024, memoryMiB: 512 }, /^balloonMiB: is more than memoryMiB \(512\)/],
    [{ hugepages: 2 }, /^hugepages: need numa: true/],
    [{ hugepages: 4, numa: true }, /^hugepages: write 2, 1024 or "any" \(got 4\)/],
    [{ hotplug: ["memory"], memoryMiB: 2048 }, /^hotplug: memory can be hot-plugged with numa: true only/],
    [{ hotplug: "memory", numa: true, memoryMiB: 1300 }, /^memoryMiB: comes in whole modules .* write 1536/],
    [{ hotplug: "memory", numa: true, memoryMiB: 512 }, /^memoryMiB: at least 1024/],
    [{ cloudInit: {}, cdroms: [{ slot: "ide2", iso: "none" }] }, /^cdroms\[0\]\.slot: ide2 is taken by the cloud-init/],
    [
      { ...disk({ slot: "sata0" }), cdroms: [{ slot: "sata0", iso: "none" }] },
      /^cdroms\[0\]\.slot: sata0 is taken by disks/,
    ],
    [disk({ slot: "sata0", ioThread: true }), /^disks\[0\]\.ioThread: sata0 cannot have it, only scsi and virtio/],
    [{ ...disk({ ioThread: true }), scsiController: "lsi" }, /^disks\[0\]\.ioThread: a scsi disk needs scsiController/],
    [disk({ slot: "virtio0", ssd: true }), /^disks\[0\]\.ssd: virtio0 cannot have it/],
    [disk({ limits: { totalMBps: 5, readMBps: 5 } }), /^disks\[0\]\.limits\.readMBps: is limited together with total/],
    [disk({ limits: { readBurstMBps: 5 } }), /^disks\[0\]\.limits\.readBurstMBps: needs readMBps/],
    [disk({ limits: { readIops: 9, readBurstIops: 5 } }), /^disks\[0\]\.limits\.readBurstIops: is less than readIops/],
    [
      disk({ limits: { writeIopsBurstSeconds: 5 } }),
      /^disks\[0\]\.limits\.writeIopsBurstSeconds: needs writeBurstIops/,
    ],
    [{ networks: [{ bridge: "b", model: "e1000", mtu: 1 }] }, /^networks\[0\]\.mtu: needs model virtio, not e1000/],
    [{ networks: [{ bridge: "b", mtu: 100 }] }, /^networks\[0\]\.mtu: is 100; write 1/],
    [{ networks: [{ bridge: "b", model: "rtl8139", queues: 2 }] }, /^networks\[0\]\.queues: need model virtio/],
    [
      { networks: ["BC:24:11:00:00:01", "bc:24:11:00:00:01"].map((mac) => ({ bridge: "b", mac })) },
      /^networks\[1\]\.mac: is that of networks\[0\] too/,
    ],
    [{ machine: "pc", pci: [{ mapping: "gpu", pcie: true }] }, /^pci\[0\]\.pcie: needs machine: "q35"/],
    [{ pci: [{ mapping: "gpu", host: "01:00.0" }] }, /^pci\[0\]: write either mapping .* or host/],
    [{ pci: [{ mapping: "gpu" }, { mapping: "gpu" }] }, /^pci\[1\]: gpu is given to the guest by pci\[0\] already/],
    [{ usb: [{}] }, /^usb\[0\]: write either mapping/],
    [{ osType: "wxp", usb: Array.from({ length: 6 }, () => ({ host: "spice" })) }, /^usb: osType wxp takes 5 USB/],
    [{ serial: "socket", serials: ["socket"] }, /^serial: is the first of serials/],
    [
      { osType: "win11", virtiofs: [{ mapping: "dd", exposeAcl: true }] },
      /^virtiofs\[0\]\.exposeAcl: does not go with/,
    ],
    [{ bootOrder: ["net1"], networks: [{ bridge: "b" }] }, /^bootOrder\[0\]: there is no net1; the guest has 1/],
    [{ bootOrder: ["scsi0", "scsi0"] }, /^bootOrder\[1\]: scsi0 is named twice/],
    [{ bootOrder: ["efidisk0"] }, /^bootOrder\[0\]: write a device such as scsi0/],
    [
      { source: { empty: true }, disks: [{ storage: "a", sizeGiB: 1 }], bootOrder: ["scsi1"] },
      /^bootOrder\[0\]: there is no drive scsi1; the guest has scsi0/,
    ],
    [{ startup: { orders: 2 } }, /^startup\.orders: there is no such property; did you mean "order"\?/],
    [{ efiDisk: {} }, /^efiDisk\.storage: is required/],
    [{ tpm: { storage: "a", version: "2.0" } }, /^tpm\.version: write v2.0 or v1.2/],
  ];
  for (const [inputs, text] of cases)
    it(`is refused: ${text.source}`, () => {
      const found = problems(inputs);
      assert.ok(
        found.some((problem) => text.test(problem)),
        found.join("\n") || "nothing was found",
      );
    });
  it("is refused in a template too, under its own paths", () => {
    const found = problemsOf(templateSchema, {
      imageVolumeId: "local:import/x.qcow2",
      disk: { storage: "a", slot: "sata0", ioThread: true },
    }).map(showProblem);
    assert.match(found.join("\n"), /^disk\.ioThread: sata0 cannot have it/);
  });
  it("is accepted where it does", () => {
    assert.deepEqual(
      problems({
        cores: 4,
        vcpus: 2,
        numa: true,
        memoryMiB: 2048,
        hotplug: ["network", "disk", "usb", "memory", "cpu"],
        machine: { type: "q35", viommu: "virtio" },
        pci: [{ mapping: "gpu", pcie: true }],
        disks: [{ slot: "scsi0", storage: "a", limits: { readMBps: 5, readBurstMBps: 9, readBurstSeconds: 3 } }],
        cdroms: [{ slot: "ide0", iso: "local:iso/x.iso" }],
        bootOrder: ["scsi0", "ide0", "hostpci0"],
      }),
      [],
    );
  });
});
