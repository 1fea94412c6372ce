// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";

/**
 * Arguments of a {@link Storage}; `type` tells which others there are.
 */
export type StorageArgs =
  | StorageDirArgs
  | StorageBtrfsArgs
  | StorageNfsArgs
  | StorageCifsArgs
  | StorageCephfsArgs
  | StorageRbdArgs
  | StorageLvmArgs
  | StorageLvmthinArgs
  | StorageZfspoolArgs
  | StorageZfsArgs
  | StorageIscsiArgs
  | StorageIscsidirectArgs
  | StoragePbsArgs
  | StorageEsxiArgs;

/** Part of the arguments of a Storage. */
export interface StorageTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StoragePruneBackupsArgs {
  /**
   * Keep every backup; excludes all others.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `keep-all`
   */
  keepAll?: pulumi.Input<boolean> | undefined;
  /**
   * Keep the newest backups, so many.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `keep-last`
   */
  keepLast?: pulumi.Input<number> | undefined;
  /**
   * Keep the newest backup of each of so many hours.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `keep-hourly`
   */
  keepHourly?: pulumi.Input<number> | undefined;
  /**
   * Keep the newest backup of each of so many days.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `keep-daily`
   */
  keepDaily?: pulumi.Input<number> | undefined;
  /**
   * Keep the newest backup of each of so many weeks.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `keep-weekly`
   */
  keepWeekly?: pulumi.Input<number> | undefined;
  /**
   * Keep the newest backup of each of so many months.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `keep-monthly`
   */
  keepMonthly?: pulumi.Input<number> | undefined;
  /**
   * Keep the newest backup of each of so many years.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `keep-yearly`
   */
  keepYearly?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageBandwidthLimitArgs {
  /**
   * Limit of all that has none of its own, in KiB per second; 0 = none.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `default`
   */
  default?: pulumi.Input<number> | undefined;
  /**
   * Limit of clones, in KiB per second; 0 = none.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `clone`
   */
  clone?: pulumi.Input<number> | undefined;
  /**
   * Limit of migrations, in KiB per second; 0 = none.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `migration`
   */
  migration?: pulumi.Input<number> | undefined;
  /**
   * Limit of moves of disks, in KiB per second; 0 = none.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `move`
   */
  move?: pulumi.Input<number> | undefined;
  /**
   * Limit of restores, in KiB per second; 0 = none.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `restore`
   */
  restore?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageDirArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "dir";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * Directory on each node.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `path`
   */
  path: pulumi.Input<string>;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images" | "rootdir" | "vztmpl" | "iso" | "backup" | "snippets" | "import" | "none">[]> | undefined;
  /**
   * Offline while the path, or the one given here, is not a mount point.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `is_mountpoint`
   */
  isMountpoint?: pulumi.Input<boolean | string> | undefined;
  /**
   * Marks a directory that every node mounts by itself; it does not share anything.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `shared`
   */
  shared?: pulumi.Input<boolean> | undefined;
  /**
   * Which backups are kept when none is said.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `prune-backups`
   */
  pruneBackups?: pulumi.Input<StoragePruneBackupsArgs> | undefined;
  /**
   * Protected backups per guest; -1 for any number.
   *
   * - Default: 5, and any number for who may allocate on the storage
   * - Change: live
   * - Proxmox: `max-protected-backups`
   */
  maxProtectedBackups?: pulumi.Input<number> | undefined;
  /**
   * Make the base directory when it is not there.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `create-base-path`
   */
  createBasePath?: pulumi.Input<boolean> | undefined;
  /**
   * Make the directories of the contents.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `create-subdirs`
   */
  createSubdirs?: pulumi.Input<boolean> | undefined;
  /**
   * Format of new images when none is said.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `format`
   */
  format?: pulumi.Input<"raw" | "qcow2" | "vmdk" | "subvol"> | undefined;
  /**
   * How much of a new image is allocated.
   *
   * - Default: `metadata`, of raw images `off`
   * - Change: live
   * - Proxmox: `preallocation`
   */
  preallocation?: pulumi.Input<"off" | "metadata" | "falloc" | "full"> | undefined;
  /**
   * Directories of contents other than the usual ones, below the path: `{ iso: "isos" }`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `content-dirs`
   */
  contentDirs?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /**
   * Snapshots as chains of volumes.
   *
   * - Default: `false`
   * - Change: replace, it is made anew
   * - Proxmox: `snapshot-as-volume-chain`
   */
  snapshotAsVolumeChain?: pulumi.Input<boolean> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageBtrfsArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "btrfs";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * Directory on each node, on a btrfs file system.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `path`
   */
  path: pulumi.Input<string>;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images" | "rootdir" | "vztmpl" | "iso" | "backup" | "snippets" | "import" | "none">[]> | undefined;
  /**
   * No copy-on-write, and with it no checksums.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `nocow`
   */
  nocow?: pulumi.Input<boolean> | undefined;
  /**
   * Offline while the path, or the one given here, is not a mount point.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `is_mountpoint`
   */
  isMountpoint?: pulumi.Input<boolean | string> | undefined;
  /**
   * Marks a directory that every node mounts by itself; it does not share anything.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `shared`
   */
  shared?: pulumi.Input<boolean> | undefined;
  /**
   * Which backups are kept when none is said.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `prune-backups`
   */
  pruneBackups?: pulumi.Input<StoragePruneBackupsArgs> | undefined;
  /**
   * Protected backups per guest; -1 for any number.
   *
   * - Default: 5, and any number for who may allocate on the storage
   * - Change: live
   * - Proxmox: `max-protected-backups`
   */
  maxProtectedBackups?: pulumi.Input<number> | undefined;
  /**
   * Make the base directory when it is not there.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `create-base-path`
   */
  createBasePath?: pulumi.Input<boolean> | undefined;
  /**
   * Make the directories of the contents.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `create-subdirs`
   */
  createSubdirs?: pulumi.Input<boolean> | undefined;
  /**
   * Format of new images when none is said.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `format`
   */
  format?: pulumi.Input<"raw" | "qcow2" | "vmdk" | "subvol"> | undefined;
  /**
   * How much of a new image is allocated.
   *
   * - Default: `metadata`, of raw images `off`
   * - Change: live
   * - Proxmox: `preallocation`
   */
  preallocation?: pulumi.Input<"off" | "metadata" | "falloc" | "full"> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageNfsArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "nfs";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * NFS server.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `server`
   */
  server: pulumi.Input<string>;
  /**
   * Exported path.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `export`
   */
  export: pulumi.Input<string>;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images" | "rootdir" | "vztmpl" | "iso" | "backup" | "snippets" | "import">[]> | undefined;
  /**
   * Where it is mounted.
   *
   * - Default: `/mnt/pve/<storageId>`
   * - Change: replace, it is made anew
   * - Proxmox: `path`
   */
  path?: pulumi.Input<string> | undefined;
  /**
   * Mount options, separated by commas.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `options`
   */
  options?: pulumi.Input<string> | undefined;
  /**
   * Which backups are kept when none is said.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `prune-backups`
   */
  pruneBackups?: pulumi.Input<StoragePruneBackupsArgs> | undefined;
  /**
   * Protected backups per guest; -1 for any number.
   *
   * - Default: 5, and any number for who may allocate on the storage
   * - Change: live
   * - Proxmox: `max-protected-backups`
   */
  maxProtectedBackups?: pulumi.Input<number> | undefined;
  /**
   * Make the base directory when it is not there.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `create-base-path`
   */
  createBasePath?: pulumi.Input<boolean> | undefined;
  /**
   * Make the directories of the contents.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `create-subdirs`
   */
  createSubdirs?: pulumi.Input<boolean> | undefined;
  /**
   * Format of new images when none is said.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `format`
   */
  format?: pulumi.Input<"raw" | "qcow2" | "vmdk" | "subvol"> | undefined;
  /**
   * How much of a new image is allocated.
   *
   * - Default: `metadata`, of raw images `off`
   * - Change: live
   * - Proxmox: `preallocation`
   */
  preallocation?: pulumi.Input<"off" | "metadata" | "falloc" | "full"> | undefined;
  /**
   * Directories of contents other than the usual ones, below the path: `{ iso: "isos" }`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `content-dirs`
   */
  contentDirs?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /**
   * Snapshots as chains of volumes.
   *
   * - Default: `false`
   * - Change: replace, it is made anew
   * - Proxmox: `snapshot-as-volume-chain`
   */
  snapshotAsVolumeChain?: pulumi.Input<boolean> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageCifsArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "cifs";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * SMB server.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `server`
   */
  server: pulumi.Input<string>;
  /**
   * Name of the share.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `share`
   */
  share: pulumi.Input<string>;
  /**
   * Domain of the user.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `domain`
   */
  domain?: pulumi.Input<string> | undefined;
  /**
   * Version of the protocol.
   *
   * - Default: the highest that both know
   * - Change: live
   * - Proxmox: `smbversion`
   */
  smbVersion?: pulumi.Input<"3" | "default" | "2.0" | "2.1" | "3.0" | "3.11"> | undefined;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images" | "rootdir" | "vztmpl" | "iso" | "backup" | "snippets" | "import">[]> | undefined;
  /**
   * Where it is mounted.
   *
   * - Default: `/mnt/pve/<storageId>`
   * - Change: replace, it is made anew
   * - Proxmox: `path`
   */
  path?: pulumi.Input<string> | undefined;
  /**
   * Mount options, separated by commas.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `options`
   */
  options?: pulumi.Input<string> | undefined;
  /**
   * Which backups are kept when none is said.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `prune-backups`
   */
  pruneBackups?: pulumi.Input<StoragePruneBackupsArgs> | undefined;
  /**
   * Protected backups per guest; -1 for any number.
   *
   * - Default: 5, and any number for who may allocate on the storage
   * - Change: live
   * - Proxmox: `max-protected-backups`
   */
  maxProtectedBackups?: pulumi.Input<number> | undefined;
  /**
   * Make the base directory when it is not there.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `create-base-path`
   */
  createBasePath?: pulumi.Input<boolean> | undefined;
  /**
   * Make the directories of the contents.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `create-subdirs`
   */
  createSubdirs?: pulumi.Input<boolean> | undefined;
  /**
   * Format of new images when none is said.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `format`
   */
  format?: pulumi.Input<"raw" | "qcow2" | "vmdk" | "subvol"> | undefined;
  /**
   * How much of a new image is allocated.
   *
   * - Default: `metadata`, of raw images `off`
   * - Change: live
   * - Proxmox: `preallocation`
   */
  preallocation?: pulumi.Input<"off" | "metadata" | "falloc" | "full"> | undefined;
  /**
   * Directories of contents other than the usual ones, below the path: `{ iso: "isos" }`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `content-dirs`
   */
  contentDirs?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /**
   * Snapshots as chains of volumes.
   *
   * - Default: `false`
   * - Change: replace, it is made anew
   * - Proxmox: `snapshot-as-volume-chain`
   */
  snapshotAsVolumeChain?: pulumi.Input<boolean> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
  /**
   * User name there.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `username`
   */
  username?: pulumi.Input<string> | undefined;
  /**
   * Password, or a reference to it; never read back.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `password`
   */
  password?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Directory there that is mounted.
   *
   * - Default: the topmost one
   * - Change: live
   * - Proxmox: `subdir`
   */
  subdir?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageCephfsArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "cephfs";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * Name of the file system.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `fs-name`
   */
  fileSystem?: pulumi.Input<string> | undefined;
  /**
   * Mount through FUSE.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `fuse`
   */
  fuse?: pulumi.Input<boolean> | undefined;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"vztmpl" | "iso" | "backup" | "snippets" | "import">[]> | undefined;
  /**
   * Addresses of the monitors of another cluster.
   *
   * - Default: the nodes' own cluster
   * - Change: live
   * - Proxmox: `monhost`
   */
  monitors?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Secret of the client for another cluster, or a reference to it; never read back.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `keyring`
   */
  keyring?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Directory there that is mounted.
   *
   * - Default: the topmost one
   * - Change: live
   * - Proxmox: `subdir`
   */
  subdir?: pulumi.Input<string> | undefined;
  /**
   * Where it is mounted.
   *
   * - Default: `/mnt/pve/<storageId>`
   * - Change: replace, it is made anew
   * - Proxmox: `path`
   */
  path?: pulumi.Input<string> | undefined;
  /**
   * Mount options, separated by commas.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `options`
   */
  options?: pulumi.Input<string> | undefined;
  /**
   * Which backups are kept when none is said.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `prune-backups`
   */
  pruneBackups?: pulumi.Input<StoragePruneBackupsArgs> | undefined;
  /**
   * Protected backups per guest; -1 for any number.
   *
   * - Default: 5, and any number for who may allocate on the storage
   * - Change: live
   * - Proxmox: `max-protected-backups`
   */
  maxProtectedBackups?: pulumi.Input<number> | undefined;
  /**
   * Make the base directory when it is not there.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `create-base-path`
   */
  createBasePath?: pulumi.Input<boolean> | undefined;
  /**
   * Make the directories of the contents.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `create-subdirs`
   */
  createSubdirs?: pulumi.Input<boolean> | undefined;
  /**
   * Directories of contents other than the usual ones, below the path: `{ iso: "isos" }`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `content-dirs`
   */
  contentDirs?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
  /**
   * User name there.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `username`
   */
  username?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageRbdArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "rbd";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * Pool of RBD images.
   *
   * - Default: `"rbd"`
   * - Change: replace, it is made anew
   * - Proxmox: `pool`
   */
  pool?: pulumi.Input<string> | undefined;
  /**
   * Pool of the data, for erasure coding.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `data-pool`
   */
  dataPool?: pulumi.Input<string> | undefined;
  /**
   * Through the kernel's module always.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `krbd`
   */
  krbd?: pulumi.Input<boolean> | undefined;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images" | "rootdir">[]> | undefined;
  /**
   * Addresses of the monitors of another cluster.
   *
   * - Default: the nodes' own cluster
   * - Change: live
   * - Proxmox: `monhost`
   */
  monitors?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Secret of the client for another cluster, or a reference to it; never read back.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `keyring`
   */
  keyring?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Namespace there.
   *
   * - Default: the root namespace
   * - Change: live
   * - Proxmox: `namespace`
   */
  namespace?: pulumi.Input<string> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
  /**
   * User name there.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `username`
   */
  username?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageLvmArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "lvm";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * LVM volume group on each node.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `vgname`
   */
  volumeGroup: pulumi.Input<string>;
  /**
   * Volume that carries the group, such as a LUN of an iSCSI storage.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   * - Proxmox: `base`
   */
  base?: pulumi.Input<string> | undefined;
  /**
   * Every node sees the same group.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `shared`
   */
  shared?: pulumi.Input<boolean> | undefined;
  /**
   * Zero out what is removed.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `saferemove`
   */
  saferemove?: pulumi.Input<boolean> | undefined;
  /**
   * How fast it is zeroed out, in bytes per second.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `saferemove_throughput`
   */
  saferemoveThroughput?: pulumi.Input<string> | undefined;
  /**
   * Size of the steps in which it is zeroed out, in MiB.
   *
   * - Default: `32`
   * - Change: live
   * - Proxmox: `saferemove-stepsize`
   */
  saferemoveStepSize?: pulumi.Input<1 | 2 | 4 | 8 | 16 | 32> | undefined;
  /**
   * Only volumes with the tag `pve-vm-<id>`.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `tagged_only`
   */
  taggedOnly?: pulumi.Input<boolean> | undefined;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images" | "rootdir">[]> | undefined;
  /**
   * Snapshots as chains of volumes.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `snapshot-as-volume-chain`
   */
  snapshotAsVolumeChain?: pulumi.Input<boolean> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageLvmthinArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "lvmthin";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * LVM volume group on each node.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `vgname`
   */
  volumeGroup: pulumi.Input<string>;
  /**
   * Thin pool of the group.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `thinpool`
   */
  thinPool: pulumi.Input<string>;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images" | "rootdir">[]> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageZfspoolArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "zfspool";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * ZFS pool or dataset.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `pool`
   */
  pool: pulumi.Input<string>;
  /**
   * Size of the blocks of new volumes, such as 16k.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `blocksize`
   */
  blockSize?: pulumi.Input<string> | undefined;
  /**
   * Where the pool is mounted.
   *
   * - Default: `/<pool>`
   * - Change: live
   * - Proxmox: `mountpoint`
   */
  mountpoint?: pulumi.Input<string> | undefined;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images" | "rootdir">[]> | undefined;
  /**
   * New volumes take only what they hold.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `sparse`
   */
  sparse?: pulumi.Input<boolean> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageZfsArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "zfs";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * Address of the iSCSI portal, with a port if not 3260.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `portal`
   */
  portal: pulumi.Input<string>;
  /**
   * iSCSI target (IQN).
   *
   * - Change: replace, it is made anew
   * - Proxmox: `target`
   */
  target: pulumi.Input<string>;
  /**
   * ZFS pool on the server.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `pool`
   */
  pool: pulumi.Input<string>;
  /**
   * Size of the blocks of new volumes, such as 4k.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `blocksize`
   */
  blockSize: pulumi.Input<string>;
  /**
   * What makes the LUNs on the server.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `iscsiprovider`
   */
  iscsiProvider: pulumi.Input<"comstar" | "istgt" | "iet" | "LIO">;
  /**
   * No cache for writes on the target.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `nowritecache`
   */
  noWriteCache?: pulumi.Input<boolean> | undefined;
  /**
   * Host group of comstar's views.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comstar_hg`
   */
  comstarHostGroup?: pulumi.Input<string> | undefined;
  /**
   * Target group of comstar's views.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comstar_tg`
   */
  comstarTargetGroup?: pulumi.Input<string> | undefined;
  /**
   * Target portal group of LIO.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `lio_tpg`
   */
  lioTargetPortalGroup?: pulumi.Input<string> | undefined;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images">[]> | undefined;
  /**
   * New volumes take only what they hold.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `sparse`
   */
  sparse?: pulumi.Input<boolean> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageIscsiArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "iscsi";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * Address of the iSCSI portal, with a port if not 3260.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `portal`
   */
  portal: pulumi.Input<string>;
  /**
   * iSCSI target (IQN).
   *
   * - Change: replace, it is made anew
   * - Proxmox: `target`
   */
  target: pulumi.Input<string>;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images" | "none">[]> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageIscsidirectArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "iscsidirect";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * Address of the iSCSI portal, with a port if not 3260.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `portal`
   */
  portal: pulumi.Input<string>;
  /**
   * iSCSI target (IQN).
   *
   * - Change: replace, it is made anew
   * - Proxmox: `target`
   */
  target: pulumi.Input<string>;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"images" | "none">[]> | undefined;
  /**
   * Limits in KiB per second, by what is done.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<StorageBandwidthLimitArgs> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StoragePbsArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "pbs";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * Proxmox Backup Server.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `server`
   */
  server: pulumi.Input<string>;
  /**
   * Its datastore.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `datastore`
   */
  datastore: pulumi.Input<string>;
  /**
   * SHA-256 fingerprint of its certificate.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `fingerprint`
   */
  fingerprint?: pulumi.Input<string> | undefined;
  /**
   * Key that backups are encrypted with, as JSON (`proxmox-backup-client key create`), or a reference to it. Keep
   * it: without it no backup can be read. Never read back.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `encryption-key`
   */
  encryptionKey?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Public RSA key, PEM in base64, that the encryption key is kept with in each backup. Never read back.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `master-pubkey`
   */
  masterPublicKey?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"backup" | "none">[]> | undefined;
  /**
   * Namespace there.
   *
   * - Default: the root namespace
   * - Change: live
   * - Proxmox: `namespace`
   */
  namespace?: pulumi.Input<string> | undefined;
  /**
   * Port.
   *
   * - Default: that of the protocol
   * - Change: live
   * - Proxmox: `port`
   */
  port?: pulumi.Input<number> | undefined;
  /**
   * User name there.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `username`
   */
  username?: pulumi.Input<string> | undefined;
  /**
   * Password, or a reference to it; never read back.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `password`
   */
  password?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Which backups are kept when none is said.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `prune-backups`
   */
  pruneBackups?: pulumi.Input<StoragePruneBackupsArgs> | undefined;
  /**
   * Protected backups per guest; -1 for any number.
   *
   * - Default: 5, and any number for who may allocate on the storage
   * - Change: live
   * - Proxmox: `max-protected-backups`
   */
  maxProtectedBackups?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a Storage. */
export interface StorageEsxiArgs {
  /**
   * Type of the storage; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "esxi";
  /**
   * Name of the storage.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `storage`
   */
  storageId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that have it.
   *
   * - Default: all
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Known, but not used by any node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disabled?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the definition of this name, which must exist with the same type and place. Only read at creation.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<StorageTimeoutsArgs> | undefined;
  /**
   * ESXi host or vCenter.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `server`
   */
  server: pulumi.Input<string>;
  /**
   * User name there.
   *
   * - Change: live
   * - Proxmox: `username`
   */
  username: pulumi.Input<string>;
  /**
   * Do not check its certificate.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `skip-cert-verification`
   */
  skipCertificateVerification?: pulumi.Input<boolean> | undefined;
  /**
   * What it may be used for.
   *
   * - Default: Proxmox's own for the type
   * - Change: live
   * - Proxmox: `content`
   */
  content?: pulumi.Input<pulumi.Input<"import">[]> | undefined;
  /**
   * Port.
   *
   * - Default: that of the protocol
   * - Change: live
   * - Proxmox: `port`
   */
  port?: pulumi.Input<number> | undefined;
  /**
   * Password, or a reference to it; never read back.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `password`
   */
  password?: pulumi.Input<string | SecretReference> | undefined;
}
