import { die, paramError } from "../errors.js";
import type { Section } from "./config-file.js";
import type { VmContext } from "./context.js";
import { isCdrom, isDriveName, newDisk, parseDrive, printDrive, type Drive } from "./drive.js";

/** `cdrom` is another name of `ide2`. */
export function resolveCdromAlias(params: Section): void {
  const { cdrom } = params;
  if (!cdrom) return;
  params.ide2 = cdrom.includes("media=") ? cdrom : `${cdrom},media=cdrom`;
  delete params.cdrom;
}

/** Storage and name of a volume id, or undefined for paths, `none` and the like. */
export function splitVolid(volid: string): { storage: string; name: string } | undefined {
  const match = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(.+)$/i.exec(volid);
  return match ? { storage: match[1] as string, name: match[2] as string } : undefined;
}

/** Checks drives of a request and prints them as they will be stored (`check_drive_param`). */
export function checkDriveParams(context: VmContext, params: Section): void {
  for (const key of Object.keys(params).sort()) {
    if (!isDriveName(key)) continue;
    const drive = parseDrive(key, params[key] ?? "");
    if (!drive) throw paramError({ [key]: "unable to parse drive options" });
    if (drive.options["import-from"]) checkImportSyntax(key, drive);
    toVolumeId(context, key, drive);
    const volume = splitVolid(drive.file);
    if (volume && !newDisk(drive.file) && volume.name !== "cloudinit") {
      if (context.disks.parse(drive.file).content === "iso" && !isCdrom(drive)) {
        throw paramError({ [key]: "explicit 'media=cdrom' is required for iso images" });
      }
    }
    params[key] = printDrive(drive);
  }
}

function checkImportSyntax(key: string, drive: Drive): void {
  if (newDisk(drive.file)?.gigabytes !== 0) {
    throw paramError({
      [key]: "'import-from' requires special syntax - use <storage ID>:0,import-from=<source>",
    });
  }
  const required = key === "efidisk0" ? ["efitype", "pre-enrolled-keys"] : key === "tpmstate0" ? ["version"] : [];
  for (const option of required) {
    if (drive.options[option] === undefined) {
      throw paramError({ [key]: `need to specify '${option}' when using 'import-from'` });
    }
  }
}

/** A path into a storage becomes a volume id (`cleanup_drive_path`). */
function toVolumeId(context: VmContext, key: string, drive: Drive): void {
  const { file } = drive;
  if (!/^(cdrom|none)$/.test(file) && !file.startsWith("/dev/") && !/^[^:]+:.+$/.test(file) && !/^\d+$/.test(file)) {
    const found = context.disks.fromPath(file);
    if (!found) throw paramError({ [key]: `unable to associate path '${file}' to any storage` });
    if (!drive.options.media && found.content === "iso") drive.options.media = "cdrom";
    const expected = { disk: "images", cdrom: "iso" }[drive.options.media ?? ""];
    if (expected && expected !== found.content) {
      throw paramError({ [key]: `unexpected media type (${found.content} != ${expected})` });
    }
    drive.file = found.volid;
  }
  if (!drive.options.media && /^(cdrom|none)$/.test(drive.file)) drive.options.media = "cdrom";
}

/** Checks that the caller may use the storages and volumes that drives name (`check_storage_access`). */
export function checkStorageAccess(
  context: VmContext,
  vmid: number,
  params: Section,
  defaultStorage?: string,
  extractionStorage?: string,
): void {
  const { rights } = context;
  for (const key of Object.keys(params).sort()) {
    if (!isDriveName(key)) continue;
    const drive = parseDrive(key, params[key] ?? "");
    if (!drive) continue;
    checkTarget(context, vmid, key, drive, defaultStorage);
    const source = drive.options["import-from"];
    if (source) checkImportSource(context, vmid, key, source, extractionStorage);
  }
  for (const key of Object.keys(params).sort()) {
    if (!/^unused\d+$/.test(key)) continue;
    const volid = (params[key] ?? "").replace(/^(?:file|volume)=/, "");
    if (!splitVolid(volid)) throw paramError({ [key]: `not a valid volid: ${volid}` });
    checkVolumeAccess(context, vmid, volid, "images");
  }
  if (params.vmstatestorage !== undefined) {
    rights.check(`/storage/${params.vmstatestorage}`, "Datastore.AllocateSpace");
  }
}

