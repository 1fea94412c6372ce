import { fail } from "../fail.js";
import type { Volume, Volumes } from "../world/storage.js";
import type { World } from "../world/world.js";
import { activateStorage } from "./activation.js";
import { fileUsage, imageUsage } from "./disk-usage.js";
import { isFull, noSpace } from "./full.js";
import { backingStore, storedName, volumePath } from "./paths.js";
import { clusterOf, storageOf } from "./sections.js";
import { storageTypes } from "./storage-types.js";
import type { Storage } from "./types.js";
import { parseImageFile, parseVolumeName, volidParts, type VolumeName } from "./volume-names.js";

/** Volumes that one guest may have on a storage. */
const maximum = 1024;

interface Allocation {
  storage: string;
  vmid: number;
  /** Absent: the storage's default. */
  format?: string;
  /** Absent: the next free `vm-<vmid>-disk-<n>`. */
  name?: string;
  /** In units of 1024 bytes, as everywhere in Proxmox' storage layer. */
  kibibytes: number;
  /** Seconds since the epoch. */
  now: number;
}

/** A volume with what its id says and where the world keeps it. */
export interface FoundVolume {
  volid: string;
  storage: Storage;
  name: VolumeName;
  path: string;
  volume: Volume;
  /** The record that holds the volume, and its key there. */
  store: Volumes;
  key: string;
}

/** Creates an image (`vdisk_alloc`) and returns its id. */
export function allocate(world: World, node: string, request: Allocation): string {
  const storage = storageOf(clusterOf(world, node), request.storage);
  const type = storageTypes[storage.type];
  const format = request.format ?? String(storage.options.format ?? type.formats.default);
  activateStorage(world, node, storage.id);
  const name = request.name ?? nextName(world, node, storage, request.vmid, format);
  checkNewName(storage, request.vmid, name, format);
  const volname = type.files ? `${request.vmid}/${name}` : name;
  const store = storeOf(world, node, storage);
  const key = storedName(storage, volname);
  if (store[key]) {
    if (type.files) fail(`disk image '${volumePath(storage, volname)}' already exists`);
    fail(`volume '${name}' already exists on storage '${storage.id}'`);
  }
  if (isFull(storage.id, node)) throw noSpace(storage, name, volumePath(storage, volname));
  store[key] = newImage(format, allocatedSize(storage, request.kibibytes), request.now, preallocates(storage, format));
  store[key].tag = nextTag(world, `${storage.id}:${volname}`);
  return `${storage.id}:${volname}`;
}

/** No two volumes get the same, not even under an id that is given out again. */
function nextTag(world: World, volid: string): string {
  world.volumesMade = (world.volumesMade ?? 0) + 1;
  return `${volid}#${world.volumesMade}`;
}

/** LVM rounds up to extents of 4 MiB, rbd to MiB. */
function allocatedSize({ type }: Storage, kibibytes: number): number {
  const unit = type === "lvm" || type === "lvmthin" ? 4096 : type === "rbd" ? 1024 : 1;
  return Math.ceil(kibibytes / unit) * unit * 1024;
}

function newImage(format: string, size: number, now: number, preallocated: boolean): Volume {
  return { format, size, bytes: size, data: 0, ctime: now, ...(preallocated ? { preallocated } : {}) };
}

function preallocates({ options }: Storage, format: string): boolean {
  return format === "qcow2" && options.preallocation !== "off";
}

const unsupported: Partial<Record<Storage["type"], string>> = {
  lvmthin: "/usr/share/perl5/PVE/Storage/LvmThinPlugin.pm line 102.",
  zfspool: "/usr/share/perl5/PVE/Storage/ZFSPoolPlugin.pm line 292.",
  zfs: "/usr/share/perl5/PVE/Storage/ZFSPlugin.pm line 360.",
};

function checkNewName(storage: Storage, vmid: number, name: string, format: string): void {
  const type = storageTypes[storage.type];
  if (type.files) {
    const named = parseImageFile(name).format;
    // The unbalanced quote is Proxmox' own (alloc_image in PVE/Storage/Plugin.pm).
    if (named !== format) fail(`illegal name '${name}' - wrong extension for format ('${named} != '${format}')`);
    return;
  }
  const kind = format === "subvol" ? "subvol" : "vm";
  // rbd takes any format for raw; the others say so in Perl's own way, without a newline.
  const refusal = unsupported[storage.type];
  if (refusal && !type.formats.allowed.includes(format)) fail(`unsupported format '${format}' at ${refusal}`);
  if (!name.startsWith(`${kind}-${vmid}-`)) fail(`illegal name '${name}' - should be '${kind}-${vmid}-*'`);
}

