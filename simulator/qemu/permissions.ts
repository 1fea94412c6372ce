import { checkTagChange } from "../tag-access.js";
import { die } from "../errors.js";
import { runningSdn } from "../sdn/sdn.js";
import type { VmContext } from "./context.js";
import type { Section } from "./config-file.js";
import { isCloudinitOption } from "./cloudinit.js";
import { isCloudinit, isDriveName, isPlainCdrom, parseDrive } from "./drive.js";
import { parseNet } from "./network-device.js";
import { parseProperties, splitList } from "./property-string.js";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const CPU = words("cores cpu runningcpu cpulimit cpuunits numa smp sockets vcpus");
const MEMORY = words("memory balloon shares allow-ksm");
const HARDWARE = words("acpi hotplug kvm machine runningmachine scsihw smbios1 tablet vga watchdog audio0 rng0");
const GENERAL = words(
  "agent autostart bios description keyboard localtime migrate_downtime migrate_speed name onboot ostype protection " +
    "reboot startdate startup tdf template",
);
const DISK = words("boot bootdisk vmstatestorage");
// their rights depend on the value
const BY_VALUE = /^(?:unused|serial|usb|hostpci|virtiofs)\d+$/;

/** Checks the right to change options whatever their values (`check_vm_modify_config_perm`). */
export function checkOptions(
  context: VmContext,
  vmid: number,
  pool: string | undefined,
  keys: readonly string[],
): void {
  const { rights } = context;
  if (rights.isRoot) return;
  const need = (...privileges: string[]): void => rights.checkVm(vmid, pool, ...privileges);
  for (const key of keys) {
    if (isDriveName(key) || key === "cdrom" || key === "tags" || BY_VALUE.test(key)) continue;
    if (CPU.has(key) || /^numa\d+$/.test(key)) need("VM.Config.CPU");
    else if (MEMORY.has(key)) need("VM.Config.Memory");
    else if (HARDWARE.has(key)) need("VM.Config.HWType");
    else if (GENERAL.has(key)) {
      need("VM.Config.Options");
      if (key === "startup") rights.check("/", "Sys.Modify");
    } else if (key === "freeze") need("VM.PowerMgmt");
    else if (DISK.has(key)) need("VM.Config.Disk");
    else if (/^net\d+$/.test(key) || key === "running-nets-host-mtu") need("VM.Config.Network");
    else if (isCloudinitOption(key)) {
      if (!rights.hasVm(vmid, pool, "VM.Config.Cloudinit") && !rights.hasVm(vmid, pool, "VM.Config.Network")) {
        rights.checkAny(`/vms/${vmid}`, "VM.Config.Cloudinit", "VM.Config.Network");
      }
    } else if (key === "vmstate") need("VM.Config.Disk", "VM.PowerMgmt");
    else throw die(`only root can set '${key}' config`);
  }
}

/** Checks the right to devices of the host: real ports and unmapped devices are root's. */
export function checkDevice(
  context: VmContext,
  vmid: number,
  pool: string | undefined,
  key: string,
  value: string,
  verb = "set",
): void {
  const { rights } = context;
  if (rights.isRoot) return;
  if (/^serial\d+$/.test(key)) {
    if (value !== "socket") throw die(`only root can ${verb} '${key}' config for real devices`);
    rights.checkVm(vmid, pool, "VM.Config.HWType");
  } else if (/^usb\d+$/.test(key)) {
    rights.checkVm(vmid, pool, "VM.Config.HWType");
    checkMapped(context, key, parseProperties(value, { defaultKey: "host" }), "usb", "real", /^spice$/i);
  } else if (/^hostpci\d+$/.test(key)) {
    checkMapped(context, key, parseProperties(value, { defaultKey: "host" }), "pci", "non-mapped");
    rights.checkVm(vmid, pool, "VM.Config.HWType");
  } else if (/^rng\d+$/.test(key)) {
    rights.checkVm(vmid, pool, "VM.Config.HWType");
    if (parseProperties(value, { defaultKey: "source" }).source === "/dev/hwrng") {
      rights.check("/mapping/hwrng", "Mapping.Use");
    }
  } else if (/^virtiofs\d+$/.test(key)) {
    rights.checkVm(vmid, pool, "VM.Config.Disk");
    rights.check(`/mapping/dir/${parseProperties(value, { defaultKey: "dirid" }).dirid ?? ""}`, "Mapping.Use");
  }
}

function checkMapped(
  context: VmContext,
  key: string,
  device: Readonly<Record<string, string>>,
  kind: string,
  label: string,
  free?: RegExp,
): void {
  if (device.host) {
    if (!free?.test(device.host)) throw die(`only root can set '${key}' config for ${label} devices`);
  } else if (device.mapping) context.rights.check(`/mapping/${kind}/${device.mapping}`, "Mapping.Use");
  else throw die("either 'host' or 'mapping' must be set.");
}

/** Checks the right to a drive: cloud-init, CD-ROM or disk. */
export function checkDrive(context: VmContext, vmid: number, key: string, value: string): void {
  if (context.rights.isRoot) return;
  const drive = parseDrive(key, value);
  if (!drive) return;
  if (isCloudinit(drive)) context.rights.checkVm(vmid, undefined, "VM.Config.Cloudinit", "VM.Config.CDROM");
  else context.rights.checkVm(vmid, undefined, isPlainCdrom(drive) ? "VM.Config.CDROM" : "VM.Config.Disk");
}

/** Checks the right to the bridges (and VLANs) of all network devices. */
export function checkBridges(context: VmContext, section: Section): void {
  if (context.rights.isRoot) return;
  for (const key of Object.keys(section).sort()) {
    if (!/^net\d+$/.test(key)) continue;
    const { bridge, tag, trunks } = parseNet(section[key] ?? "");
    if (bridge === undefined) continue;
    const zone = runningSdn(context.cluster).vnets[bridge]?.["zone"] ?? "localnetwork";
    const path = `/sdn/zones/${String(zone)}/${bridge}`;
    if (tag) context.rights.check(`${path}/${tag}`, "SDN.Use");
    for (const vlan of trunkTags(trunks)) context.rights.check(`${path}/${vlan}`, "SDN.Use");
    if (!tag && !trunks) context.rights.check(path, "SDN.Use");
  }
}

function trunkTags(trunks: string | undefined): number[] {
  return splitList(trunks).flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Checks the right to a custom CPU model. */
export function checkCpuModel(context: VmContext, cpu: string | undefined, before?: string): void {
  if (cpu === undefined) return;
  const model = parseProperties(cpu, { defaultKey: "cputype" }).cputype;
  if (model === undefined || parseProperties(before ?? "", { defaultKey: "cputype" }).cputype === model) return;
  const custom = /^custom-(.+)$/.exec(model);
  if (custom) context.rights.check(`/mapping/cpu/${custom[1] as string}`, "Mapping.Use");
}

/** Checks the right to change tags: free-form for everyone unless the data center restricts them. */
export function checkTags(context: VmContext, vmid: number, before = "", after = ""): void {
  context.rights.checkVm(vmid, undefined, "VM.Config.Options");
  checkTagChange(context.cluster, context.rights, before, after);
}
