import assert from "node:assert/strict";
import fc from "fast-check";
import { diskOf, driveOptions, type Disk } from "../../../../providers/vm/disks/disk.model";
import { refinedEffects } from "../../../../providers/vm/config/hardware-effects.model";
import {
  bootChange,
  hardware,
  hardwareChange,
  hardwareFromConfig,
  hardwareToConfig,
  type Hardware,
} from "../../../../providers/vm/config/hardware.model";

const record = <T extends Record<string, fc.Arbitrary<unknown>>>(
  required: T,
  more: Record<string, fc.Arbitrary<unknown>>,
) => fc.record({ ...required, ...more }, { requiredKeys: Object.keys(required), noNullPrototype: true });
const some = fc.boolean();
const text = fc.stringMatching(/^[A-Za-z][\w-]{1,10}$/);
const oneOf = (...values: string[]) => fc.constantFrom(...values);
const hex = fc.stringMatching(/^0x[0-9a-f]{4}$/);

const hardwareInputs = fc.record(
  {
    cores: fc.integer({ min: 1, max: 512 }),
    sockets: fc.integer({ min: 1, max: 16 }),
    vcpus: fc.integer({ min: 1, max: 64 }),
    cpu: fc.oneof(
      oneOf("host", "x86-64-v2-AES", "host,flags=+aes;-pcid"),
      record(
        { type: oneOf("host", "EPYC", "custom-mine") },
        {
          flags: fc.uniqueArray(oneOf("+aes", "-pcid", "+ssbd"), { minLength: 1 }),
          hidden: some,
          hvVendorId: fc.stringMatching(/^[a-z]{1,12}$/),
          physBits: fc.constant("host"),
          guestPhysBits: fc.integer({ min: 32, max: 64 }),
        },
      ),
    ),
    cpuLimit: fc.constantFrom(0, 0.5, 1.5, 128),
    cpuUnits: fc.integer({ min: 1, max: 10_000 }),
    affinity: oneOf("0", "0-3,8"),
    numa: some,
    numaNodes: fc.array(
      record(
        { cpus: oneOf("0", "0-1;3"), memoryMiB: fc.integer({ min: 1, max: 4096 }) },
        { hostNodes: oneOf("0", "0;1"), policy: oneOf("bind", "preferred", "interleave") },
      ),
      { maxLength: 8 },
    ),
    memoryMiB: fc.integer({ min: 16, max: 1_000_000 }),
    balloonMiB: fc.integer({ min: 0, max: 1_000_000 }),
    shares: fc.integer({ min: 0, max: 50_000 }),
    allowKsm: some,
    hugepages: fc.constantFrom("any" as const, 2 as const, 1024 as const),
    keepHugepages: some,
    bios: oneOf("seabios", "ovmf"),
    machine: fc.oneof(
      oneOf("pc", "q35", "pc-q35-9.2"),
      record({}, { type: oneOf("q35", "pc"), viommu: oneOf("intel", "virtio"), enableS3: some, enableS4: some }),
    ),
    smbios: record({}, { manufacturer: fc.string({ minLength: 1, maxLength: 20 }), serial: text, family: text }),
    amdSev: record({ type: oneOf("std", "es", "snp") }, { noDebug: some, allowSmt: some }),
    intelTdx: record({ attestation: some }, { vsockCid: fc.integer({ min: 2, max: 9 }) }),
    vga: fc.oneof(
      oneOf("std", "serial0", "virtio,memory=64"),
      record({ type: oneOf("std", "qxl") }, { memoryMiB: fc.integer({ min: 4, max: 512 }), clipboard: oneOf("vnc") }),
    ),
    audio: record({ device: oneOf("AC97", "intel-hda") }, { driver: oneOf("spice", "none") }),
    spice: record({}, { folderSharing: some, videoStreaming: oneOf("off", "all", "filter") }),
    keyboard: oneOf("de", "en-us"),
    pci: fc.array(
      record(
        { mapping: text },
        { pcie: some, primaryGpu: some, romBar: some, mdev: text, driver: oneOf("vfio", "keep"), vendorId: hex },
      ),
      { maxLength: 16 },
    ),
    usb: fc.array(fc.oneof(record({ mapping: text }, { usb3: some }), record({ host: oneOf("spice", "1-2.4") }, {}))),
    virtiofs: fc.array(record({ mapping: text }, { cache: oneOf("auto", "never"), directIo: some, exposeAcl: some })),
    serials: fc.array(oneOf("socket", "/dev/ttyS0"), { maxLength: 4 }),
    rng: record({ source: oneOf("/dev/urandom", "/dev/hwrng") }, { maxBytes: fc.nat(9999), periodMs: fc.nat(9999) }),
    watchdog: record({ model: oneOf("ib700", "i6300esb") }, { action: oneOf("reset", "none") }),
    tablet: some,
    sharedMemory: record({ sizeMiB: fc.integer({ min: 1, max: 99 }) }, { name: fc.stringMatching(/^[a-z]{1,9}$/) }),
    osType: oneOf("l26", "win11"),
    scsiController: oneOf("lsi", "virtio-scsi-single"),
    hotplug: fc.oneof(
      oneOf("0", "1", "network,disk"),
      fc.uniqueArray(oneOf("network", "disk", "usb", "memory", "cpu")),
    ),
    agent: fc.oneof(
      some,
      record({ enabled: some }, { type: oneOf("virtio", "isa"), fstrimClonedDisks: some, freezeFs: some }),
    ),
    onBoot: some,
    startup: fc.oneof(
      oneOf("order=2,up=30"),
      record({}, { order: fc.nat(9), upDelay: fc.nat(99), downDelay: fc.nat(99) }).filter(
        (o) => Object.keys(o).length > 0,
      ),
    ),
    protection: some,
    acpi: some,
    kvm: some,
    freeze: some,
    guestReboot: some,
    localTime: some,
    startDate: oneOf("now", "2026-01-31"),
    timeDriftFix: some,
    vmStateStorage: text,
    migrateDowntime: fc.constantFrom(0.1, 2),
    migrateSpeedMBps: fc.nat(100),
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<Partial<Hardware>>;

/** What the config says of the inputs, with the keys that the inputs have. */
const seen = (config: Record<string, string>, wanted: Partial<Hardware>): unknown => {
  const live = hardwareFromConfig(config, wanted) as Record<string, unknown>;
  const like = (value: unknown, model: unknown): unknown => {
    if (Array.isArray(model) && Array.isArray(value)) return value.map((item, i) => like(item, model[i]));
    if (model === null || typeof model !== "object" || Array.isArray(model)) return value;
    const from = value as Record<string, unknown>;
    return Object.fromEntries(Object.keys(model).map((key) => [key, like(from[key], (model as typeof from)[key])]));
  };
  return Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, like(live[key], value)]));
};