/** The lowest free number of that guest on the storage, base images and (where subvols exist) all formats included. */
function nextName(world: World, node: string, storage: Storage, vmid: number, format: string): string {
  const type = storageTypes[storage.type];
  const suffix = type.files ? `.${format}` : "";
  const subvols = type.formats.allowed.includes("subvol");
  const pattern = new RegExp(
    subvols ? `(?:vm|base|subvol|basevol)-${vmid}-disk-(\\d+)` : `(?:vm|base)-${vmid}-disk-(\\d+)${suffix}`,
  );
  const taken = new Set(images(world, node, storage, vmid).map(({ volid }) => Number(pattern.exec(volid)?.[1] ?? -1)));
  for (let number = 0; number < maximum; number++) {
    if (!taken.has(number)) return `${format === "subvol" ? "subvol" : "vm"}-${vmid}-disk-${number}${suffix}`;
  }
  return fail(`unable to allocate an image name for VM ${vmid} in storage '${storage.id}'`);
}

/** The record of volumes behind a storage on a node, made at the first use. */
export function storeOf(world: World, node: string, storage: Storage): Volumes {
  const stores = storageTypes[storage.type].shared ? world.shared : world.nodes[node]?.volumes;
  if (!stores) throw new Error(`no node '${node}' in this world`);
  return (stores[backingStore(storage)] ??= {});
}

/**
 * Every record whose volumes a storage shows on a node. A directory marked `shared` stays a directory of each
 * node (the mark only promises that all nodes see the same), so all of them count, the node's own first.
 */
export function storesOf(world: World, node: string, storage: Storage): Volumes[] {
  const own = storeOf(world, node, storage);
  if (storageTypes[storage.type].shared || !storage.options.shared) return [own];
  const others = Object.keys(world.nodes).filter((name) => name !== node && storage.nodes?.includes(name) !== false);
  return [own, ...others.map((name) => storeOf(world, name, storage))];
}

/** The volume behind an id, or undefined when there is none; ends the request when the id makes no sense. */
export function findVolume(world: World, node: string, volid: string): FoundVolume | undefined {
  const { storage: id, name: volname } = volidParts(volid);
  const storage = storageOf(clusterOf(world, node), id);
  const name = parseVolumeName(storage, volname);
  const path = volumePath(storage, volname);
  const key = storedName(storage, volname);
  for (const store of storesOf(world, node, storage)) {
    const volume = store[key];
    if (volume) return { volid, storage, name, path, volume, store, key };
  }
  return undefined;
}

/** The volume behind an id; ends the request with `volume '…' does not exist` when there is none. */
export function existingVolume(world: World, node: string, volid: string): FoundVolume {
  return findVolume(world, node, volid) ?? fail(`volume '${volid}' does not exist`);
}

/** Images of a storage as a node sees them, of one guest or all, sorted by id. */
export function images(world: World, node: string, storage: Storage, vmid?: number): FoundVolume[] {
  const found = new Map<string, FoundVolume>();
  for (const store of storesOf(world, node, storage)) {
    for (const [key, volume] of Object.entries(store)) {
      const volname = imageName(storage, key, volume);
      if (volname === undefined || found.has(key)) continue;
      const name = parseVolumeName(storage, volname);
      if (vmid !== undefined && name.vmid !== vmid) continue;
      const path = volumePath(storage, volname);
      found.set(key, { volid: `${storage.id}:${volname}`, storage, name, path, volume, store, key });
    }
  }
  return [...found.values()].sort((a, b) => byName(a.volid, b.volid));
}

