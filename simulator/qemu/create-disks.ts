import { die, textOf } from "../errors.js";
import { CLOUDINIT_SIZE, cloudinitDrive } from "./cloudinit.js";
import type { Section } from "./config-file.js";
import { isTemplate, type Log, type VmContext, type Work } from "./context.js";
import { isCloudinit, isDriveName, newDisk, parseDrive, printDrive, type Drive } from "./drive.js";
import { checkVolumeAccess, splitVolid } from "./drive-params.js";
import { convertImage, firmwareLines } from "./image-copy.js";

/** Size of the EFI variables, whatever size was asked for. */
export const EFI_VARS_SIZE = 540672;
/** Size of a TPM's state. */
export const TPM_STATE_SIZE = 4 * 1024 * 1024;

/** The VM for which disks are made. */
interface DiskOwner {
  readonly vmid: number;
  readonly config: Section;
  readonly pending?: Section;
}

/**
 * Makes the disks that a request's drives ask for, imports included, and returns the drives as they are stored
 * (`create_disks`). When one fails, those already made are removed; a firmware's volume that failed half-way stays.
 */
export function* createDisks(
  context: VmContext,
  owner: DiskOwner,
  params: Section,
  log: Log,
  defaultStorage?: string,
): Work<{ volids: string[]; drives: Section }> {
  const volids: string[] = [];
  const drives: Section = {};
  try {
    for (const key of Object.keys(params).sort()) {
      const drive = isDriveName(key) ? parseDrive(key, params[key] ?? "") : undefined;
      if (!drive) continue;
      const made = yield* createDisk(context, owner, key, drive, drives, volids, log, defaultStorage);
      drives[key] = printDrive(drive);
      if (made) log(`${key}: successfully created disk '${drives[key]}'`);
    }
  } catch (error) {
    for (const volid of volids) for (const warning of context.disks.free(volid)) log(warning);
    throw error;
  }
  return { volids, drives };
}

/** True when a volume was made. */
function* createDisk(
  context: VmContext,
  owner: DiskOwner,
  key: string,
  drive: Drive,
  drives: Section,
  volids: string[],
  log: Log,
  defaultStorage: string | undefined,
): Work<boolean> {
  const volume = splitVolid(drive.file);
  if (drive.file === "none" || drive.file === "cdrom") {
    delete drive.size;
    return false;
  }
  if (volume?.name === "cloudinit") {
    assertNoOtherCloudinit(owner, key, drives);
    yield 100;
    volids.push(allocateCloudinit(context, owner.vmid, volume.storage, drive, log));
    return true;
  }
  const disk = newDisk(drive.file);
  if (!disk) {
    attachVolume(context, owner, key, drive, drives);
    return false;
  }
  const storage = disk.storage ?? defaultStorage;
  if (!storage) throw die("no storage ID specified (and no default storage)");
  const source = drive.options["import-from"];
  const volid =
    source === undefined
      ? yield* allocateNew(context, owner.vmid, storage, key, disk.gigabytes, drive, log)
      : yield* importDisk(context, owner.vmid, storage, key, source, drive, log);
  drive.file = isTemplate(owner.config) ? context.disks.makeBase(volid) : volid;
  volids.push(drive.file);
  delete drive.options.format;
  delete drive.options["import-from"];
  return true;
}

function assertNoOtherCloudinit(owner: DiskOwner, key: string, drives: Section): void {
  const other =
    cloudinitDrive(owner.config, key) ?? cloudinitDrive(owner.pending ?? {}, key) ?? cloudinitDrive(drives, key);
  if (other) throw die(`${key} - cloud-init drive is already attached at '${other}'`);
}

function allocateCloudinit(context: VmContext, vmid: number, id: string, drive: Drive, log: Log): string {
  const storage = context.disks.storage(id);
  const format = drive.options.format ?? (storage.files ? "qcow2" : "raw");
  const name = `vm-${vmid}-cloudinit${storage.files ? `.${format}` : ""}`;
  const made = context.disks.allocate(id, { vmid, format, name, size: CLOUDINIT_SIZE });
  made.log.forEach(log);
  drive.file = made.volid;
  drive.options.media = "cdrom";
  delete drive.options.format;
  return made.volid;
}

