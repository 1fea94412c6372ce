import { die } from "../errors.js";
import { hasFeature, type VolumeFeature } from "../storage/features.js";
import { startCopy, type Copying } from "../storage/media.js";
import { contentDirectory, pathOf } from "../storage/paths.js";
import { enabledStorage, isEnabled, storageOf, storages } from "../storage/sections.js";
import { storageTypes } from "../storage/storage-types.js";
import type { ContentType, Storage } from "../storage/types.js";
import { parseVolumeName, volidParts } from "../storage/volume-names.js";
import {
  allocate,
  createBase,
  existingVolume,
  findVolume,
  free,
  images,
  linkedClone,
  reassign,
  resize,
} from "../storage/volumes.js";
import type { Cluster, World } from "../world/world.js";
import type { DiskStorage, DiskStore, DiskVolume, MadeVolume } from "./disk-store.js";

const CONTENT_WITH_PATHS: readonly ContentType[] = ["images", "iso", "vztmpl", "backup", "snippets", "import"];

/** The volumes of a simulated node. */
export class WorldDisks implements DiskStore {
  constructor(
    private readonly world: World,
    private readonly cluster: Cluster,
    private readonly node: string,
    private readonly now: () => number,
  ) {}

  storage(id: string): DiskStorage {
    return asDiskStorage(storageOf(this.cluster, id));
  }

  usableStorage(id: string, node = this.node): DiskStorage {
    storageOf(this.cluster, id);
    return asDiskStorage(enabledStorage(this.world, node, id));
  }

  isAvailable(id: string, node: string): boolean {
    return isEnabled(storageOf(this.cluster, id), node);
  }

  storageIds(): readonly string[] {
    return storages(this.cluster).map(({ id }) => id);
  }

  parse(volid: string): ReturnType<DiskStore["parse"]> {
    const { storage, name } = volidParts(volid);
    return { ...parseVolumeName(storageOf(this.cluster, storage), name), storage };
  }

  content(volid: string): Buffer | undefined {
    const content = findVolume(this.world, this.node, volid)?.volume.content;
    return content === undefined ? undefined : Buffer.from(content, "base64");
  }

  find(volid: string): DiskVolume | undefined {
    const found = findVolume(this.world, this.node, volid);
    if (!found) return undefined;
    const { volume, name } = found;
    return {
      size: name.content === "images" || name.content === "import" ? volume.size : Math.ceil(volume.bytes / 512) * 512,
      format: name.format,
      data: volume.data + this.baseData(name.baseVmid, name.baseName, found.storage.id),
      snapshots: volume.snapshots ?? [],
      ...(volume.os ? { os: volume.os } : {}),
    };
  }

  /** What a linked clone shows of its base. */
  private baseData(vmid: number | undefined, name: string | undefined, storage: string): number {
    if (name === undefined) return 0;
    const files = storageTypes[storageOf(this.cluster, storage).type].files === true;
    return this.find(`${storage}:${files ? `${vmid}/${name}` : name}`)?.data ?? 0;
  }

  path(volid: string): string {
    return pathOf(this.world, this.node, volid);
  }

  fromPath(path: string): { volid: string; content: string } | undefined {
    for (const storage of storages(this.cluster)) {
      if (storage.options.path === undefined) continue;
      for (const content of CONTENT_WITH_PATHS) {
        const directory = `${contentDirectory(storage, content)}/`;
        if (!path.startsWith(directory)) continue;
        const rest = path.slice(directory.length);
        const volid = `${storage.id}:${content === "images" ? rest : `${content}/${rest}`}`;
        if (findVolume(this.world, this.node, volid)) return { volid, content };
      }
    }
    return undefined;
  }

  defaultFormat(id: string): string {
    const storage = storageOf(this.cluster, id);
    return String(storage.options.format ?? storageTypes[storage.type].formats.default);
  }

  resolveFormat(id: string, wanted?: string): string {
    const { allowed } = storageTypes[storageOf(this.cluster, id).type].formats;
    return wanted !== undefined && allowed.includes(wanted) ? wanted : this.defaultFormat(id);
  }

