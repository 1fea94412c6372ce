import { die } from "../errors.js";
import { condition } from "../faults.js";
import { fail, refuse } from "../fail.js";
import type { Volume } from "../world/storage.js";
import type { World } from "../world/world.js";
import { activateStorage } from "./activation.js";
import { imageUsage } from "./disk-usage.js";
import { clusterOf, storageOf } from "./sections.js";
import { storageTypes } from "./storage-types.js";
import type { ContentType, Storage } from "./types.js";
import { byName, findVolume, images, sizeInfo, storesOf, type FoundVolume } from "./volumes.js";
import { listedNames, parseVolid, parseVolumeName, volidParts } from "./volume-names.js";

interface ContentFilter {
  content?: string | undefined;
  vmid?: number | undefined;
}

/** A line of a storage's content. */
export interface ContentEntry {
  volid: string;
  content: string;
  format: string;
  size: number;
  used?: number;
  vmid?: number | undefined;
  parent?: string | null;
  ctime?: number;
  subtype?: string;
  notes?: string | undefined;
  protected?: number;
}

const listed = ["rootdir", "images", "vztmpl", "iso", "backup", "snippets", "import"] as const;

/** `GET /nodes/{node}/storage/{storage}/content`, before what the caller may not see is taken out. */
export function listContent(world: World, node: string, id: string, { content, vmid }: ContentFilter): ContentEntry[] {
  const cluster = clusterOf(world, node);
  const storage = storageOf(cluster, id);
  const wanted = listed.filter((type) => storage.content.includes(type) && (content === undefined || content === type));
  activateStorage(world, node, id);
  const entries = wanted.flatMap((type): ContentEntry[] => {
    if (type !== "images" && type !== "rootdir") return files(world, node, storage, type, vmid);
    return listedImages(world, node, storage, vmid)
      .filter(({ name }) => (cluster.guests[String(name.vmid)]?.type === "lxc") === (type === "rootdir"))
      .map((image) => imageEntry(storage, image, type));
  });
  return entries.sort((a, b) => byName(a.volid, b.volid));
}

/**
 * qemu-img tells of each image in a directory; the listing dies when one that was seen a moment ago is gone by then
 * (observed on pve-manager 9.2.11 while other images of the storage were deleted).
 */
function listedImages(world: World, node: string, storage: Storage, vmid: number | undefined): FoundVolume[] {
  const found = images(world, node, storage, vmid);
  const last = found.at(-1);
  if (!storageTypes[storage.type].files || !last) return found;
  if (!condition("vanishing-image", (fault) => fault.storage === undefined || fault.storage === storage.id))
    return found;
  const directory = last.path.slice(0, last.path.lastIndexOf("/"));
  const vanished = `${directory}/vm-${last.name.vmid}-disk-${found.length}.qcow2`;
  throw die(`qemu-img: Could not open '${vanished}': Could not open '${vanished}': No such file or directory`);
}

function imageEntry(storage: Storage, { volid, name, volume }: FoundVolume, content: ContentType) {
  const entry = { volid, content, format: volume.format ?? "raw", size: volume.size, vmid: name.vmid };
  const parent = volume.parent ?? null;
  if (storageTypes[storage.type].files) {
    return { ...entry, used: imageUsage(volume), parent, ctime: volume.ctime };
  }
  if (storage.type === "lvm" || storage.type === "lvmthin") return { ...entry, ctime: volume.ctime };
  return { ...entry, parent: volume.parent === undefined ? null : `${volume.parent}@__base__` };
}

/** Files other than images. Lists of one guest have no ISO images and templates, but all snippets and imports. */
function files(world: World, node: string, storage: Storage, content: ContentType, vmid: number | undefined) {
  if (vmid !== undefined && (content === "iso" || content === "vztmpl")) return [];
  const found = new Map<string, ContentEntry>();
  for (const store of storesOf(world, node, storage)) {
    for (const [key, volume] of Object.entries(store)) {
      const file = key.startsWith(`${content}/`) ? key.slice(content.length + 1) : undefined;
      const format = file === undefined || file.includes("/") ? undefined : listedFormat(content, file);
      if (format === undefined || file === undefined || found.has(key)) continue;
      if (content === "backup" && vmid !== undefined && !new RegExp(`\\S+-${vmid}-\\S+`).test(file)) continue;
      const entry = { volid: `${storage.id}:${key}`, content, format, size: volume.bytes, ctime: volume.ctime };
      found.set(key, { ...entry, ...(content === "backup" ? backupFields(file, volume, vmid) : {}) });
    }
  }
  return [...found.values()];
}

