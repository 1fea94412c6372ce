import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { hardwareWorld } from "../support/changing-vm";
import { debianImage, debianTemplate, DescribedStack, vm } from "../support/described";
import { counts, failed, ok } from "../support/results";

const untouched = { same: 5 };
const changed = { same: 4, update: 1 };

describe("a VM's hardware, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const program = (args: Record<string, unknown>) => [
    debianImage,
    debianTemplate,
    vm("web", { disks: [{ slot: "scsi0", storage: "local-lvm", sizeGiB: 4 }], osType: "l26", ...args }),
  ];
  let args: Record<string, unknown> = {};
  const change = (more: Record<string, unknown>) => {
    args = { ...args, ...more };
    lab.describe(program(args));
  };

  before(async () => {
    sim = await startSimulator({ seed: hardwareWorld() });
    lab = await DescribedStack.create(sim, program({}));
    ok(await lab.stack.up());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const guest = () => {
    const found = Object.values(sim.world.clusters)[0]?.guests["2001"];
    assert.ok(found);
    return found;
  };

  /** Applies; answers what was announced of it, and how often the VM was rebooted. */
  async function apply(): Promise<{ announced: string; reboots: number }> {
    const from = sim.requests.length;
    const up = ok(await lab.stack.up());
    assert.deepEqual(counts(up), changed);
    const reboots = sim.requests
      .slice(from)
      .filter(({ method, path }) => method === "POST" && path.endsWith("/reboot"));
    assert.deepEqual([guest().pending, guest().pendingDelete], [{}, {}]);
    return { announced: up.stdout, reboots: reboots.length };
  }

  it("changes live, and by hot-plug, without a reboot", async () => {
    const uuid = guest().config["smbios1"];
    change({
      cpuUnits: 500,
      startup: { order: 2, upDelay: 30 },
      networks: [{ bridge: "vmbr0" }, { bridge: "vmbr0", vlan: 20 }],
      usb: [{ mapping: "key" }],
      disks: [{ slot: "scsi0", storage: "local-lvm", sizeGiB: 4, limits: { readMBps: 50 } }],
    });
    const { announced, reboots } = await apply();
    assert.match(announced, /hot-plug: networks\[1\], usb; live: .*cpuUnits/);
    assert.match(announced, /live: .*startup/);
    assert.equal(reboots, 0);
    assert.deepEqual([guest().config["usb0"], guest().config["cpuunits"]], ["mapping=key", "500"]);
    assert.match(guest().config["scsi0"] ?? "", /mbps_rd=50/);
    assert.equal(guest().config["smbios1"], uuid);
  });

  it("refuses at preview what does not fit, and what needs a reboot where none is allowed", async () => {
    const before = args;
    change({ vcpus: 9, usb: [{ mapping: "kex" }], allowReboot: false });
    const refused = failed(await lab.stack.preview());
    assert.match(refused, /vcpus: is more than cores x sockets \(2\)/);
    assert.match(
      refused,
      /usb\[0\]\.mapping: there is no USB mapping "kex" that this stack may use; did you mean "key"/,
    );
    args = before;
    change({ bios: "ovmf", cores: 4, allowReboot: false });
    const reboot = failed(await lab.stack.preview());
    assert.match(reboot, /bios: this change needs a reboot, and allowReboot is false/);
    assert.match(reboot, /cores: this change needs a reboot/);
    args = before;
  });

  it("adds firmware, a TPM and a PCI device, and changes CPUs and memory, with exactly one reboot", async () => {
    change({
      cores: 4,
      memoryMiB: 2048,
      cpu: { type: "host", flags: ["+aes"] },
      bios: "ovmf",
      machine: "q35",
      efiDisk: { storage: "local-lvm", preEnrolledKeys: true },
      tpm: { storage: "local-lvm" },
      pci: [{ mapping: "gpu", pcie: true }],
    });
    const { announced, reboots } = await apply();
    assert.match(announced, /reboot: .*cores/);
    assert.equal(reboots, 1);
    assert.deepEqual([guest().config["cores"], guest().config["memory"]], ["4", "2048"]);
    assert.match(guest().config["efidisk0"] ?? "", /efitype=4m,pre-enrolled-keys=1/);
    assert.match(guest().config["tpmstate0"] ?? "", /version=v2.0/);
    assert.equal(guest().config["hostpci0"], "mapping=gpu,pcie=1");
    assert.deepEqual(counts(ok(await lab.stack.up())), untouched);
    assert.deepEqual(counts(ok(await lab.stack.refresh())), untouched);
  });

  it("never replaces for an EFI disk's parameters, and lets a stopped VM change where no reboot is allowed", async () => {
    const before = args;
    change({ efiDisk: { storage: "local-lvm", preEnrolledKeys: false }, cores: 2, allowReboot: false });
    assert.match(
      failed(await lab.stack.preview()),
      /efiDisk\.preEnrolledKeys: is fixed when it is made.*remove efiDisk/,
    );
    args = before;
    change({ started: false });
    assert.equal((await apply()).reboots, 0);
    change({ cores: 2, usb: undefined, pci: undefined, allowReboot: false });
    const { announced, reboots } = await apply();
    assert.match(announced, /live: .*cores/);
    assert.equal(reboots, 0);
    const { cores, usb0, hostpci0 } = guest().config;
    assert.deepEqual([cores, usb0, hostpci0], ["2", undefined, undefined]);
  });

  it("clears what is no longer set, and frees the volumes", async () => {
    args = {};
    change({ started: false });
    await apply();
    assert.ok(
      !Object.keys(guest().config).some((key) => /^(?:efidisk|tpmstate|unused|usb|net1|bios|startup)/.test(key)),
    );
    assert.deepEqual(counts(ok(await lab.stack.up())), untouched);
  });
});