  allocate(id: string, image: { vmid: number; format: string; size: number; name?: string }): MadeVolume {
    const { size, ...rest } = image;
    const kibibytes = Math.ceil(size / 1024);
    const volid = allocate(this.world, this.node, { storage: id, ...rest, kibibytes, now: this.now() });
    // half a sector is padded by qemu-img
    const bytes = Math.ceil(size / 512) * 512;
    const volume = existingVolume(this.world, this.node, volid).volume;
    if (bytes < volume.size && volume.size - bytes < 1024) volume.size = bytes;
    return { volid, log: this.formatting(volid, bytes) };
  }

  free(volid: string): readonly string[] {
    return free(this.world, this.node, volid);
  }

  linkedClone(volid: string, vmid: number): MadeVolume {
    const source = existingVolume(this.world, this.node, volid);
    const clone = linkedClone(this.world, this.node, volid, vmid, this.now());
    if (source.volume.os) existingVolume(this.world, this.node, clone).volume.os = source.volume.os;
    return { volid: clone, log: this.cloning(volid, clone, vmid) };
  }

  makeBase(volid: string): string {
    return createBase(this.world, this.node, volid);
  }

  rename(volid: string, vmid: number): string {
    return reassign(this.world, this.node, volid, vmid);
  }

  resize(volid: string, size: number): void {
    const { storage, name } = existingVolume(this.world, this.node, volid);
    if (name.isBase && storageTypes[storage.type].files) {
      const path = this.path(volid);
      throw die(
        `command '/usr/bin/qemu-img resize '--preallocation=${preallocation(storage, name.format)}' -f ${name.format} ` +
          `${path} ${size}' failed: exit code 1`,
      );
    }
    resize(this.world, this.node, volid, size);
  }

  startCopy(source: string, target: string): Copying {
    return startCopy(this.world, this.node, volidParts(source).storage, volidParts(target).storage);
  }

  copy(source: string, target: string): void {
    const from = existingVolume(this.world, this.node, source).volume;
    const to = existingVolume(this.world, this.node, target).volume;
    to.data = Math.min(to.size, from.data);
    to.tag = from.tag ?? source;
    if (from.os) to.os = from.os;
  }

  hasFeature(feature: string, volid: string, snapshot?: string): boolean {
    return hasFeature(this.cluster, volid, feature as VolumeFeature, snapshot !== undefined);
  }

  isBaseInUse(volid: string): boolean {
    const base = this.parse(volid);
    const storage = storageOf(this.cluster, base.storage);
    return (
      base.isBase &&
      images(this.world, this.node, storage).some(
        ({ name }) => name.baseName === base.name && name.baseVmid === base.vmid,
      )
    );
  }

  images(id: string, vmid: number): readonly string[] {
    return images(this.world, this.node, storageOf(this.cluster, id), vmid).map(({ volid }) => volid);
  }

  send(volid: string, node: string, storage: string): MadeVolume {
    const found = existingVolume(this.world, this.node, volid);
    const { format, vmid = 0 } = found.name;
    const target = new WorldDisks(this.world, this.cluster, node, this.now);
    const volname = this.nameOn(volid, storage);
    const { size, tag = volid } = found.volume;
    const name = volname.slice(volname.lastIndexOf("/") + 1);
    const isFree = !target.find(`${storage}:${volname}`);
    const made = target.allocate(storage, { vmid, format, size, ...(isFree ? { name } : {}) });
    Object.assign(existingVolume(this.world, node, made.volid).volume, { ...found.volume, tag, ctime: this.now() });
    return made;
  }

  mirror(volid: string, node: string, storage: string): MadeVolume {
    const found = existingVolume(this.world, this.node, volid);
    const target = new WorldDisks(this.world, this.cluster, node, this.now);
    // vm_migrate_alloc_nbd_disks: the format if the storage has it, else its default; always a new name
    const format = target.resolveFormat(storage, found.name.format);
    const { size, data, os, tag = volid } = found.volume;
    const made = target.allocate(storage, { vmid: found.name.vmid ?? 0, format, size });
    Object.assign(existingVolume(this.world, node, made.volid).volume, { data, tag, ...(os ? { os } : {}) });
    return made;
  }

