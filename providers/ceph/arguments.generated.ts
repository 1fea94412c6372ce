// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a CephInstall. */
export interface CephInstallArgs {
  /**
   * Name of the node. A change replaces: the node of before keeps its packages.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `pveceph install` on the node
   */
  node: pulumi.Input<string>;
  /**
   * Release of Ceph. Packages of another release that are there are never upgraded or downgraded: that is refused.
   *
   * - Default: the node's own: tentacle since Proxmox VE 9.2, squid before
   * - Change: live
   * - Proxmox: `--version`
   */
  release?: pulumi.Input<"squid" | "tentacle"> | undefined;
  /**
   * Where the packages come from; `manual` leaves the repositories as they are. Only read when packages are
   * installed.
   *
   * - Default: enterprise, which needs a subscription
   * - Change: none, nothing happens to what is there
   * - Proxmox: `--repository`
   */
  repository?: pulumi.Input<"enterprise" | "no-subscription" | "test" | "manual"> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephInstallTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephInstall. */
export interface CephInstallTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"30m"`
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
   * - Default: `"1m"`
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

/** Arguments of a CephConfig. */
export interface CephConfigArgs {
  /**
   * Node on which Ceph is initialised; its packages must be there.
   *
   * - Change: none, nothing happens to what is there
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Network in which monitors and OSDs are reached. It is never changed where Ceph is initialised: that is
   * refused.
   *
   * - Change: live
   * - Proxmox: `network`
   */
  publicNetwork: pulumi.Input<string>;
  /**
   * Network in which the OSDs copy among each other. It is never changed where Ceph is initialised: that is
   * refused.
   *
   * - Default: `publicNetwork`
   * - Change: live
   * - Proxmox: `cluster-network`
   */
  clusterNetwork?: pulumi.Input<string> | undefined;
  /**
   * Copies of each object, where a pool does not say.
   *
   * - Default: 3
   * - Change: live
   * - Proxmox: `size`
   */
  size?: pulumi.Input<number> | undefined;
  /**
   * Copies that must be there for reading and writing, where a pool does not say.
   *
   * - Default: 2
   * - Change: live
   * - Proxmox: `min_size`
   */
  minSize?: pulumi.Input<number> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephConfigTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephConfig. */
export interface CephConfigTimeoutsArgs {
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
   * - Default: `"2m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"1m"`
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

/** Arguments of a CephMonitor. */
export interface CephMonitorArgs {
  /**
   * Name of the node, and of its monitor.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` and `monid` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Address of the monitor, one that the node has in Ceph's public network. A change replaces: the monitor is
   * removed, if the others have a quorum without it, and made anew.
   *
   * - Default: the one address that the node has in the public network
   * - Change: replace, it is made anew
   * - Proxmox: `mon-address`
   */
  address?: pulumi.Input<string> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephMonitorTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephMonitor. */
export interface CephMonitorTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
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

/** Arguments of a CephManager. */
export interface CephManagerArgs {
  /**
   * Name of the node, and of its manager.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` and `id` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephManagerTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephManager. */
export interface CephManagerTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
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

/** Arguments of a CephFlag. */
export interface CephFlagArgs {
  /**
   * The flag that is set while the resource is there: nobackfill, nodeep-scrub, nodown, noin, noout, norebalance,
   * norecover, noscrub, notieragent, noup, pause. `pause` stops all reading and writing.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `flag` in the path
   */
  flag?: pulumi.Input<string> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephFlagTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephFlag. */
export interface CephFlagTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
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

/** Arguments of a CephOsd. */
export interface CephOsdArgs {
  /**
   * Name of the node that has the disk. It is not changed: a disk that was carried to another node is taken over
   * there.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Serial number of the disk. Another disk replaces: the OSDs of the old one are drained and removed, then those
   * of the new one are made, with the same ids where no lower ones are free. An old disk that is dead is not
   * waited for.
   *
   * - Default: `byId` names the disk
   * - Change: replace, it is made anew
   * - Proxmox: `dev`, by its link
   */
  serial?: pulumi.Input<string> | undefined;
  /**
   * The disk's link in /dev/disk/by-id, with or without the directory. Another disk replaces, as for `serial`.
   *
   * - Default: `serial` names the disk
   * - Change: replace, it is made anew
   * - Proxmox: `dev`
   */
  byId?: pulumi.Input<string> | undefined;
  /**
   * The kernel's name that the disk is expected to have when its OSDs are made; beside `serial` or `byId` only,
   * for another boot may give it to another disk.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  device?: pulumi.Input<string> | undefined;
  /**
   * OSDs on the disk, of equal size. It is not changed where OSDs are: that is refused.
   *
   * - Default: 1
   * - Change: live
   * - Proxmox: `osds-per-device`
   */
  osdsPerDevice?: pulumi.Input<number> | undefined;
  /**
   * Disk that takes the database of the OSD, in a volume of its own: an unused one, or one that holds nothing but
   * such volumes. Not with several OSDs per device; not changed where OSDs are.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `db_dev`, `db_dev_size`
   */
  dbDevice?: pulumi.Input<CephOsdDbDeviceArgs> | undefined;
  /**
   * Disk that takes the write-ahead log of the OSD, as for `dbDevice`; only useful where it is faster than that.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `wal_dev`, `wal_dev_size`
   */
  walDevice?: pulumi.Input<CephOsdWalDeviceArgs> | undefined;
  /**
   * Device class in CRUSH. A change of it on OSDs that are there moves data where rules choose by class.
   *
   * - Default: what Ceph finds out: hdd or ssd
   * - Change: live
   * - Proxmox: `crush-device-class`
   */
  deviceClass?: pulumi.Input<string> | undefined;
  /**
   * Whether data are encrypted on the disk, with a key that the monitors keep. It is not changed where OSDs are:
   * that is refused.
   *
   * - Default: false
   * - Change: live
   * - Proxmox: `encrypted`
   */
  encrypted?: pulumi.Input<boolean> | undefined;
  /**
   * What may be wiped, once, where something is on the disk: file systems and partitions that nobody uses, and
   * what is left of OSDs that this Ceph does not know any more. The line may stay, and wipes nothing a second
   * time.
   *
   * - Default: a disk on which anything is is refused
   * - Change: live
   * - Proxmox: `disk`, of `wipedisk`
   */
  wipe?: pulumi.Input<CephOsdWipeArgs> | undefined;
  /**
   * How the OSDs may be removed, where they cannot be drained.
   *
   * - Default: drained first, and refused where redundancy or space would not suffice
   * - Change: live
   */
  removal?: pulumi.Input<CephOsdRemovalArgs> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephOsdTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephOsd. */
export interface CephOsdDbDeviceArgs {
  /**
   * Serial number of the disk.
   *
   * - Default: not set
   * - Change: live
   */
  serial?: pulumi.Input<string> | undefined;
  /**
   * Its link in /dev/disk/by-id, with or without the directory.
   *
   * - Default: not set
   * - Change: live
   */
  byId?: pulumi.Input<string> | undefined;
  /**
   * Size of the volume on it in GiB.
   *
   * - Default: by Ceph's configuration, else 10 % of the OSD for a database, 1 % for a log
   * - Change: live
   */
  sizeGiB?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a CephOsd. */
export interface CephOsdWalDeviceArgs {
  /**
   * Serial number of the disk.
   *
   * - Default: not set
   * - Change: live
   */
  serial?: pulumi.Input<string> | undefined;
  /**
   * Its link in /dev/disk/by-id, with or without the directory.
   *
   * - Default: not set
   * - Change: live
   */
  byId?: pulumi.Input<string> | undefined;
  /**
   * Size of the volume on it in GiB.
   *
   * - Default: by Ceph's configuration, else 10 % of the OSD for a database, 1 % for a log
   * - Change: live
   */
  sizeGiB?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a CephOsd. */
export interface CephOsdWipeArgs {
  /**
   * Serial number of the disk, written once more.
   *
   * - Change: live
   */
  serial: pulumi.Input<string>;
}

/** Part of the arguments of a CephOsd. */
export interface CephOsdRemovalArgs {
  /**
   * The uuids of the OSDs, all of them, that are removed without a look at redundancy and without draining: what
   * only they hold is lost. Not their ids, which go to other OSDs.
   *
   * - Change: live
   */
  acceptDataLoss: pulumi.Input<pulumi.Input<string>[]>;
}

/** Part of the arguments of a CephOsd. */
export interface CephOsdTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"1h"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"24h"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a CephCrushRule. */
export interface CephCrushRuleArgs {
  /**
   * Name of the rule. A change makes another rule.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `ceph osd crush rule create-replicated` on the node
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Node on which Ceph is asked; any one with a monitor will do.
   *
   * - Change: live
   */
  node: pulumi.Input<string>;
  /**
   * Name of the bucket below which copies are placed. It is not changed: that is refused.
   *
   * - Default: `default`, which all OSDs are below
   * - Change: live
   */
  root?: pulumi.Input<string> | undefined;
  /**
   * The kind of place that no two copies share: `host`, `rack`, `osd`, … It is not changed: that is refused.
   *
   * - Default: `host`
   * - Change: live
   */
  failureDomain?: pulumi.Input<string> | undefined;
  /**
   * Only OSDs of this device class take copies. It is not changed: that is refused.
   *
   * - Default: any
   * - Change: live
   */
  deviceClass?: pulumi.Input<string> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephCrushRuleTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephCrushRule. */
export interface CephCrushRuleTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a CephErasureProfile. */
export interface CephErasureProfileArgs {
  /**
   * Name of the profile. A change makes another profile.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `ceph osd erasure-code-profile set` on the node
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Node on which Ceph is asked; any one with a monitor will do.
   *
   * - Change: live
   */
  node: pulumi.Input<string>;
  /**
   * Pieces of data of each object. It is not changed: that is refused.
   *
   * - Change: live
   * - Proxmox: `k`
   */
  k: pulumi.Input<number>;
  /**
   * Pieces more, of which so many may be lost. It is not changed: that is refused.
   *
   * - Change: live
   * - Proxmox: `m`
   */
  m: pulumi.Input<number>;
  /**
   * The kind of place that no two pieces share: `host`, `rack`, `osd`, … It is not changed: that is refused.
   *
   * - Default: `host`
   * - Change: live
   * - Proxmox: `crush-failure-domain`
   */
  failureDomain?: pulumi.Input<string> | undefined;
  /**
   * Only OSDs of this device class take pieces. It is not changed: that is refused.
   *
   * - Default: any
   * - Change: live
   * - Proxmox: `crush-device-class`
   */
  deviceClass?: pulumi.Input<string> | undefined;
  /**
   * Name of the bucket below which pieces are placed. It is not changed: that is refused.
   *
   * - Default: `default`
   * - Change: live
   * - Proxmox: `crush-root`
   */
  root?: pulumi.Input<string> | undefined;
  /**
   * What computes the pieces. It is not changed: that is refused.
   *
   * - Default: Ceph's own: isa since Ceph 20, jerasure before
   * - Change: live
   * - Proxmox: `plugin`
   */
  plugin?: pulumi.Input<"isa" | "jerasure"> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephErasureProfileTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephErasureProfile. */
export interface CephErasureProfileTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a CephManagerModule. */
export interface CephManagerModuleArgs {
  /**
   * Name of the module: `prometheus`, `dashboard`, … A change disables the one and enables the other.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `ceph mgr module enable` on the node
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Node on which Ceph is asked; any one with a monitor will do.
   *
   * - Change: live
   */
  node: pulumi.Input<string>;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephManagerModuleTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephManagerModule. */
export interface CephManagerModuleTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a CephClient. */
export interface CephClientArgs {
  /**
   * Name of the client, without `client.`. A change makes another one, with another key.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `ceph auth get-or-create` on the node
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Node on which Ceph is asked; any one with a monitor will do.
   *
   * - Change: live
   */
  node: pulumi.Input<string>;
  /**
   * What it may do, by kind of daemon: `{ mon: "profile rbd", osd: "profile rbd pool=vm_ssd" }`; all of it.
   *
   * - Change: live
   */
  caps: pulumi.Input<CephClientCapsArgs>;
  /**
   * A secret in Infisical that gets the keyring: then no state has it nor the key, and `reference` leads to it.
   * Where the key is another one by now, it is written again.
   *
   * - Default: not set
   * - Change: live
   */
  writeTo?: pulumi.Input<CephClientWriteToArgs> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephClientTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephClient. */
export interface CephClientCapsArgs {
  /**
   * What it may ask of the monitors.
   *
   * - Default: not set
   * - Change: live
   */
  mon?: pulumi.Input<string> | undefined;
  /**
   * What it may do with data.
   *
   * - Default: not set
   * - Change: live
   */
  osd?: pulumi.Input<string> | undefined;
  /**
   * What it may do with file systems.
   *
   * - Default: not set
   * - Change: live
   */
  mds?: pulumi.Input<string> | undefined;
  /**
   * What it may ask of the managers.
   *
   * - Default: not set
   * - Change: live
   */
  mgr?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a CephClient. */
export interface CephClientWriteToArgs {
  /**
   * Name of the secret.
   *
   * - Change: live
   */
  secretName: pulumi.Input<string>;
  /**
   * Folder in Infisical: `/pve`.
   *
   * - Default: `proxmox:infisicalPath`
   * - Change: live
   */
  path?: pulumi.Input<string> | undefined;
  /**
   * Environment in Infisical, by its slug.
   *
   * - Default: `proxmox:infisicalEnvironment`
   * - Change: live
   */
  environment?: pulumi.Input<string> | undefined;
  /**
   * Project in Infisical, by its id.
   *
   * - Default: `proxmox:infisicalProjectId`
   * - Change: live
   */
  projectId?: pulumi.Input<string> | undefined;
  /**
   * Make the folder when it is missing; it stays on `destroy`.
   *
   * - Default: `false`
   * - Change: live
   */
  createFolders?: pulumi.Input<boolean> | undefined;
  /**
   * Write over a secret of this name that is somebody else's.
   *
   * - Default: `false`
   * - Change: live
   */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a CephClient. */
export interface CephClientTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a CephOptions. */
export interface CephOptionsArgs {
  /**
   * Node on which Ceph is asked; any one with a monitor will do.
   *
   * - Change: live
   */
  node: pulumi.Input<string>;
  /**
   * Values by section and option: `{ osd: { osd_memory_target: "4G" }, "osd/class:hdd": { … } }`. What is not
   * written is left as it is; what is no longer written gets Ceph's own value.
   *
   * - Change: live
   * - Proxmox: `ceph config set` on the node
   */
  options: pulumi.Input<Record<string, pulumi.Input<Record<string, pulumi.Input<number | boolean | string>>>>>;
  /**
   * Options by which a single disk or node may hold the only copy are refused unless this is true:
   * mon_allow_pool_size_one, osd_crush_chooseleaf_type 0, osd_pool_default_size 1.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  singleNode?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephOptionsTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephOptions. */
export interface CephOptionsTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a CephMds. */
export interface CephMdsArgs {
  /**
   * Name of the node; its metadata server has the same name. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` and `name` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephMdsTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephMds. */
export interface CephMdsTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
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

/** Arguments of a CephFs. */
export interface CephFsArgs {
  /**
   * Name of the file system; its pools are `<name>_data` and `<name>_metadata`. A change makes another one, and
   * removes the old one only by `removal`.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `name` in the path
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Node on which Ceph is asked; any one with a monitor will do.
   *
   * - Change: live
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Placement groups of the data to begin with; the metadata get a quarter. The autoscaler changes both.
   *
   * - Default: 128
   * - Change: none, nothing happens to what is there
   * - Proxmox: `pg_num`
   */
  pgNum?: pulumi.Input<number> | undefined;
  /**
   * How the file system may be removed.
   *
   * - Default: not at all
   * - Change: live
   */
  removal?: pulumi.Input<CephFsRemovalArgs> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephFsTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephFs. */
export interface CephFsRemovalArgs {
  /**
   * The file system's name once more: it is removed with its pools and all files in them.
   *
   * - Change: live
   */
  acceptDataLoss: pulumi.Input<string>;
}

/** Part of the arguments of a CephFs. */
export interface CephFsTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a CephPool. */
export interface CephPoolArgs {
  /**
   * Name of the pool. A change makes another pool; the old one is removed when nothing is in it. With
   * `erasureCoding` it is the name of two: `<name>-data` and, for what cannot be erasure-coded, `<name>-metadata`.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `name`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Node on which Ceph is asked; any one with a monitor will do.
   *
   * - Change: live
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Copies of each object, each in another place by the pool's rule. A change copies or drops data. With
   * `erasureCoding` of the metadata only.
   *
   * - Default: 3
   * - Change: live
   * - Proxmox: `size`
   */
  size?: pulumi.Input<number> | undefined;
  /**
   * Copies that must be there for reading and writing.
   *
   * - Default: 2, and 1 where `size` is 1
   * - Change: live
   * - Proxmox: `min_size`
   */
  minSize?: pulumi.Input<number> | undefined;
  /**
   * `size: 1`, with which the first disk that fails takes data with it, is refused unless this is true.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  acceptSingleCopy?: pulumi.Input<boolean> | undefined;
  /**
   * Placement groups. A change splits or merges them while the pool goes on, and moves data.
   *
   * - Default: 32, and what the autoscaler makes of it
   * - Change: live
   * - Proxmox: `pg_num`
   */
  pgNum?: pulumi.Input<number> | undefined;
  /**
   * Placement groups that the autoscaler neither undercuts nor warns about; 0 for no such number.
   *
   * - Default: `pgNum`, unless `autoscale` is on
   * - Change: live
   * - Proxmox: `pg_num_min`
   */
  pgNumMin?: pulumi.Input<number> | undefined;
  /**
   * Whether Ceph changes `pgNum` by what is in the pool (`on`), only warns (`warn`), or neither (`off`).
   *
   * - Default: `warn` where `pgNum` is written, else `on`
   * - Change: live
   * - Proxmox: `pg_autoscale_mode`
   */
  autoscale?: pulumi.Input<"on" | "warn" | "off"> | undefined;
  /**
   * For the autoscaler: how much will be in the pool, in GiB.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `target_size`
   */
  targetSizeGiB?: pulumi.Input<number> | undefined;
  /**
   * For the autoscaler: which part will be in the pool, against the ratios of the other pools; where it is the
   * only one that has one, that is all.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `target_size_ratio`
   */
  targetRatio?: pulumi.Input<number> | undefined;
  /**
   * What uses the pool. It is not changed where another one is enabled: that is refused.
   *
   * - Default: rbd
   * - Change: live
   * - Proxmox: `application`
   */
  application?: pulumi.Input<"rbd" | "cephfs" | "rgw"> | undefined;
  /**
   * Name of the rule that places the copies (`CephCrushRule`). A change moves all data to where the new one places
   * them. With `erasureCoding` of the metadata only.
   *
   * - Default: `replicated_rule`: each copy on another host, any device class
   * - Change: live
   * - Proxmox: `crush_rule`
   */
  crushRule?: pulumi.Input<string> | undefined;
  /**
   * Pieces instead of copies. It is not changed where the pool is: that is refused.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `erasure-coding`
   */
  erasureCoding?: pulumi.Input<CephPoolErasureCodingArgs> | undefined;
  /**
   * Whether and how data are compressed that are written from now on.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `ceph osd pool set` on the node
   */
  compression?: pulumi.Input<CephPoolCompressionArgs> | undefined;
  /**
   * A storage of the pool's name, for disks of VMs and containers. It goes with the pool; where it is no longer
   * wanted before that, it stays.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `add_storages`
   */
  addStorages?: pulumi.Input<boolean> | undefined;
  /**
   * Take over a pool of this name that is another one than described, and bring it to the description. One that is
   * as described, or in which nothing is, is taken over in any case. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * How the pool may be removed while something is in it.
   *
   * - Default: only when nothing is in it and no storage uses it
   * - Change: live
   */
  removal?: pulumi.Input<CephPoolRemovalArgs> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CephPoolTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CephPool. */
export interface CephPoolErasureCodingArgs {
  /**
   * Pieces of data of each object.
   *
   * - Change: live
   * - Proxmox: `k`
   */
  k: pulumi.Input<number>;
  /**
   * Pieces more, of which so many may be lost.
   *
   * - Change: live
   * - Proxmox: `m`
   */
  m: pulumi.Input<number>;
  /**
   * The kind of place that no two pieces share: `host`, `rack`, `osd`, …
   *
   * - Default: `host`
   * - Change: live
   * - Proxmox: `failure-domain`
   */
  failureDomain?: pulumi.Input<string> | undefined;
  /**
   * Only OSDs of this device class take pieces.
   *
   * - Default: any
   * - Change: live
   * - Proxmox: `device-class`
   */
  deviceClass?: pulumi.Input<string> | undefined;
  /**
   * A profile that is there (`CephErasureProfile`), with the same `k` and `m`; failure domain and class are then
   * those of the profile.
   *
   * - Default: one is made for the pool, and goes with it
   * - Change: live
   * - Proxmox: `profile`
   */
  profile?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a CephPool. */
export interface CephPoolCompressionArgs {
  /**
   * When data are compressed: `aggressive` unless a client asks not to, `passive` when it asks to, `force` always,
   * `none` never.
   *
   * - Change: live
   * - Proxmox: `compression_mode`
   */
  mode: pulumi.Input<"none" | "passive" | "aggressive" | "force">;
  /**
   * By what they are compressed.
   *
   * - Default: that of the OSDs, snappy unless set otherwise
   * - Change: live
   * - Proxmox: `compression_algorithm`
   */
  algorithm?: pulumi.Input<"snappy" | "zlib" | "zstd" | "lz4"> | undefined;
  /**
   * What a block has to shrink to at least, as a part of its size, to be kept compressed.
   *
   * - Default: that of the OSDs, 0.875 unless set otherwise
   * - Change: live
   * - Proxmox: `compression_required_ratio`
   */
  requiredRatio?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a CephPool. */
export interface CephPoolRemovalArgs {
  /**
   * The pool's name once more: it is removed with all that is in it.
   *
   * - Change: live
   */
  acceptDataLoss: pulumi.Input<string>;
}

/** Part of the arguments of a CephPool. */
export interface CephPoolTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"30m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}
