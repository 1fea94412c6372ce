import { z } from "zod";
import { sensitiveText } from "../kernel/secrets/sensitive";
import { timeoutsSchema } from "../vm/vm.model";

const text = z.string().min(1, "write a text that is not empty");
const absolute = z.string().regex(/^\/[^;()]+$/, "write an absolute path");
const server = z.string().regex(/^[A-Za-z0-9.:-]+$/, "write a host name or an IP address");
const group = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]$/, "write the name of an LVM volume group or pool");
const count = z.int().min(0, "write 0 or more");
const rate = z.number().min(0, "write KiB per second, 0 for no limit");

const pruneBackups = z
  .strictObject({
    /** Keep every backup; excludes all others. Proxmox: `keep-all`. */
    keepAll: z.boolean().optional(),
    /** Keep the newest backups, so many. Proxmox: `keep-last`. */
    keepLast: count.optional(),
    /** Keep the newest backup of each of so many hours. Proxmox: `keep-hourly`. */
    keepHourly: count.optional(),
    /** Keep the newest backup of each of so many days. Proxmox: `keep-daily`. */
    keepDaily: count.optional(),
    /** Keep the newest backup of each of so many weeks. Proxmox: `keep-weekly`. */
    keepWeekly: count.optional(),
    /** Keep the newest backup of each of so many months. Proxmox: `keep-monthly`. */
    keepMonthly: count.optional(),
    /** Keep the newest backup of each of so many years. Proxmox: `keep-yearly`. */
    keepYearly: count.optional(),
  })
  .refine(
    ({ keepAll, ...counts }) => keepAll !== true || Object.values(counts).every((value) => !value),
    "keepAll leaves nothing to be counted; write either keepAll or the counts",
  );

/** Which contents a type of storage can hold (`plugindata` in PVE/Storage/*Plugin.pm). */
const contents = {
  directory: ["images", "rootdir", "vztmpl", "iso", "backup", "snippets", "import", "none"],
  share: ["images", "rootdir", "vztmpl", "iso", "backup", "snippets", "import"],
  cephfs: ["vztmpl", "iso", "backup", "snippets", "import"],
  volumes: ["images", "rootdir"],
  images: ["images"],
  luns: ["images", "none"],
  pbs: ["backup", "none"],
  esxi: ["import"],
} as const;

function contentOf<K extends keyof typeof contents>(kind: K) {
  const names = contents[kind];
  return z
    .array(z.enum(names, `this type of storage holds ${names.join(", ")}`))
    .min(1, "name at least one content")
    .refine((list) => !(list as string[]).includes("none") || list.length === 1, "none excludes all other contents");
}

/** What the storage may hold. */
const content = <K extends keyof typeof contents>(kind: K) => ({
  /** What it may be used for. Default: Proxmox's own for the type. */
  content: contentOf(kind).optional(),
});

/** What every type of storage has. */
const common = {
  /** Name of the storage. Default: the resource's name. Proxmox: `storage`. */
  storageId: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]$/, "write letters, digits, . _ and -, first a letter, at least two"),
  /** Nodes that have it. Default: all. */
  nodes: z.array(text).min(1, "name at least one node, or leave it out for all").optional(),
  /** Known, but not used by any node. Default false. */
  disabled: z.boolean().optional(),
  /** Take over the definition of this name, which must exist with the same type and place. Default false. Only read at creation. */
  adopt: z.boolean().optional(),
  /** Longest time of each operation. */
  timeouts: timeoutsSchema.optional(),
};

const bandwidth = {
  /** Limits in KiB per second, by what is done. */
  bandwidthLimit: z
    .strictObject({
      /** Limit of all that has none of its own, in KiB per second; 0 = none. Proxmox: `default`. */
      default: rate.optional(),
      /** Limit of clones, in KiB per second; 0 = none. Proxmox: `clone`. */
      clone: rate.optional(),
      /** Limit of migrations, in KiB per second; 0 = none. Proxmox: `migration`. */
      migration: rate.optional(),
      /** Limit of moves of disks, in KiB per second; 0 = none. Proxmox: `move`. */
      move: rate.optional(),
      /** Limit of restores, in KiB per second; 0 = none. Proxmox: `restore`. */
      restore: rate.optional(),
    })
    .optional(),
};

