import type { ContentType, StorageType } from "./types.js";

interface StorageTypeDescription {
  /** Content types that the storage can hold, and those it holds when none are given. */
  content: { allowed: ContentType[]; default: ContentType[] };
  /** Image formats and the one taken when none is given. */
  formats: { allowed: string[]; default: string };
  /** Options that must be given at creation (`optional: false`) or cannot change later (`fixed`). */
  options: Record<string, { optional?: boolean; fixed?: boolean }>;
  /** Options kept in `/etc/pve/priv`, never in `storage.cfg`. */
  sensitive: string[];
  /** Every node sees the same content, whatever the definition says. */
  shared?: boolean;
  /** Files in directories, as against volumes of a block storage. */
  files?: boolean;
  selectExisting?: boolean;
}

const optional = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { optional: true }]));
const fixed = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { fixed: true }]));
const fixedOptional = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, { fixed: true, optional: true }]));

const every: ContentType[] = ["images", "rootdir", "vztmpl", "iso", "backup", "snippets", "import"];
const common = optional("nodes", "disable", "content");
const directories = optional("prune-backups", "max-protected-backups", "format", "mkdir");
const subdirectories = optional("create-base-path", "create-subdirs");

/** What the storage plugins of Proxmox declare (`plugindata` and `options` in PVE/Storage/*Plugin.pm, 9.1.7). */
export const storageTypes: Record<StorageType, StorageTypeDescription> = {
  dir: {
    content: { allowed: [...every, "none"], default: ["images", "rootdir"] },
    formats: { allowed: ["qcow2", "raw", "subvol", "vmdk"], default: "raw" },
    sensitive: [],
    files: true,
    options: {
      ...common,
      ...directories,
      ...subdirectories,
      ...fixed("path"),
      ...optional("content-dirs", "shared", "is_mountpoint", "bwlimit", "preallocation"),
      ...fixedOptional("snapshot-as-volume-chain"),
    },
  },
  btrfs: {
    content: { allowed: [...every, "none"], default: ["images", "rootdir"] },
    formats: { allowed: ["raw", "subvol"], default: "raw" },
    sensitive: [],
    files: true,
    options: {
      ...common,
      ...directories,
      ...subdirectories,
      ...fixed("path"),
      ...optional("shared", "is_mountpoint", "nocow", "preallocation"),
    },
  },
  nfs: {
    content: { allowed: every, default: ["images"] },
    formats: { allowed: ["qcow2", "raw", "vmdk"], default: "raw" },
    sensitive: [],
    shared: true,
    files: true,
    options: {
      ...common,
      ...directories,
      ...subdirectories,
      ...fixed("path", "server", "export"),
      ...optional("content-dirs", "options", "bwlimit", "preallocation"),
      ...fixedOptional("snapshot-as-volume-chain"),
    },
  },
  cifs: {
    content: { allowed: every, default: ["images"] },
    formats: { allowed: ["qcow2", "raw", "vmdk"], default: "raw" },
    sensitive: ["password"],
    shared: true,
    files: true,
    options: {
      ...common,
      ...directories,
      ...subdirectories,
      ...fixed("path", "server", "share"),
      ...optional("content-dirs", "options", "bwlimit", "preallocation"),
      ...optional("subdir", "username", "password", "domain", "smbversion"),
      ...fixedOptional("snapshot-as-volume-chain"),
    },
  },
  cephfs: {
    content: { allowed: ["vztmpl", "iso", "backup", "snippets", "import"], default: ["backup"] },
    formats: { allowed: ["raw"], default: "raw" },
    sensitive: ["keyring"],
    shared: true,
    files: true,
    options: {
      ...common,
      ...directories,
      ...subdirectories,
      ...fixed("path"),
      ...optional("content-dirs", "monhost", "subdir", "options", "username", "fuse", "bwlimit", "keyring", "fs-name"),
    },
  },
  lvm: {
    content: { allowed: ["images", "rootdir"], default: ["images"] },
    formats: { allowed: ["qcow2", "raw"], default: "raw" },
    sensitive: [],
    options: {
      ...common,
      ...fixed("vgname"),
      ...fixedOptional("base"),
      ...optional("shared", "saferemove", "saferemove-stepsize", "saferemove_throughput", "tagged_only", "bwlimit"),
      ...optional("snapshot-as-volume-chain"),
    },
  },
  lvmthin: {
    content: { allowed: ["images", "rootdir"], default: ["images", "rootdir"] },
    formats: { allowed: ["raw"], default: "raw" },
    sensitive: [],
    options: { ...common, ...fixed("thinpool", "vgname"), ...optional("bwlimit") },
  },
  zfspool: {
    content: { allowed: ["images", "rootdir"], default: ["images", "rootdir"] },
    formats: { allowed: ["raw", "subvol"], default: "raw" },
    sensitive: [],
    options: { ...common, ...fixed("pool"), ...optional("blocksize", "sparse", "bwlimit", "mountpoint") },
  },
  zfs: {
    content: { allowed: ["images"], default: ["images"] },
    formats: { allowed: ["raw"], default: "raw" },
    sensitive: [],
    shared: true,
    options: {
      ...common,
      ...fixed("portal", "target", "pool", "blocksize", "iscsiprovider"),
      ...optional("nowritecache", "sparse", "comstar_hg", "comstar_tg", "lio_tpg", "bwlimit", "zfs-base-path"),
    },
  },
  rbd: {
    content: { allowed: ["images", "rootdir"], default: ["images"] },
    formats: { allowed: ["raw"], default: "raw" },
    sensitive: ["keyring"],
    shared: true,
    options: {
      ...common,
      ...optional("monhost", "pool", "data-pool", "namespace", "username", "krbd", "keyring", "bwlimit"),
    },
  },
  iscsi: {
    content: { allowed: ["images", "none"], default: ["images"] },
    formats: { allowed: ["raw"], default: "raw" },
    sensitive: [],
    shared: true,
    selectExisting: true,
    options: { ...common, ...fixed("portal", "target"), ...optional("bwlimit") },
  },
  iscsidirect: {
    content: { allowed: ["images", "none"], default: ["images"] },
    formats: { allowed: ["raw"], default: "raw" },
    sensitive: [],
    shared: true,
    selectExisting: true,
    options: { ...common, ...fixed("portal", "target"), ...optional("bwlimit") },
  },
  pbs: {
    content: { allowed: ["backup", "none"], default: ["backup"] },
    formats: { allowed: ["raw"], default: "raw" },
    sensitive: ["encryption-key", "master-pubkey", "password"],
    shared: true,
    options: {
      ...common,
      ...fixed("server", "datastore"),
      ...optional("namespace", "port", "username", "password", "encryption-key", "master-pubkey", "fingerprint"),
      ...optional("prune-backups", "max-protected-backups"),
    },
  },
  esxi: {
    content: { allowed: ["import"], default: ["import"] },
    formats: { allowed: ["qcow2", "raw", "vmdk"], default: "raw" },
    sensitive: ["password"],
    options: {
      ...common,
      server: {},
      username: {},
      ...optional("shared", "password", "skip-cert-verification", "port"),
    },
  },
};

/** Options that the section parser turns into numbers. */
export const numericOptions = new Set([
  "shared",
  "disable",
  "mkdir",
  "create-base-path",
  "create-subdirs",
  "snapshot-as-volume-chain",
  "saferemove",
  "tagged_only",
  "sparse",
  "krbd",
  "fuse",
  "nowritecache",
  "nocow",
  "skip-cert-verification",
  "max-protected-backups",
  "port",
]);
