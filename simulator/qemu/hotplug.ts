import { die, textOf } from "../errors.js";
import { regenerateCloudinit, removeDrive, type OptionErrors } from "./apply-pending.js";
import { cloudinitDrive, isCloudinitOption, recordCloudinitChange } from "./cloudinit.js";
import { moveVmAddresses, tellPlugged } from "./vnet-addresses.js";
import { writeConfig } from "./config-file.js";
import type { Log, Vm, VmContext, Work } from "./context.js";
import { isCdrom, isCloudinit, isDriveName, parseDrive, type Drive } from "./drive.js";
import { guestSystem } from "./guest-system.js";
import { hotplugFeatures } from "./hotplug-features.js";
import { memoryOf, windowsVersion } from "./machine.js";
import { parseNet } from "./network-device.js";
import { parseProperties } from "./property-string.js";
import { bridgeExists } from "./start-checks.js";
import { STATIC_MEMORY, wholeDimms } from "./start-hardware.js";
import { detachDrive } from "./unused.js";

const ALWAYS = new Set(
  (
    "description hookscript lock migrate_downtime migrate_speed name onboot protection shares startup tags " +
    "vmstatestorage"
  ).split(" "),
);
const COLD_DISK_OPTIONS = ["aio", "discard", "iothread", "queues", "product", "cache", "ssd", "vendor", "ro"];

/** Thrown for a change that has to wait for the next start. */
class Skip extends Error {}

const applied = (key: string): boolean => ALWAYS.has(key) || isCloudinitOption(key);

/** Applies to a running VM what it takes without a restart (`vmconfig_hotplug_pending`). */
export function* hotplugPending(
  context: VmContext,
  vm: Vm,
  selection: ReadonlySet<string>,
  errors: OptionErrors,
  log: Log,
): Work<void> {
  const before = { ...vm.config };
  for (const [key, value] of Object.entries(vm.pending)) {
    if (!applied(key)) continue;
    recordCloudinitChange(vm, key, vm.config[key], value);
    vm.config[key] = value;
    delete vm.pending[key];
  }
  const plug = new Plug(context, vm, log);
  for (const key of Object.keys(vm.pendingDelete).sort()) {
    if (!selection.has(key)) continue;
    try {
      yield* plug.remove(key, vm.pendingDelete[key]?.force ?? false);
    } catch (error) {
      if (!(error instanceof Skip)) errors[key] = `hotplug problem - ${textOf(error)}\n`;
      continue;
    }
    const old = vm.config[key];
    delete vm.config[key];
    recordCloudinitChange(vm, key, old);
    delete vm.pendingDelete[key];
  }
  const keys = Object.keys(vm.pending).filter((key) => selection.has(key));
  // the image is made when everything else is in place
  const isImage = (key: string): boolean => {
    const drive = isDriveName(key) ? parseDrive(key, vm.pending[key] ?? "") : undefined;
    return drive !== undefined && isCloudinit(drive);
  };
  for (const key of [...keys.filter((key) => !isImage(key)), ...keys.filter(isImage)]) {
    const value = vm.pending[key] ?? "";
    try {
      yield* plug.change(key, value);
    } catch (error) {
      if (!(error instanceof Skip)) errors[key] = `hotplug problem - ${textOf(error)}\n`;
      continue;
    }
    recordCloudinitChange(vm, key, vm.config[key], value);
    vm.config[key] = vm.pending[key] ?? value;
    delete vm.pending[key];
  }
  writeConfig(vm);
  moveVmAddresses(context, vm.vmid, before, vm.config);
  for (const key of plug.plugged) tellPlugged(context, vm.config, key);
  if (plug.features.has("cloudinit") && cloudinitDrive(vm.config) !== undefined) regenerateCloudinit(vm);
}

/** Devices of one running VM. */
class Plug {
  readonly features: ReadonlySet<string>;
  /** Network devices that came. */
  readonly plugged: string[] = [];

  constructor(
    private readonly context: VmContext,
    private readonly vm: Vm,
    private readonly log: Log,
  ) {
    this.features = hotplugFeatures(vm.config.hotplug);
  }

  *remove(key: string, force: boolean): Work<void> {
    const { config } = this.vm;
    if (applied(key) || key === "cpuunits" || key === "cpulimit") return;
    if (key === "hotplug") return skipIf(/cpu|memory/.test(config.hotplug ?? ""));
    if (key === "tablet") return this.need("usb");
    if (/^usb\d+$/.test(key)) return this.needUsb();
    if (key === "vcpus") return this.need("cpu");
    if (key === "memory") return this.need("memory");
    if (key === "balloon") return skipIf(config.balloon === "0");
    if (/^net\d+$/.test(key)) {
      this.need("network");
      return yield* this.unplug(key, key);
    }
    if (isDriveName(key)) {
      skipIf(!this.features.has("disk") || /^(efidisk|ide|sata|tpmstate)/.test(key));
      yield* this.unplugDisk(key);
      return removeDrive(this.context, this.vm, key, force, this.log);
    }
    throw new Skip();
  }