function listedFormat(content: ContentType, file: string): string | undefined {
  switch (content) {
    case "snippets":
      return "snippet";
    case "iso":
      return listedNames.iso.test(file) ? "iso" : undefined;
    case "vztmpl": {
      const match = listedNames.vztmpl.exec(file);
      return match ? (match[1] ?? `t${match[2]}`) : undefined;
    }
    case "backup":
      return listedNames.backup.exec(file)?.[1];
    case "import":
      return listedNames.import.exec(file)?.[1];
    default:
      return undefined;
  }
}

/** `vzdump-qemu-100-2026_01_31-12_00_00.vma.zst` says type, guest and time of a backup. */
export function backupName(file: string): { type: string; vmid: number; ctime: number } | undefined {
  const match = /^vzdump-(lxc|openvz|qemu)-(\d+)-(\d{4})_(\d\d)_(\d\d)-(\d\d)_(\d\d)_(\d\d)\./.exec(file);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(3).map(Number);
  const ctime = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  return { type: match[1] ?? "", vmid: Number(match[2]), ctime };
}

function backupFields(file: string, volume: Volume, vmid: number | undefined) {
  const named = backupName(file);
  const owner = vmid ?? (/-([1-9]\d{2,8})-[^/]+$/.exec(file)?.[1] === undefined ? undefined : named?.vmid);
  return {
    subtype: named?.type ?? "unknown",
    ctime: named?.ctime ?? volume.ctime,
    ...(owner === undefined ? {} : { vmid: owner }),
    ...(volume.notes === undefined ? {} : { notes: volume.notes.split("\n")[0] }),
    ...(volume.protected ? { protected: 1 } : {}),
  };
}

/** The full volume id of a `{volume}` in a path: the storage may be left out there, but not be another one. */
export function volidOf(id: string, volume: string): string {
  if (!volume.includes(":")) return `${id}:${volume}`;
  const storage = parseVolid(volume)?.storage;
  if (storage === undefined) return refuse({ volume: `unable to parse volume ID '${volume}'\n` });
  return storage === id ? volume : refuse({ volume: `storage ID mismatch (${storage} != ${id})\n` });
}

/** `GET /nodes/{node}/storage/{storage}/content/{volume}`. */
export function volumeInfo(world: World, node: string, volid: string): Record<string, unknown> {
  const { storage: id, name: volname } = volidParts(volid);
  const { content } = parseVolumeName(storageOf(clusterOf(world, node), id), volname);
  const info = sizeInfo(world, node, volid) ?? fail(`volume_size_info on '${volid}' failed - no format`);
  if (info.size === 0 && info.format !== "subvol") throw die(`volume '${volid}' has size zero`);
  const found = findVolume(world, node, volid);
  const attributes = { notes: found?.volume.notes ?? "", protected: found?.volume.protected ? 1 : 0 };
  return {
    path: found?.path,
    size: info.size,
    used: info.used,
    format: info.format,
    ...(content === "backup" ? attributes : {}),
  };
}

/** `PUT /nodes/{node}/storage/{storage}/content/{volume}`: only backups have notes and protection. */
export function updateVolume(
  world: World,
  node: string,
  volid: string,
  { notes, protect }: { notes?: string | undefined; protect?: boolean | undefined },
): void {
  const { storage: id, name: volname } = volidParts(volid);
  const { content } = parseVolumeName(storageOf(clusterOf(world, node), id), volname);
  const volume = findVolume(world, node, volid)?.volume;
  if (notes !== undefined) {
    if (content !== "backup") throw die("only backups can have notes");
    if (volume && notes !== "") volume.notes = notes;
    else if (volume) delete volume.notes;
  }
  if (protect !== undefined) {
    if (content !== "backup") throw die("only backups support attribute 'protected'");
    if (volume && protect) volume.protected = true;
    else if (volume) delete volume.protected;
  }
}