  /** The name of a volume on another storage, or why it cannot go there (`storage_migrate` in PVE/Storage.pm). */
  private nameOn(volid: string, target: string): string {
    const { storage: id, name: volname } = volidParts(volid);
    const [from, to] = [storageOf(this.cluster, id), storageOf(this.cluster, target)];
    if (from.type === to.type) return volname;
    const { name, format, vmid } = parseVolumeName(from, volname);
    const failed = `storage migration for '${volid}' to storage '${target}' failed -`;
    const { formats, files } = storageTypes[to.type];
    if (!formats.allowed.includes(format)) {
      throw die(`${failed} unsupported format '${format}' for storage type ${to.type}`);
    }
    // ZFS speaks its own stream format only; what has snapshots inside goes whole between file storages only
    const whole = format === "qcow2" || format === "vmdk";
    if (from.type === "zfspool" || to.type === "zfspool" || (whole && !files)) {
      throw die(`${failed} cannot migrate from storage type '${from.type}' to '${to.type}'`);
    }
    const stem = name.replace(new RegExp(`\\.${format}$`), "");
    return files ? `${vmid}/${stem}.${format}` : stem;
  }

  freeOn(node: string, volid: string): void {
    new WorldDisks(this.world, this.cluster, node, this.now).free(volid);
  }

  snapshot(volid: string, name: string): void {
    const { volume } = existingVolume(this.world, this.node, volid);
    volume.snapshots = [...(volume.snapshots ?? []), name];
  }

  deleteSnapshot(volid: string, name: string): void {
    const volume = findVolume(this.world, this.node, volid)?.volume;
    if (volume) volume.snapshots = (volume.snapshots ?? []).filter((snapshot) => snapshot !== name);
  }

  /** What `qemu-img create` prints. */
  private formatting(volid: string, size: number): string[] {
    const { storage: id, format } = this.parse(volid);
    const storage = storageOf(this.cluster, id);
    if (!storageTypes[storage.type].files) return blockLines(storage, volid);
    const start = `Formatting '${this.path(volid)}', fmt=${format}`;
    if (format === "raw") return [`${start} size=${size} preallocation=off`];
    if (format === "vmdk") return [`${start} size=${size} compat6=off hwversion=undefined`];
    return [
      `${start} cluster_size=65536 extended_l2=off preallocation=${preallocation(storage, format)} ` +
        `compression_type=zlib size=${size} lazy_refcounts=off refcount_bits=16`,
    ];
  }

  /** What pve-storage and `qemu-img create` print of a linked clone. */
  private cloning(source: string, clone: string, vmid: number): string[] {
    const { storage: id, name, format, vmid: owner } = this.parse(source);
    const storage = storageOf(this.cluster, id);
    if (!storageTypes[storage.type].files) return [];
    const own = this.parse(clone).name;
    const { size } = existingVolume(this.world, this.node, clone).volume;
    const base = `../${owner}/${name}`;
    return [
      `clone ${volidParts(source).name}: images, ${own}, ${vmid} to ${own} (base=${base})`,
      `Formatting '${this.path(clone)}', fmt=qcow2 cluster_size=131072 extended_l2=on ` +
        `preallocation=${preallocation(storage, format)} compression_type=zlib size=${size} backing_file=${base} ` +
        `backing_fmt=${format} lazy_refcounts=off refcount_bits=16`,
    ];
  }
}

function asDiskStorage(storage: Storage): DiskStorage {
  return {
    id: storage.id,
    type: storage.type,
    shared: Boolean(storage.options.shared),
    files: storageTypes[storage.type].files === true,
    content: new Set<string>(storage.content),
  };
}

/** qemu-img's preallocation: metadata for qcow2 unless the storage says otherwise. */
function preallocation(storage: Storage, format: string): string {
  if (storage.options.preallocation !== undefined && storage.options.preallocation !== "metadata") {
    return String(storage.options.preallocation);
  }
  return format === "qcow2" ? "metadata" : "off";
}

function blockLines(storage: Storage, volid: string): string[] {
  const { name } = volidParts(volid);
  return storage.type === "lvm" || storage.type === "lvmthin" ? [`  Logical volume "${name}" created.`] : [];
}