/** Proxmox sorts volume ids without regard to case. */
export function byName(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The name that a storage gives to what is stored under a key, or undefined if it is none of its images. */
function imageName({ type }: Storage, key: string, { format, parent }: Volume): string | undefined {
  if (format === undefined) return undefined;
  if (storageTypes[type].files) {
    if (!/^\d+\/[^/]+$/.test(key) || !storageTypes[type].formats.allowed.includes(format)) return undefined;
    return parent === undefined ? key : `${parent.replace(/^\.\.\//, "")}/${key}`;
  }
  if (!/^(?:vm|base|subvol|basevol)-\d+-\S+$/.test(key)) return undefined;
  return parent === undefined ? key : `${parent}/${key}`;
}

/**
 * Removes a volume (`vdisk_free`) and returns the warnings that Proxmox prints: a missing file is one, no error.
 */
export function free(world: World, node: string, volid: string): string[] {
  const { storage: id, name: volname } = volidParts(volid);
  const storage = storageOf(clusterOf(world, node), id);
  activateStorage(world, node, id);
  const base = parseVolumeName(storage, volname);
  const inUse = images(world, node, storage).some(
    ({ name }) => base.isBase && name.baseName === base.name && name.baseVmid === base.vmid,
  );
  if (inUse) fail(`base volume '${volname}' is still in use by linked clones`);
  const found = findVolume(world, node, volid);
  if (!found) {
    return storageTypes[storage.type].files ? [`disk image '${volumePath(storage, volname)}' does not exist`] : [];
  }
  if (found.volume.protected) fail(`cannot remove protected volume '${volname}' on '${id}'`);
  delete found.store[found.key];
  return [];
}

/** Turns an image into a base image (`vdisk_create_base`) and returns its new id. */
export function createBase(world: World, node: string, volid: string): string {
  const found = existingVolume(world, node, volid);
  const { storage, name } = found;
  if (storage.type === "lvm") fail("can't create base images in lvm storage");
  if (name.content !== "images") fail(`create_base on wrong vtype '${name.content}'`);
  if (name.isBase) fail("create_base not possible with base image");
  return move(found, name.vmid ?? 0, name.name.replace(/^vm-/, "base-").replace(/^subvol-/, "basevol-"));
}

/** Gives an image to another guest (`rename_volume`) and returns its new id. */
export function reassign(world: World, node: string, volid: string, vmid: number): string {
  const found = existingVolume(world, node, volid);
  return move(found, vmid, nextName(world, node, found.storage, vmid, found.name.format));
}

function move({ storage, name, volume, store, key }: FoundVolume, vmid: number, own: string): string {
  const files = storageTypes[storage.type].files;
  const stored = files ? `${vmid}/${own}` : own;
  const base = name.baseName === undefined ? "" : files ? `${name.baseVmid}/${name.baseName}/` : `${name.baseName}/`;
  if (store[stored]) fail(`file '${volumePath(storage, base + stored)}' already exists`);
  delete store[key];
  store[stored] = volume;
  return `${storage.id}:${base}${stored}`;
}

/** Makes a linked clone of a base image (`vdisk_clone`) and returns its id. */
export function linkedClone(world: World, node: string, volid: string, vmid: number, now: number): string {
  const { storage, name, volume, store } = existingVolume(world, node, volid);
  activateStorage(world, node, storage.id);
  if (storage.type === "lvm") fail("can't clone images in lvm storage");
  if (!name.isBase) fail("clone_image only works on base images");
  const files = storageTypes[storage.type].files === true;
  const format = files ? "qcow2" : name.format;
  const own = nextName(world, node, storage, vmid, format);
  const clone = newImage(format, volume.size, now, files && preallocates(storage, name.format));
  const base = files ? `${name.vmid}/${name.name}` : name.name;
  if (files) clone.parent = `../${base}`;
  else if (storage.type !== "lvmthin") clone.parent = base;
  clone.tag = volume.tag ?? volid;
  const stored = files ? `${vmid}/${own}` : own;
  if (isFull(storage.id, node)) throw noSpace(storage, own, volumePath(storage, stored));
  store[stored] = clone;
  return `${storage.id}:${clone.parent === undefined ? "" : `${base}/`}${stored}`;
}

/** Sets the virtual size of an image in bytes (`volume_resize`, padded to 1024). */
export function resize(world: World, node: string, volid: string, bytes: number): void {
  const { storage, name, volume } = existingVolume(world, node, volid);
  if (storageTypes[storage.type].files && !/\.(?:raw|qcow2)$/.test(name.name)) fail("can't resize this image format");
  volume.size = Math.ceil(bytes / 1024) * 1024;
  volume.bytes = volume.size;
}

/** What `qemu-img info` says of a volume (`volume_size_info`); undefined when it is missing. */
export function sizeInfo(world: World, node: string, volid: string) {
  const found = findVolume(world, node, volid);
  if (!found) return undefined;
  const { volume, storage, name } = found;
  if (name.content !== "images") {
    const size = volume.format === undefined || volume.format === "raw" ? roundToSectors(volume.bytes) : volume.size;
    return { size, format: volume.format ?? "raw", used: fileUsage(volume), parent: undefined };
  }
  const used = storageTypes[storage.type].files ? imageUsage(volume) : 0;
  return { size: volume.size, format: volume.format ?? "raw", used, parent: volume.parent };
}

const roundToSectors = (bytes: number) => Math.ceil(bytes / 512) * 512;