  *change(key: string, value: string): Work<void> {
    const { config, pending } = this.vm;
    if (key === "cpuunits" || key === "cpulimit") return;
    if (key === "hotplug") return skipIf(/memory|cpu/.test(value) || /memory|cpu/.test(config.hotplug ?? ""));
    if (key === "tablet") return this.need("usb");
    if (/^usb\d+$/.test(key)) return this.needUsb();
    if (key === "vcpus") return this.changeVcpus(Number(value));
    if (key === "memory") return this.changeMemory(value);
    if (key === "balloon") return skipIf((config.balloon !== "0") !== (pending.balloon !== "0"));
    if (key === "agent") return this.changeAgent(value);
    if (/^net\d+$/.test(key)) return yield* this.changeNet(key, value);
    if (isDriveName(key)) {
      skipIf(key === "efidisk0" || key === "tpmstate0");
      return yield* this.changeDisk(key, value);
    }
    throw new Skip();
  }

  private need(feature: string): void {
    skipIf(!this.features.has(feature));
  }

  private changeVcpus(wanted: number): void {
    const { config } = this.vm;
    this.need("cpu");
    if (wanted > Number(config.sockets ?? 1) * Number(config.cores ?? 1)) {
      throw die("you can't add more vcpus than maxcpus");
    }
  }

  /** Memory comes as DIMMs: what is asked for is rounded up to whole ones (`qemu_memory_hotplug`). */
  private changeMemory(value: string): void {
    this.need("memory");
    const wanted = memoryOf({ memory: value });
    const large = this.vm.config.hugepages === "1024";
    const least = STATIC_MEMORY * (large ? Number(this.vm.config.sockets ?? 1) : 1);
    if (wanted < least) throw die(`memory can't be lower than ${least} MB`);
    this.vm.pending.memory = String(wholeDimms(least, wanted, large ? 1024 : 512));
  }

  private needUsb(): void {
    const { ostype } = this.vm.config;
    skipIf(!this.features.has("usb") || (ostype !== "l26" && windowsVersion(ostype) <= 7));
  }

  private changeAgent(value: string): void {
    skipIf(!this.vm.config.agent);
    const format = { defaultKey: "enabled" };
    const old = parseProperties(this.vm.config.agent ?? "", format);
    const now = parseProperties(value, format);
    const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
    keys.delete("fstrim_cloned_disks");
    skipIf([...keys].some((key) => old[key] !== now[key]));
  }

  private *changeNet(key: string, value: string): Work<void> {
    const now = parseNet(value);
    if (this.vm.config[key] !== undefined) {
      const old = parseNet(this.vm.config[key]);
      const replugged =
        ["model", "macaddr", "queues", "mtu"].some((option) => old[option] !== now[option]) ||
        !(now.bridge && old.bridge);
      if (!replugged) {
        if (now.bridge !== old.bridge) this.assertBridge(now.bridge);
        return;
      }
      this.need("network");
      yield* this.unplug(key, key);
    }
    this.need("network");
    this.assertBridge(now.bridge);
    this.hotplugged().push(key);
    this.plugged.push(key);
  }

  private assertBridge(bridge: string | undefined): void {
    if (bridge === undefined || bridgeExists(this.context, bridge)) return;
    throw die(
      `VM ${this.vm.vmid} qmp command 'netdev_add' failed - network script ` +
        "/usr/libexec/qemu-server/pve-bridge-hotplug failed with status 512",
    );
  }

  private *changeDisk(key: string, value: string): Work<void> {
    const drive = parseDrive(key, value);
    const old = this.vm.config[key] === undefined ? undefined : parseDrive(key, this.vm.config[key]);
    if (!drive) throw new Skip();
    if (old) {
      if ((drive.options.media ?? "disk") !== (old.options.media ?? "disk")) {
        throw die("unable to change media type");
      }
      if (isCdrom(old)) {
        if (drive.file === "none" && isCloudinit(old)) detachDrive(this.context, this.vm.vmid, this.vm, old);
        return;
      }
      if (drive.file === old.file) return skipIf(this.differs(drive, old));
      this.need("disk");
      yield* this.unplugDisk(key);
      detachDrive(this.context, this.vm.vmid, this.vm, old);
    }
    skipIf(!this.features.has("disk") || /^(ide|sata)/.test(key));
    yield 200;
    this.hotplugged().push(key);
  }

  private differs(drive: Drive, old: Drive): boolean {
    return COLD_DISK_OPTIONS.some((option) => drive.options[option] !== old.options[option]);
  }

  /** With one controller per disk, the controller goes with the disk, and only a guest lets go of it. */
  private *unplugDisk(key: string): Work<void> {
    const single = key.startsWith("scsi") && this.vm.config.scsihw === "virtio-scsi-single";
    if (single) yield* this.unplug(key, `virtio${key}`, true);
    else if (key.startsWith("virtio")) yield* this.unplug(key, key);
  }

  /** Without an operating system, a device that was there at the start is never given back. */
  private *unplug(key: string, device: string, asksGuest = false): Work<void> {
    const list = this.hotplugged();
    if (!guestSystem(this.context, this.vm)?.booted && (asksGuest || !list.includes(key))) {
      yield 5000;
      throw die(`error on hot-unplugging device '${device}' - still busy in guest?`);
    }
    yield 500;
    if (list.includes(key)) list.splice(list.indexOf(key), 1);
  }

  private hotplugged(): string[] {
    const { running } = this.vm;
    if (!running) throw die(`VM ${this.vm.vmid} not running`);
    return (running.hotplugged ??= []);
  }
}

function skipIf(condition: boolean): void {
  if (condition) throw new Skip();
}