function checkTarget(
  context: VmContext,
  vmid: number,
  key: string,
  drive: Drive,
  defaultStorage: string | undefined,
): void {
  const { disks, rights } = context;
  const { file } = drive;
  const volume = splitVolid(file);
  if (file === "none" || file === "cloudinit" || volume?.name === "cloudinit") return;
  if (isCdrom(drive) && file === "cdrom") return rights.check("/", "Sys.Console");
  const disk = isCdrom(drive) ? undefined : newDisk(file);
  if (disk) {
    const storage = disk.storage ?? defaultStorage;
    if (!storage) throw die("no storage ID specified (and no default storage)");
    rights.check(`/storage/${storage}`, "Datastore.AllocateSpace");
    if (!disks.storage(storage).content.has("images")) {
      throw paramError({ storage: `storage '${storage}' does not support vm images` });
    }
    return;
  }
  checkVolumeAccess(context, vmid, file);
  if (volume && !["images", "iso"].includes(disks.parse(file).content)) {
    throw paramError({ [key]: "content type needs to be 'images' or 'iso'" });
  }
}

function checkImportSource(
  context: VmContext,
  vmid: number,
  key: string,
  source: string,
  extractionStorage: string | undefined,
): void {
  const { disks, rights } = context;
  const split = splitVolid(source);
  let owner: number | undefined;
  if (split) {
    disks.storage(split.storage);
    const parsed = disks.parse(source);
    owner = parsed.vmid;
    if (!["images", "import"].includes(parsed.content)) {
      throw paramError({
        [key]: `${source} has wrong type '${parsed.content}' - needs to be 'images' or 'import'`,
      });
    }
    if (parsed.format.startsWith("ova+")) {
      const id = extractionStorage ?? split.storage;
      const storage = disks.storage(id);
      if (!storage.content.has("images") || !storage.files) {
        throw paramError({
          [extractionStorage === undefined ? key : "import-working-storage"]:
            `import working storage '${id}' does not support 'images' content type or is not file based.`,
        });
      }
      rights.check(`/storage/${id}`, "Datastore.AllocateSpace");
    }
  }
  if (owner !== undefined) rights.check(`/vms/${owner}`, "VM.Clone");
  else checkVolumeAccess(context, vmid, source);
}

/** Checks that the caller may use an existing volume for a VM (`PVE::Storage::check_volume_access`). */
export function checkVolumeAccess(context: VmContext, vmid: number, volid: string, type?: string): void {
  const { disks, rights } = context;
  const split = splitVolid(volid);
  if (!split) {
    if (!rights.isRoot)
      throw die("Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651.");
    return;
  }
  const { content, vmid: owner } = disks.parse(volid);
  if (type !== undefined && content !== type) {
    throw die(`unable to use volume ${volid} - content type needs to be '${type}'`);
  }
  const path = `/storage/${split.storage}`;
  if (rights.has(path, "Datastore.Allocate")) return;
  if (["iso", "vztmpl", "import"].includes(content)) {
    rights.checkAny(path, "Datastore.AllocateSpace", "Datastore.Audit");
  } else if (owner === vmid) {
    return;
  } else if (content === "backup" && owner !== undefined) {
    rights.check(path, "Datastore.AllocateSpace");
    rights.check(`/vms/${owner}`, "VM.Backup");
  } else if (content === "images" && owner !== undefined) {
    rights.check(path, "Datastore.Audit");
    rights.check(`/vms/${owner}`, "VM.Config.Disk");
  } else throw die(`missing privileges to access ${volid}`);
}