const retention = {
  /** Which backups are kept when none is said. Default: all. */
  pruneBackups: pruneBackups.optional(),
  /** Protected backups per guest; -1 for any number. Default: 5, and any number for who may allocate on the storage. */
  maxProtectedBackups: z.int().min(-1, "write -1 or more").optional(),
};
/** Storages of files in directories. */
const files = {
  ...retention,
  /** Make the base directory when it is not there. Default true. */
  createBasePath: z.boolean().optional(),
  /** Make the directories of the contents. Default true. */
  createSubdirs: z.boolean().optional(),
};
const images = {
  /** Format of new images when none is said. */
  format: z.enum(["raw", "qcow2", "vmdk", "subvol"], "write raw, qcow2, vmdk or subvol").optional(),
  /** How much of a new image is allocated. Default `metadata`, of raw images `off`. */
  preallocation: z.enum(["off", "metadata", "falloc", "full"], "write off, metadata, falloc or full").optional(),
};
const contentDirs = {
  /** Directories of contents other than the usual ones, below the path: `{ iso: "isos" }`. */
  contentDirs: z
    .partialRecord(
      z.enum(contents.share),
      z.string().regex(/^[^.,=]+(?:\.?[^.,=]+)*$/, "write a path below the storage's own"),
    )
    .optional(),
};
const chain = {
  /** Snapshots as chains of volumes; on thick LVM a change is live. Default false. */
  snapshotAsVolumeChain: z.boolean().optional(),
};
const mounted = {
  /** Where it is mounted. Default: `/mnt/pve/<storageId>`. */
  path: absolute.optional(),
  /** Mount options, separated by commas. */
  options: z.string().regex(/^\S+$/, "write mount options without blanks").optional(),
};
const mountPoint = {
  /** Offline while the path, or the one given here, is not a mount point. Default false. */
  isMountpoint: z.union([z.boolean(), absolute], "write true, false or an absolute path").optional(),
  /** Marks a directory that every node mounts by itself; it does not share anything. */
  shared: z.boolean().optional(),
};
const username = {
  /** User name there. */
  username: text.optional(),
};
const password = {
  /** Password, or a reference to it; never read back. */
  password: sensitiveText().optional(),
};
const subdir = {
  /** Directory there that is mounted. Default: the topmost one. */
  subdir: absolute.optional(),
};
const ceph = {
  /** Addresses of the monitors of another cluster. Default: the nodes' own cluster. */
  monitors: z.array(text).optional(),
  /** Secret of the client for another cluster, or a reference to it; never read back. */
  keyring: sensitiveText().optional(),
};
const namespace = {
  /** Namespace there. Default: the root namespace. */
  namespace: text.optional(),
};
const target = {
  /** Address of the iSCSI portal, with a port if not 3260. */
  portal: text,
  /** iSCSI target (IQN). */
  target: text,
};
const volumeGroup = {
  /** LVM volume group on each node. */
  volumeGroup: group,
};
const sparse = {
  /** New volumes take only what they hold. */
  sparse: z.boolean().optional(),
};
const port = {
  /** Port. Default: that of the protocol. */
  port: z.int().min(1).max(65535, "write a port").optional(),
};

