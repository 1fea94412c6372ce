import { die } from "./errors.js";
import type { StorageConfig, Volume, Volumes } from "./world/storage.js";
import type { NodeState, World } from "./world/world.js";

/** Types whose volumes are files in a directory. */
export const directoryTypes: readonly string[] = ["dir", "nfs", "cifs", "cephfs", "btrfs"];

/** Types that every node reaches: one set of volumes for all. */
const sharedTypes = ["nfs", "cifs", "cephfs", "rbd", "iscsi", "iscsidirect", "pbs", "zfs", "esxi"];

export function isShared(config: StorageConfig): boolean {
  return sharedTypes.includes(config.type) || config["shared"] === "1";
}

/** Where a storage's volumes are: two storages with the same backing store show the same volumes. */
export function backingStore(storage: string, config: StorageConfig): string {
  const { type } = config;
  if (type === "dir" || type === "btrfs") return `dir:${(config["path"] ?? "").replace(/\/+$/, "")}`;
  if (type === "lvm") return `lvm:${config["vgname"] ?? ""}`;
  if (type === "lvmthin") return `lvmthin:${config["vgname"] ?? ""}/${config["thinpool"] ?? ""}`;
  if (type === "zfspool") return `zfspool:${config["pool"] ?? ""}`;
  if (type === "rbd") return `rbd:${config["monhost"] ?? ""}:${config["pool"] ?? "rbd"}:${config["namespace"] ?? ""}`;
  if (type === "nfs") return `nfs:${config["server"] ?? ""}:${config["export"] ?? ""}`;
  if (type === "cifs") return `cifs:${config["server"] ?? ""}:${config["share"] ?? ""}`;
  return `${type}:${storage}`;
}

/** The volumes of a storage as a node sees them; what is added to the result is added to the storage. */
export function volumesOf(world: World, node: NodeState, storage: string, config: StorageConfig): Volumes {
  const table = isShared(config) ? world.shared : node.volumes;
  return (table[backingStore(storage, config)] ??= {});
}

/** `local:100/vm-100-disk-0.raw` as its two parts. */
export function splitVolumeId(volid: string): { storage: string; name: string } {
  const [, storage, name] = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(.+)$/is.exec(volid) ?? [];
  if (storage === undefined || name === undefined) throw die(`unable to parse volume ID '${volid}'`);
  return { storage, name };
}

/** The first free `vm-<vmid>-disk-<n>` of a storage, as its volume name. */
export function nextDiskName(volumes: Volumes, config: StorageConfig, vmid: number, format: string): string {
  const taken = new Set(
    Object.keys(volumes).flatMap((name) => /(?:^|\/)(?:vm|base)-(\d+-disk-\d+)(?:\.|$)/.exec(name)?.[1] ?? []),
  );
  let number = 0;
  while (taken.has(`${vmid}-disk-${number}`)) number++;
  return volumeName(config, vmid, `vm-${vmid}-disk-${number}`, format);
}

/** A file storage keeps a guest's images in a folder of its own, with the format as extension. */
export function volumeName(config: StorageConfig, vmid: number, disk: string, format: string): string {
  if (!directoryTypes.includes(config.type)) return disk;
  return `${vmid}/${disk}.${format}`;
}

/** Allocates an empty disk and returns its volid. */
export function allocateVolume(
  world: World,
  node: NodeState,
  storage: string,
  config: StorageConfig,
  disk: { vmid: number; name?: string; format: string; size: number; ctime: number; used?: number; parent?: string },
): string {
  const volumes = volumesOf(world, node, storage, config);
  const { vmid, name, ...volume } = disk;
  const volname = name ?? nextDiskName(volumes, config, vmid, disk.format);
  const created: Volume = { ...volume, vmid };
  volumes[volname] = created;
  return `${storage}:${volname}`;
}
