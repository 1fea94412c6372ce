import { driveOptions, type Disk } from "./disk.model";

/** Options that a wanted disk no longer sets go back to Proxmox's defaults; the others of the live drive stay. */
export function driveString(
  volume: string,
  live: Readonly<Record<string, string>>,
  disk: Disk,
  was: Disk | undefined,
): string {
  const options: Record<string, string> = { ...live };
  delete options["size"];
  for (const key of Object.keys(was ? driveOptions(was) : {})) delete options[key];
  Object.assign(options, driveOptions(disk));
  return [volume, ...Object.entries(options).map(([key, value]) => `${key}=${value}`)].join(",");
}

/** A disk that is to be made: Proxmox allocates `storage:GiB`. */
export const newDriveString = (disk: Disk): string =>
  [
    `${disk.storage}:${disk.sizeGiB ?? 0}`,
    ...formatOption(disk),
    ...Object.entries(driveOptions(disk)).map(([k, v]) => `${k}=${v}`),
  ].join(",");

export const formatOption = (disk: Disk): string[] => (disk.format ? [`format=${disk.format}`] : []);