export const kinds = {
  dir: {
    /** Directory on each node. */
    path: absolute,
    ...content("directory"),
    ...{ ...mountPoint, ...files, ...images, ...contentDirs, ...chain, ...bandwidth },
  },
  btrfs: {
    /** Directory on each node, on a btrfs file system. */
    path: absolute,
    ...content("directory"),
    /** No copy-on-write, and with it no checksums. Default false. */
    nocow: z.boolean().optional(),
    ...{ ...mountPoint, ...files, ...images },
  },
  nfs: {
    /** NFS server. */
    server,
    /** Exported path. */
    export: absolute,
    ...content("share"),
    ...{ ...mounted, ...files, ...images, ...contentDirs, ...chain, ...bandwidth },
  },
  cifs: {
    /** SMB server. */
    server,
    /** Name of the share. */
    share: text,
    /** Domain of the user. */
    domain: text.optional(),
    /** Version of the protocol. Default: the highest that both know. */
    smbVersion: z
      .enum(["default", "2.0", "2.1", "3", "3.0", "3.11"], "write default, 2.0, 2.1, 3, 3.0 or 3.11")
      .optional(),
    ...content("share"),
    ...{ ...mounted, ...files, ...images, ...contentDirs, ...chain, ...bandwidth, ...username, ...password, ...subdir },
  },
  cephfs: {
    /** Name of the file system. */
    fileSystem: text.optional(),
    /** Mount through FUSE. Default false. */
    fuse: z.boolean().optional(),
    ...content("cephfs"),
    ...{ ...ceph, ...subdir, ...mounted, ...files, ...contentDirs, ...bandwidth, ...username },
  },
  rbd: {
    /** Pool of RBD images. Default rbd. */
    pool: text.optional(),
    /** Pool of the data, for erasure coding. */
    dataPool: text.optional(),
    /** Through the kernel's module always. Default false. */
    krbd: z.boolean().optional(),
    ...content("volumes"),
    ...{ ...ceph, ...namespace, ...bandwidth, ...username },
  },
  lvm: {
    ...volumeGroup,
    /** Volume that carries the group, such as a LUN of an iSCSI storage. */
    base: text.optional(),
    /** Every node sees the same group. */
    shared: z.boolean().optional(),
    /** Zero out what is removed. */
    saferemove: z.boolean().optional(),
    /** How fast it is zeroed out, in bytes per second. */
    saferemoveThroughput: text.optional(),
    /** Size of the steps in which it is zeroed out, in MiB. Default 32. */
    saferemoveStepSize: z
      .union(
        [1, 2, 4, 8, 16, 32].map((size) => z.literal(size)),
        "write 1, 2, 4, 8, 16 or 32",
      )
      .optional(),
    /** Only volumes with the tag `pve-vm-<id>`. */
    taggedOnly: z.boolean().optional(),
    ...content("volumes"),
    ...{ ...chain, ...bandwidth },
  },
  lvmthin: {
    ...volumeGroup,
    /** Thin pool of the group. */
    thinPool: group,
    ...content("volumes"),
    ...bandwidth,
  },
  zfspool: {
    /** ZFS pool or dataset. */
    pool: text,
    /** Size of the blocks of new volumes, such as 16k. */
    blockSize: text.optional(),
    /** Where the pool is mounted. Default: `/<pool>`. */
    mountpoint: absolute.optional(),
    ...content("volumes"),
    ...{ ...sparse, ...bandwidth },
  },
  zfs: {
    ...target,
    /** ZFS pool on the server. */
    pool: text,
    /** Size of the blocks of new volumes, such as 4k. */
    blockSize: text,
    /** What makes the LUNs on the server. */
    iscsiProvider: z.enum(["comstar", "istgt", "iet", "LIO"], "write comstar, istgt, iet or LIO"),
    /** No cache for writes on the target. */
    noWriteCache: z.boolean().optional(),
    /** Host group of comstar's views. */
    comstarHostGroup: text.optional(),
    /** Target group of comstar's views. */
    comstarTargetGroup: text.optional(),
    /** Target portal group of LIO. */
    lioTargetPortalGroup: text.optional(),
    ...content("images"),
    ...{ ...sparse, ...bandwidth },
  },
  iscsi: {
    ...target,
    ...content("luns"),
    ...bandwidth,
  },
  iscsidirect: { ...target, ...content("luns"), ...bandwidth },
  pbs: {
    /** Proxmox Backup Server. */
    server,
    /** Its datastore. */
    datastore: text,
    /** SHA-256 fingerprint of its certificate. */
    fingerprint: z
      .string()
      .regex(/^(?:[A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}$/, "write 32 pairs of hexadecimal digits with colons")
      .optional(),
    /**
     * Key that backups are encrypted with, as JSON (`proxmox-backup-client key create`), or a reference to it. Keep it:
     * without it no backup can be read. Never read back.
     */
    encryptionKey: sensitiveText(
      z.string().startsWith("{", "write the key as JSON; one that Proxmox generates would be lost"),
    ).optional(),
    /** Public RSA key, PEM in base64, that the encryption key is kept with in each backup. Never read back. */
    masterPublicKey: sensitiveText().optional(),
    ...content("pbs"),
    ...{ ...namespace, ...port, ...username, ...password, ...retention },
  },
  esxi: {
    /** ESXi host or vCenter. */
    server,
    /** User name there. */
    username: text,
    /** Do not check its certificate. Default false. */
    skipCertificateVerification: z.boolean().optional(),
    ...content("esxi"),
    ...{ ...port, ...password },
  },
} as const;

/** What every storage of a type has. */
export const storageOfType = <T extends keyof typeof kinds>(type: T) =>
  z.strictObject({
    /** Type of the storage; it decides which other arguments there are. Proxmox: `type`. */
    type: z.literal(type),
    ...common,
    ...kinds[type],
  });
