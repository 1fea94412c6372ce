import type { LogicalVolume } from "./disk.js";

/** A section of storage.cfg; every value as written there. */
export interface StorageConfig {
  type: string;
  [option: string]: string;
}

/**
 * Volumes of one backing store by name: `100/vm-100-disk-0.qcow2`, `iso/x.iso`, `vm-100-disk-0`. A linked clone
 * is kept under its own name; its volume id starts with the base that `parent` names. Storages on the same path,
 * volume group or pool share a backing store.
 */
export type Volumes = Record<string, Volume>;

export interface Volume {
  /** What qemu-img takes it for: `raw`, `qcow2`, `vmdk`, `subvol`; absent for files that are no images. */
  format?: string;
  /** Virtual size in bytes: what a guest sees. */
  size: number;
  /** Length of the file in bytes, which lists of ISO images, templates and import files show. */
  bytes: number;
  /** Bytes of content behind the virtual size: a copied image has them, a fresh one has none. */
  data: number;
  /** Seconds since the epoch. */
  ctime: number;
  /**
   * Stands for what is written in it, so that a test can tell whose data a volume holds: made with the volume, taken
   * along by copies, clones and migrations. No answer of Proxmox shows it.
   */
  tag?: string;
  /** The backing file as qcow2 records it (`../100/base-100-disk-0.raw`), or the base volume of rbd and zfs. */
  parent?: string;
  /** qcow2 with metadata for its whole size, as Proxmox makes it by default. */
  preallocated?: boolean;
  /** Names of internal snapshots. */
  snapshots?: string[];
  /** The content of a small file, in base64. */
  content?: string;
  /** Permissions of a file that somebody made over SSH. */
  mode?: number;
  /** Checksums that differ from those of `content`, by algorithm: of an image that a few bytes stand for. */
  checksums?: Record<string, string>;
  notes?: string;
  protected?: boolean;
  /** An operating system boots from here, with a guest agent or without. */
  os?: OperatingSystem;
}

/** How fast what is behind a storage is, for copies of volumes; all that are at work share it. */
export interface Medium {
  /** Bytes per second, reading and writing together. */
  bandwidth: number;
  /** Most bytes per second that one stream gets; a copy has two, one that reads and one that writes. Default: all. */
  stream?: number;
  /** Milliseconds that a change from one stream to another costs: the heads of a spinning disk travel. Default: 0. */
  seek?: number;
}

/** An operating system that boots from a volume. */
export interface OperatingSystem {
  /** It runs a guest agent. */
  agent: boolean;
  /** An address that it takes on its first network device, whatever cloud-init says: `192.168.77.10/24`. */
  address?: string;
  /** How commands in it end; the first that matches decides. */
  commands?: ScriptedCommand[];
}

/** The outcome of every command of a guest whose text, scripts included, holds `match`. */
export interface ScriptedCommand {
  match: string;
  exitcode?: number;
  out?: string;
  err?: string;
  /** How long it takes, in simulated time. */
  seconds?: number;
  /** It never ends. */
  hangs?: boolean;
}

/** What backs the storages of one node beside its root file system. */
export interface StorageHardware {
  /** Directories that are mount points of their own. */
  mounts?: string[];
  /** Directories on btrfs. */
  btrfs?: string[];
  volumeGroups?: Record<string, VolumeGroup>;
  /** Absent: ZFS is not installed. */
  zfsPools?: Record<string, number>;
}

export interface VolumeGroup {
  size: number;
  thinPools?: Record<string, number>;
  /** Other logical volumes. */
  volumes?: Record<string, LogicalVolume>;
}

/** Sizes of what servers beyond the nodes offer, by name. */
export interface StorageServers {
  /** `server:/export` */
  nfs?: Record<string, number>;
  /** `//server/share` */
  cifs?: Record<string, number>;
  /** `server:datastore` */
  pbs?: Record<string, number>;
  esxi?: Record<string, number>;
  /** By pool. */
  rbd?: Record<string, number>;
  /** By file system. */
  cephfs?: Record<string, number>;
  /** By portal. */
  iscsi?: Record<string, number>;
}

/** A file on the web that `download-url` may fetch: the simulator opens no connection. */
export interface WebFile {
  /** Bytes that a server announces; those of `content` when absent. */
  size?: number;
  /** What is transferred, in base64. For an image of real size a few bytes stand for all: checksums are theirs. */
  content?: string;
  /** Checksums that differ from those of `content`, by algorithm. */
  checksums?: Record<string, string>;
  mimetype?: string;
  /** A disk image: its format and virtual size, and how much of that is content (the size of the file if absent). */
  format?: string;
  virtualSize?: number;
  data?: number;
  /** The file is packed with this method, `unpacked` is inside. */
  compression?: "gz" | "lzo" | "zst" | "bz2" | "xz";
  unpacked?: WebFile;
  /** What runs when a guest boots the image. */
  os?: OperatingSystem;
  /** The certificate of its server is not trusted. */
  untrusted?: boolean;
}