/** A config after a change. */
function changed(config: Record<string, string>, wanted: Partial<Hardware>, was: Partial<Hardware>) {
  const { set, delete: gone } = hardwareChange(config, wanted, was);
  return Object.fromEntries(Object.entries({ ...config, ...set }).filter(([key]) => !gone.includes(key)));
}

const uuid = "uuid=11111111-2222-3333-4444-555555555555";

describe("hardware", () => {
  it("that is written is read back as it was wanted, and not written again", () => {
    fc.assert(
      fc.property(hardwareInputs, (inputs) => {
        const { smbios, ...created } = inputs;
        const config = { ...hardwareToConfig(created), smbios1: uuid };
        assert.deepEqual(seen(config, created), created);
        const complete = changed(config, inputs, {});
        assert.deepEqual(seen(complete, { smbios }), { smbios });
        assert.deepEqual(hardwareChange(complete, inputs, inputs), { set: {}, delete: [] });
      }),
    );
  });

  it("becomes any other hardware in one change, and is cleared when it is no longer set", () => {
    fc.assert(
      fc.property(hardwareInputs, hardwareInputs, (before, after) => {
        const start = changed({ smbios1: uuid }, before, {});
        const next = changed(start, after, before);
        assert.deepEqual(seen(next, after), after);
        assert.deepEqual(hardwareChange(next, after, before), { set: {}, delete: [] });
        assert.deepEqual(changed(next, {}, { ...before, ...after }), { smbios1: uuid });
      }),
    );
  });

  it("keeps what the program does not manage: other options of a device, the uuid", () => {
    const config = { cpu: "host,hidden=1", agent: "1,fstrim_cloned_disks=1", smbios1: `${uuid},serial=eA==,base64=1` };
    const wanted: Partial<Hardware> = { cpu: { type: "EPYC" }, agent: true, smbios: { family: "ü" } };
    assert.deepEqual(hardwareChange(config, wanted, {}).set, {
      cpu: "EPYC,hidden=1",
      smbios1: `${uuid},serial=eA==,family=w7w=,base64=1`,
    });
    assert.deepEqual(hardwareChange(config, {}, { smbios: { serial: "x" } }), { set: { smbios1: uuid }, delete: [] });
  });

  it("is no drift in another spelling", () => {
    const same: [Partial<Hardware>, Record<string, string>][] = [
      [{ cpu: { type: "host", flags: ["+aes", "-pcid"] } }, { cpu: "cputype=host,flags=-pcid;+aes" }],
      [{ agent: { enabled: true, freezeFs: false } }, { agent: "enabled=true,guest-fsfreeze=0" }],
      [{ hotplug: ["usb", "network", "disk"] }, {}],
      [{ machine: "q35" }, { machine: "pc-q35-9.2" }],
      [{ startup: "up=3,order=1" }, { startup: "order=1,up=3" }],
      [{ agent: false, vga: "std", machine: "pc", serials: [], cores: 1 }, {}],
      [{ memoryMiB: 512 }, { memory: "current=512" }],
    ];
    for (const [wanted, config] of same) {
      assert.deepEqual(hardwareChange(config, wanted, {}), { set: {}, delete: [] });
      assert.deepEqual(seen(config, wanted), wanted);
    }
  });

  it("leaves the boot order for last", () => {
    assert.deepEqual(hardwareToConfig({ bootOrder: ["scsi0"] }), {});
    assert.deepEqual(bootChange({ boot: "order=scsi0;net0" }, { bootOrder: ["net0"] }, {}), { boot: "order=net0" });
    assert.deepEqual(bootChange({ boot: "order=net0" }, { bootOrder: ["net0"] }, {}), {});
    assert.deepEqual(bootChange({ boot: "order=net0" }, {}, {}), {});
    const devices = { ide2: "none,media=cdrom", net1: "x", scsi1: "y", sata0: "z", boot: "order=net1" };
    assert.deepEqual(bootChange(devices, {}, { bootOrder: ["net1"] }), { boot: "order=scsi1;ide2;net1" });
  });

  it("has a Proxmox key of its own for each input", () => {
    const keys = Object.values(hardware).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  });
});

