import { drivesOf, isCdrom, isDriveName, isPlainCdrom, parseDrive } from "./drive.js";
import { netIndices } from "./network-device.js";
import { parseProperties, splitList } from "./property-string.js";

type Values = Readonly<Record<string, string>>;

const parseBoot = (text: string) => parseProperties(text, { defaultKey: "legacy" });

/** The devices of an explicit boot order; empty when there is none. */
export function bootDevices(values: Values): string[] {
  return values.boot === undefined ? [] : splitList(parseBoot(values.boot).order);
}

/** Prints a boot order; no devices print as the empty text. */
export function printBootOrder(devices: readonly string[]): string {
  return devices.length === 0 ? "" : `order=${devices.join(";")}`;
}

/** The order a new VM gets: first disk, first CD-ROM, first network device. */
export function defaultBootDevices(values: Values): string[] {
  const drives = drivesOf(values).filter(([key]) => key !== "efidisk0" && key !== "tpmstate0");
  const disk = drives.find(([, drive]) => !isCdrom(drive));
  const cdrom = drives.find(([, drive]) => isCdrom(drive));
  const net = netIndices(values)[0];
  return [disk?.[0], cdrom?.[0], net === undefined ? undefined : `net${net}`].filter(
    (device): device is string => device !== undefined,
  );
}

/** Size of the disk that a VM boots from: `maxdisk` in lists; 0 without an order that names one. */
export function bootDiskSize(values: Values): number {
  const boot = values.boot === undefined ? {} : parseBoot(values.boot);
  const explicit = splitList(boot.order).filter(isDriveName);
  const legacy = values.bootdisk === undefined ? [] : [values.bootdisk];
  for (const key of values.boot === undefined || boot.legacy !== undefined ? legacy : explicit) {
    const drive = values[key] === undefined ? undefined : parseDrive(key, values[key]);
    if (drive && !isCdrom(drive)) return drive.size ?? 0;
  }
  return 0;
}

/** All devices in the order in which the VM tries them, legacy letters resolved. */
export function effectiveBootOrder(values: Values): string[] {
  const boot = values.boot === undefined ? {} : parseBoot(values.boot);
  if (boot.order) return splitList(boot.order);
  const letters = (boot.legacy ?? "cdn").split("");
  const drives = drivesOf(values);
  const byLetter: Record<string, string[]> = {
    c: drives.filter(([key, drive]) => !isPlainCdrom(drive) && values.bootdisk === key).map(([key]) => key),
    d: drives.filter(([, drive]) => isPlainCdrom(drive)).map(([key]) => key),
    n: netIndices(values).map((index) => `net${index}`),
  };
  return letters.flatMap((letter) => byLetter[letter] ?? []);
}
