import { parseProperties, printProperties, type Properties, type PropertyFormat } from "./property-string.js";
import { formatSize, parseSize } from "./size.js";

/** A drive option of a VM, parsed. */
export interface Drive {
  /** Volume id, path, `none`, `cdrom` or `storage:SIZE` for a disk to be made. */
  file: string;
  size?: number;
  /** Everything else: `media`, `format`, `iothread` … as text. */
  options: Properties;
}

const DRIVE_FORMAT: PropertyFormat = {
  defaultKey: "file",
  aliases: {
    volume: "file",
    bps_rd_length: "bps_rd_max_length",
    bps_wr_length: "bps_wr_max_length",
    iops_rd_length: "iops_rd_max_length",
    iops_wr_length: "iops_wr_max_length",
  },
  booleans: new Set([
    "backup",
    "detect_zeroes",
    "iothread",
    "pre-enrolled-keys",
    "replicate",
    "ro",
    "scsiblock",
    "shared",
    "snapshot",
    "ssd",
  ]),
};

const range = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Names of drive options in the order in which qemu-server looks for a boot disk. */
export const driveNames: readonly string[] = [
  ...range("ide", 4),
  ...range("scsi", 31),
  ...range("virtio", 16),
  ...range("sata", 6),
  "efidisk0",
  "tpmstate0",
];

const driveNameSet = new Set(driveNames);

/** Whether the option is a drive (`unusedN` is not). */
export function isDriveName(key: string): boolean {
  return driveNameSet.has(key);
}

/** A disk to be allocated: `storage:SIZE_IN_GIB`. */
export function newDisk(file: string): { storage?: string; gigabytes: number } | undefined {
  const match = /^(?:([^/:\s]+):)?(\d+(?:\.\d+)?)$/.exec(file);
  if (!match) return undefined;
  return { ...(match[1] ? { storage: match[1] } : {}), gigabytes: Number(match[2]) };
}

// an option and the one it needs; qemu-server's parse_drive refuses the drive otherwise
const NEEDS: readonly (readonly [string, string])[] = [
  ["mbps_max", "mbps"],
  ["mbps_rd_max", "mbps_rd"],
  ["mbps_wr_max", "mbps_wr"],
  ["bps_max_length", "mbps_max"],
  ["bps_rd_max_length", "mbps_rd_max"],
  ["bps_wr_max_length", "mbps_wr_max"],
  ["iops_max_length", "iops_max"],
  ["iops_rd_max_length", "iops_rd_max"],
  ["iops_wr_max_length", "iops_wr_max"],
];

const EXCLUDE: readonly (readonly [string, string])[] = [
  ["mbps_rd", "mbps"],
  ["mbps_wr", "mbps"],
  ["iops_rd", "iops"],
  ["iops_wr", "iops"],
];

const truthy = (value: string | undefined): boolean => value !== undefined && value !== "" && value !== "0";

/** Parses a drive option; undefined where qemu-server's `parse_drive` gives up. */
export function parseDrive(key: string, text: string): Drive | undefined {
  const { file, size, ...options } = parseProperties(text, DRIVE_FORMAT);
  if (file === undefined) return undefined;
  for (const name of ["bps", "bps_rd", "bps_wr"]) {
    if (options[name] === undefined) continue;
    if (options[`m${name}`] !== undefined) return undefined;
    delete options[name];
    // whatever the value: qemu-server divides the result of `defined`, not the number
    options[`m${name}`] = (1 / (1024 * 1024)).toFixed(3);
  }
  if (NEEDS.some(([option, needed]) => truthy(options[option]) && !truthy(options[needed]))) return undefined;
  if (EXCLUDE.some(([one, other]) => truthy(options[one]) && truthy(options[other]))) return undefined;
  if (options.media === "cdrom" && (truthy(options.snapshot) || options.format || key.startsWith("virtio"))) {
    return undefined;
  }
  const bytes = size === undefined ? undefined : parseSize(size);
  if (size !== undefined && bytes === undefined) return undefined;
  return { file, ...(bytes === undefined ? {} : { size: bytes }), options };
}

/** Prints a drive as the configuration keeps it. */
export function printDrive(drive: Drive): string {
  return printProperties(
    { file: drive.file, ...drive.options, ...(drive.size === undefined ? {} : { size: formatSize(drive.size) }) },
    DRIVE_FORMAT,
  );
}

/** Whether the drive holds the generated cloud-init image. */
export function isCloudinit(drive: Drive): boolean {
  return /[:/](?:vm-\d+-)?cloudinit(?:\.(?:raw|qcow2|qcow|qed|vmdk|cloop))?$/.test(drive.file);
}

/** Whether the drive is a CD-ROM; the cloud-init drive counts as one. */
export function isCdrom(drive: Drive): boolean {
  return drive.options.media === "cdrom";
}

/** Whether the drive is a CD-ROM that is not the cloud-init drive. */
export function isPlainCdrom(drive: Drive): boolean {
  return isCdrom(drive) && !isCloudinit(drive);
}

/** The drives of a configuration section, in qemu-server's order. */
export function drivesOf(values: Readonly<Record<string, string>>): [string, Drive][] {
  const found: [string, Drive][] = [];
  for (const key of driveNames) {
    const value = values[key];
    const drive = value === undefined ? undefined : parseDrive(key, value);
    if (drive) found.push([key, drive]);
  }
  return found;
}

/** The `unusedN` volumes of a configuration section. */
export function unusedVolumes(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values)
    .filter(([key]) => /^unused\d+$/.test(key))
    .map(([key, value]) => [key, parseProperties(value, DRIVE_FORMAT).file ?? value]);
}