describe("a disk's options", () => {
  const options = fc.record(
    {
      aio: oneOf("native", "threads"),
      backup: some,
      cache: oneOf("none", "writeback"),
      detectZeroes: some,
      discard: some,
      serial: fc.string({ minLength: 1, maxLength: 20 }),
      wwn: fc.constant("0x5000c500a0b1c2d3"),
      limits: record(
        {},
        { readMBps: fc.nat(9), readBurstMBps: fc.nat(9), writeIops: fc.nat(9), totalBurstSeconds: fc.nat(9) },
      ),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  it("are read back as they are written", () => {
    fc.assert(
      fc.property(options, (wanted) => {
        const disk = { storage: "a", ...wanted } as Disk;
        const live = diskOf("scsi0", { volume: "a:vm-1-disk-0", raw: driveOptions(disk) }, undefined);
        for (const [key, value] of Object.entries(wanted))
          if (key !== "limits" || Object.keys(wanted.limits ?? {}).length > 0)
            assert.deepEqual(live[key as keyof Disk], value, key);
      }),
    );
  });
});

describe("the effect of a change on a guest as it is", () => {
  const effects = (changes: Record<string, [unknown, unknown, "reboot" | "hot-plug"]>, config = {}, running = true) =>
    refinedEffects(
      Object.entries(changes).map(([path, [from, to, effect]]) => ({ path, from, to, effect })),
      { config, running },
    ).map(({ effect }) => effect);

  it("is live for a guest that is stopped, or will be", () => {
    assert.deepEqual(effects({ cores: [1, 2, "reboot"] }, {}, false), ["live"]);
    assert.deepEqual(effects({ cores: [1, 2, "reboot"], started: [true, false, "reboot"] }).slice(0, 1), ["live"]);
  });
  it("follows the guest's hotplug", () => {
    const all = { hotplug: "network,disk,usb,memory,cpu" };
    const changes = {
      vcpus: [1, 2, "hot-plug"],
      memoryMiB: [1024, 2048, "reboot"],
      "networks[1]": [undefined, { bridge: "b" }, "hot-plug"],
      "disks[1]": [undefined, { storage: "a" }, "hot-plug"],
      "disks[2]": [undefined, { storage: "a", slot: "sata0" }, "hot-plug"],
      "usb[0]": [undefined, { mapping: "k" }, "hot-plug"],
      tablet: [true, false, "hot-plug"],
      cores: [1, 2, "reboot"],
      "disks[0].cache": ["none", "writeback", "reboot"],
    } as Record<string, [unknown, unknown, "reboot" | "hot-plug"]>;
    const [plug, boot] = ["hot-plug", "reboot"];
    assert.deepEqual(effects(changes, { ...all, ostype: "l26" }), [
      plug,
      plug,
      plug,
      plug,
      boot,
      plug,
      plug,
      boot,
      boot,
    ]);
    assert.deepEqual(effects(changes), [boot, boot, plug, plug, boot, boot, plug, boot, boot]);
    assert.ok(effects(changes, { hotplug: "0" }).every((effect) => effect === "reboot"));
  });
  it("of ballooning and the agent depends on what there is", () => {
    assert.deepEqual(effects({ balloonMiB: [256, 512, "hot-plug"] }), ["hot-plug"]);
    assert.deepEqual(effects({ balloonMiB: [256, 0, "hot-plug"] }), ["reboot"]);
    assert.deepEqual(effects({ balloonMiB: [0, undefined, "hot-plug"] }, { balloon: "0" }), ["reboot"]);
    assert.deepEqual(effects({ "agent.fstrimClonedDisks": [false, true, "reboot"] }, { agent: "1" }), ["live"]);
    assert.deepEqual(effects({ agent: [false, true, "reboot"] }), ["reboot"]);
  });
});
