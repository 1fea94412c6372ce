import { die } from "../errors.js";
import type { VmConfig } from "./config-file.js";
import type { Log, VmContext } from "./context.js";
import { drivesOf, isCdrom, isCloudinit, isPlainCdrom, type Drive } from "./drive.js";
import { splitVolid } from "./drive-params.js";

const MAX_UNUSED = 256;

/** Whether the VM owns the volume: its id says so. */
function ownsVolume(context: VmContext, vmid: number, volid: string): boolean {
  const split = splitVolid(volid);
  if (!split || !context.disks.storageIds().includes(split.storage)) return false;
  return context.disks.parse(volid).vmid === vmid;
}

/** Adds a volume under the lowest free `unusedN`, once; returns the key. */
export function addUnused(file: VmConfig, volid: string): string | undefined {
  let free: string | undefined;
  for (let index = MAX_UNUSED - 1; index >= 0; index--) {
    const key = `unused${index}`;
    if (file.config[key] === volid) return undefined;
    if (!file.config[key]) free = key;
  }
  if (!free) throw die("Too many unused volumes - please delete them first.");
  file.config[free] = volid;
  return free;
}

/** What becomes of a drive that is taken away: an own disk is kept as unused, the cloud-init image goes. */
export function detachDrive(context: VmContext, vmid: number, file: VmConfig, drive: Drive): void {
  if (isCloudinit(drive)) {
    context.disks.free(drive.file);
    delete file.cloudinit;
  } else if (!isCdrom(drive) && ownsVolume(context, vmid, drive.file)) addUnused(file, drive.file);
}

/** Whether a disk of the configuration or of a snapshot uses the volume. */
export function volumeInUse(file: VmConfig, volid: string, except?: string): boolean {
  const uses = (section: Readonly<Record<string, string>>, skip?: string): boolean =>
    drivesOf(section).some(([key, drive]) => key !== skip && !isCdrom(drive) && drive.file === volid);
  return uses(file.config, except) || Object.values(file.snapshots).some((snapshot) => uses(snapshot.config));
}

/** Removes the volume of an unused or forcibly deleted drive; whether the entry may go. */
export function destroyDrive(
  context: VmContext,
  vmid: number,
  file: VmConfig,
  key: string,
  drive: Drive,
  log: Log,
): boolean {
  if (isPlainCdrom(drive)) return false;
  if (!ownsVolume(context, vmid, drive.file)) return true;
  const storage = splitVolid(drive.file)?.storage ?? "";
  context.rights.check(`/storage/${storage}`, "Datastore.AllocateSpace");
  if (volumeInUse(file, drive.file, key)) {
    throw die(`unable to delete '${drive.file}' - volume is still in use (snapshot?)`);
  }
  context.disks.free(drive.file).forEach(log);
  return true;
}