function attachVolume(context: VmContext, owner: DiskOwner, key: string, drive: Drive, drives: Section): void {
  const { disks } = context;
  checkVolumeAccess(context, owner.vmid, drive.file);
  if (splitVolid(drive.file)) {
    const { content, format } = disks.parse(drive.file);
    if (content !== "images" && content !== "iso") {
      throw die(`cannot use volume ${drive.file} - content type needs to be 'images' or 'iso'`);
    }
    if (drive.options.format && drive.options.format !== format) {
      throw die(
        `drive '${key}' - volume '${drive.file}' - 'format=${drive.options.format}' option different from storage ` +
          `format '${format}'`,
      );
    }
    if (isCloudinit(drive)) assertNoOtherCloudinit(owner, key, drives);
    const found = disks.find(drive.file);
    if (!found) throw die(`volume '${drive.file}' does not exist`);
    if (found.size === 0) throw die(`volume ${drive.file} does not exist`);
    drive.size = found.size;
  } else throw die(`volume ${drive.file} does not exist`);
}

function* allocateNew(
  context: VmContext,
  vmid: number,
  storage: string,
  key: string,
  gigabytes: number,
  drive: Drive,
  log: Log,
): Work<string> {
  const { disks } = context;
  const format = drive.options.format ?? disks.defaultFormat(storage);
  const asked = Math.ceil(gigabytes * 1024 * 1024) * 1024;
  const size = key === "efidisk0" ? EFI_VARS_SIZE : key === "tpmstate0" ? TPM_STATE_SIZE : asked;
  yield 100;
  const made = disks.allocate(storage, { vmid, format, size });
  made.log.forEach(log);
  if (key === "efidisk0") {
    firmwareLines(EFI_VARS_SIZE).forEach(log);
    if (drive.options["pre-enrolled-keys"] === "1") {
      log("INFO: reading raw edk2 varstore from /usr/share/pve-edk2-firmware//OVMF_VARS_4M.ms.fd");
      log("INFO: var store range: 0x64 -> 0x40000");
    }
  }
  // the volume may be larger: LVM rounds up to extents
  drive.size = key === "efidisk0" ? (disks.find(made.volid)?.size ?? size) : size;
  return made.volid;
}

function* importDisk(
  context: VmContext,
  vmid: number,
  storage: string,
  key: string,
  source: string,
  drive: Drive,
  log: Log,
): Work<string> {
  const { disks } = context;
  const managed = splitVolid(source) !== undefined;
  const volid = managed ? source : disks.fromPath(source)?.volid;
  const volume = volid === undefined ? undefined : disks.find(volid);
  if (volid === undefined || (!volume && !managed)) throw die(`can't find file '${source}'`);
  if (!volume) {
    const missing = `failed to stat '${disks.path(volid)}'`;
    throw die(disks.parse(volid).content === "import" ? missing : `cannot import from '${source}' - ${missing}`);
  }
  if (managed && isCloudinit({ file: volid, options: {} })) {
    throw die(`cannot import from '${source}' - cannot import from cloudinit disk`);
  }
  const wanted = drive.options.format;
  const format = disks.resolveFormat(storage, wanted ?? (managed ? volume.format : undefined));
  if (managed) log(`create full clone of drive (${source})`);
  const size = key === "efidisk0" ? EFI_VARS_SIZE : key === "tpmstate0" ? TPM_STATE_SIZE : volume.size;
  const made = disks.allocate(storage, { vmid, format, size });
  made.log.forEach(log);
  if (managed) log(`allocated target volume '${made.volid}'`);
  try {
    if (key !== "efidisk0") yield* convertImage(disks, volid, made.volid, log);
  } catch (error) {
    for (const warning of disks.free(made.volid)) log(warning);
    throw managed ? die(`cannot import from '${source}' - ${textOf(error)}`) : error;
  }
  drive.size = disks.find(made.volid)?.size ?? size;
  return made.volid;
}
