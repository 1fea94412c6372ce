import type { OperatingSystem } from "../world/storage.js";
import type { Copying } from "../storage/media.js";
import type { VolumeName } from "../storage/volume-names.js";

/** A storage as disks see it. */
export interface DiskStorage {
  readonly id: string;
  readonly type: string;
  readonly shared: boolean;
  /** Volumes are files below a path. */
  readonly files: boolean;
  readonly content: ReadonlySet<string>;
}

/** What is known of a volume that exists. */
export interface DiskVolume {
  /** Virtual size in bytes. */
  readonly size: number;
  readonly format: string;
  /** Bytes behind the virtual size, which a copy takes along. */
  readonly data: number;
  readonly snapshots: readonly string[];
  readonly os?: OperatingSystem;
}

/** A volume that was just made, and the lines that qemu-img printed meanwhile. */
export interface MadeVolume {
  readonly volid: string;
  readonly log: readonly string[];
}

/** The volumes of a node, as qemu-server uses pve-storage. Every method throws pve-storage's texts. */
export interface DiskStore {
  /** The definition; throws when there is none. */
  storage(id: string): DiskStorage;
  /** The definition, which must be enabled and available on the node. */
  usableStorage(id: string, node?: string): DiskStorage;
  /** Whether the definition lets the node use the storage. */
  isAvailable(id: string, node: string): boolean;
  storageIds(): readonly string[];
  parse(volid: string): VolumeName & { readonly storage: string };
  find(volid: string): DiskVolume | undefined;
  /** What is in a file, as far as the world knows it. */
  content(volid: string): Buffer | undefined;
  path(volid: string): string;
  /** The volume id of a path that lies in a storage. */
  fromPath(path: string): { readonly volid: string; readonly content: string } | undefined;
  defaultFormat(storage: string): string;
  /** The wanted format if the storage has it, else its default. */
  resolveFormat(storage: string, wanted?: string): string;
  allocate(storage: string, image: { vmid: number; format: string; size: number; name?: string }): MadeVolume;
  /** Removes a volume; returns warnings. */
  free(volid: string): readonly string[];
  linkedClone(volid: string, vmid: number, snapshot?: string): MadeVolume;
  makeBase(volid: string): string;
  rename(volid: string, vmid: number): string;
  resize(volid: string, size: number): void;
  /** Takes part in the bandwidth of both storages until it is ended. */
  startCopy(source: string, target: string): Copying;
  /** Gives the target the source's content. */
  copy(source: string, target: string): void;
  hasFeature(feature: string, volid: string, snapshot?: string): boolean;
  isBaseInUse(volid: string): boolean;
  /** All image volumes of a guest on a storage. */
  images(storage: string, vmid: number): readonly string[];
  /** Copies a volume to a storage of another node; returns its id there, a new one if the old one is taken. */
  send(volid: string, node: string, storage: string): MadeVolume;
  /** Makes a volume on another node for a running VM to mirror its disk to; any storage and format will do. */
  mirror(volid: string, node: string, storage: string): MadeVolume;
  /** Removes a volume of another node. */
  freeOn(node: string, volid: string): void;
  snapshot(volid: string, name: string): void;
  deleteSnapshot(volid: string, name: string): void;
}
