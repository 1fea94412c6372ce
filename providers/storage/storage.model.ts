import { z } from "zod";
import type { Model } from "../define";
import { sensitivePaths, sensitiveText } from "../sensitive";
import { timeoutsSchema } from "../vm/vm.model";
import { sameStorageValue } from "./storage-fields.model";

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
    /** Keep every backup; excludes all others. */
    keepAll: z.boolean().optional(),
    keepLast: count.optional(),
    keepHourly: count.optional(),
    keepDaily: count.optional(),
    keepWeekly: count.optional(),
    keepMonthly: count.optional(),
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

function contentOf(kind: keyof typeof contents) {
  const names = contents[kind];
  return z
    .array(z.enum(names, `this type of storage holds ${names.join(", ")}`))
    .min(1, "name at least one content")
    .refine((list) => !(list as string[]).includes("none") || list.length === 1, "none excludes all other contents");
}

/** What every type of storage has. */
const common = {
  /** Name of the storage. Default: the resource's name. A change replaces. Proxmox: `storage`. */
  storageId: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]$/, "write letters, digits, . _ and -, first a letter, at least two"),
  /** Nodes that have it. Default: all. */
  nodes: z.array(text).min(1, "name at least one node, or leave it out for all").optional(),
  /** Known, but not used by any node. Proxmox: `disable`. */
  disabled: z.boolean().optional(),
  /** Take over the definition of this name, which must exist with the same type and place. Only read at creation. */
  adopt: z.boolean().optional(),
  /** Longest time of each operation. */
  timeouts: timeoutsSchema.optional(),
};

const bandwidth = {
  /** Limits in KiB per second, by what is done. Proxmox: `bwlimit`. */
  bandwidthLimit: z
    .strictObject({
      default: rate.optional(),
      clone: rate.optional(),
      migration: rate.optional(),
      move: rate.optional(),
      restore: rate.optional(),
    })
    .optional(),
};

/** Storages of files in directories. */
const files = {
  /** Which backups are kept when none is said. Proxmox: `prune-backups`. */
  pruneBackups: pruneBackups.optional(),
  /** Protected backups per guest; -1 for any number. */
  maxProtectedBackups: z.int().min(-1, "write -1 or more").optional(),
  /** Make the base directory when it is not there. Default true. */
  createBasePath: z.boolean().optional(),
  /** Make the directories of the contents. Default true. */
  createSubdirs: z.boolean().optional(),
};
const images = {
  /** Format of new images when none is said. */
  format: z.enum(["raw", "qcow2", "vmdk", "subvol"], "write raw, qcow2, vmdk or subvol").optional(),
  /** How much of a new image is allocated. */
  preallocation: z.enum(["off", "metadata", "falloc", "full"], "write off, metadata, falloc or full").optional(),
};
const contentDirs = {
  /** Directories of contents other than the usual ones, below the path: `{ iso: "isos" }`. Proxmox: `content-dirs`. */
  contentDirs: z
    .partialRecord(
      z.enum(contents.share),
      z.string().regex(/^[^.,=]+(?:\.?[^.,=]+)*$/, "write a path below the storage's own"),
    )
    .optional(),
};
const chain = {
  /** Snapshots as chains of volumes. A change replaces, on thick LVM it is live. */
  snapshotAsVolumeChain: z.boolean().optional(),
};
const mounted = {
  /** Where it is mounted. Default: /mnt/pve/<storageId>. A change replaces. */
  path: absolute.optional(),
  /** Mount options, separated by commas. */
  options: z.string().regex(/^\S+$/, "write mount options without blanks").optional(),
};
const mountPoint = {
  /** Offline while the path, or the one given here, is not a mount point. Proxmox: `is_mountpoint`. */
  isMountpoint: z.union([z.boolean(), absolute], "write true, false or an absolute path").optional(),
  /** Marks a directory that every node mounts by itself; it does not share anything. */
  shared: z.boolean().optional(),
};
const username = { /** User name there. */ username: text.optional() };
const password = { /** Password, or a reference to it; never read back. */ password: sensitiveText().optional() };

const kinds = {
  dir: {
    /** Directory on each node. A change replaces. */
    path: absolute,
    content: contentOf("directory").optional(),
    ...{ ...mountPoint, ...files, ...images, ...contentDirs, ...chain, ...bandwidth },
  },
  btrfs: {
    path: absolute,
    content: contentOf("directory").optional(),
    /** No copy-on-write, and with it no checksums. */
    nocow: z.boolean().optional(),
    ...{ ...mountPoint, ...files, ...images },
  },
  nfs: {
    /** NFS server. A change replaces. */
    server,
    /** Exported path. A change replaces. */
    export: absolute,
    content: contentOf("share").optional(),
    ...{ ...mounted, ...files, ...images, ...contentDirs, ...chain, ...bandwidth },
  },
  cifs: {
    server,
    /** Name of the share. A change replaces. */
    share: text,
    /** Domain of the user. */
    domain: text.optional(),
    /** Version of the protocol. */
    smbVersion: z
      .enum(["default", "2.0", "2.1", "3", "3.0", "3.11"], "write default, 2.0, 2.1, 3, 3.0 or 3.11")
      .optional(),
    /** Directory of the share that is mounted. */
    subdir: absolute.optional(),
    content: contentOf("share").optional(),
    ...{ ...mounted, ...files, ...images, ...contentDirs, ...chain, ...bandwidth, ...username, ...password },
  },
  cephfs: {
    /** Addresses of the monitors of another cluster; left out for the nodes' own. */
    monitors: z.array(text).optional(),
    /** Name of the file system. Proxmox: `fs-name`. */
    fileSystem: text.optional(),
    subdir: absolute.optional(),
    /** Mount through FUSE. */
    fuse: z.boolean().optional(),
    /** Secret of the client for another cluster, or a reference to it; never read back. */
    keyring: sensitiveText().optional(),
    content: contentOf("cephfs").optional(),
    ...{ ...mounted, ...files, ...contentDirs, ...bandwidth, ...username },
  },
  rbd: {
    /** Pool of RBD images. Default rbd. A change replaces. */
    pool: text.optional(),
    monitors: z.array(text).optional(),
    /** Pool of the data, for erasure coding. */
    dataPool: text.optional(),
    namespace: text.optional(),
    /** Through the kernel's module. */
    krbd: z.boolean().optional(),
    keyring: sensitiveText().optional(),
    content: contentOf("volumes").optional(),
    ...{ ...bandwidth, ...username },
  },
  lvm: {
    /** Volume group. A change replaces. */
    volumeGroup: group,
    /** Volume that carries the group, such as a LUN of an iSCSI storage. A change replaces. */
    base: text.optional(),
    /** Every node sees the same group. */
    shared: z.boolean().optional(),
    /** Zero out what is removed. */
    saferemove: z.boolean().optional(),
    saferemoveThroughput: text.optional(),
    saferemoveStepSize: z
      .union(
        [1, 2, 4, 8, 16, 32].map((size) => z.literal(size)),
        "write 1, 2, 4, 8, 16 or 32",
      )
      .optional(),
    /** Only volumes with the tag `pve-vm-<id>`. */
    taggedOnly: z.boolean().optional(),
    content: contentOf("volumes").optional(),
    ...{ ...chain, ...bandwidth },
  },
  lvmthin: {
    volumeGroup: group,
    /** Thin pool of the group. A change replaces. */
    thinPool: group,
    content: contentOf("volumes").optional(),
    ...bandwidth,
  },
  zfspool: {
    /** ZFS pool or dataset. A change replaces. */
    pool: text,
    /** Size of the blocks of new volumes, such as 16k. */
    blockSize: text.optional(),
    /** New volumes take only what they hold. */
    sparse: z.boolean().optional(),
    mountpoint: absolute.optional(),
    content: contentOf("volumes").optional(),
    ...bandwidth,
  },
  zfs: {
    portal: text,
    target: text,
    pool: text,
    blockSize: text,
    iscsiProvider: z.enum(["comstar", "istgt", "iet", "LIO"], "write comstar, istgt, iet or LIO"),
    sparse: z.boolean().optional(),
    noWriteCache: z.boolean().optional(),
    comstarHostGroup: text.optional(),
    comstarTargetGroup: text.optional(),
    lioTargetPortalGroup: text.optional(),
    content: contentOf("images").optional(),
    ...bandwidth,
  },
  iscsi: {
    /** Address of the portal, with a port if not 3260. A change replaces. */
    portal: text,
    /** Target (IQN). A change replaces. */
    target: text,
    content: contentOf("luns").optional(),
    ...bandwidth,
  },
  iscsidirect: { portal: text, target: text, content: contentOf("luns").optional(), ...bandwidth },
  pbs: {
    /** Proxmox Backup Server. A change replaces. */
    server,
    /** Its datastore. A change replaces. */
    datastore: text,
    namespace: text.optional(),
    port: z.int().min(1).max(65535, "write a port").optional(),
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
    content: contentOf("pbs").optional(),
    ...{ ...username, ...password },
    ...{ pruneBackups: files.pruneBackups, maxProtectedBackups: files.maxProtectedBackups },
  },
  esxi: {
    server,
    username: text,
    password: sensitiveText().optional(),
    port: z.int().min(1).max(65535, "write a port").optional(),
    /** Do not check its certificate. */
    skipCertificateVerification: z.boolean().optional(),
    content: contentOf("esxi").optional(),
  },
} as const;

const of = <T extends keyof typeof kinds>(type: T) =>
  z.strictObject({ type: z.literal(type), ...common, ...kinds[type] });

/** Definitions of storages, by their type. */
export const storageSchema = z.discriminatedUnion(
  "type",
  [
    of("dir"),
    of("btrfs"),
    of("nfs"),
    of("cifs"),
    of("cephfs"),
    of("rbd"),
    of("lvm"),
    of("lvmthin"),
    of("zfspool"),
    of("zfs"),
    of("iscsi"),
    of("iscsidirect"),
    of("pbs"),
    of("esxi"),
  ],
  `write one of ${Object.keys(kinds).join(", ")}`,
);

/** What a user may write. */
export type StorageArguments = z.input<typeof storageSchema>;
export type StorageInputs = z.infer<typeof storageSchema>;

const replacing = [
  ...["storageId", "type", "path", "server", "export", "share", "volumeGroup", "base", "thinPool", "pool", "portal"],
  ...["target", "datastore", "iscsiProvider", "blockSize", "snapshotAsVolumeChain"],
];
const live = [...new Set(Object.values(kinds).flatMap((shape) => Object.keys(shape)))].filter(
  (field) => !replacing.includes(field),
);

export const storageModel: Model = {
  schema: storageSchema,
  effects: {
    ...Object.fromEntries([...live, "nodes", "disabled", "timeouts"].map((field) => [field, "live" as const])),
    ...Object.fromEntries(replacing.map((field) => [field, "replace" as const])),
    adopt: "none",
  },
  sensitive: sensitivePaths(storageSchema),
  /** The resource's own name is the storage's, unless the program says otherwise. */
  defaults: (inputs, urn) => {
    const own = urn.split("::").at(-1);
    return inputs["storageId"] === undefined && own ? { ...inputs, storageId: own } : inputs;
  },
  transition: (inputs, was) =>
    inputs["adopt"] === true
      ? movedFields(inputs, was).map((path) => ({
          path,
          message: "would make the definition anew, and adopt only takes over what is there; leave adopt out",
        }))
      : [],
  same: sameStorageValue,
};

/** What is fixed for some types only: those of these types can be changed where they are. */
export const liveFor: Readonly<Record<string, readonly string[]>> = {
  blockSize: ["zfspool"],
  snapshotAsVolumeChain: ["lvm"],
};

/** Fields that tell where the data is: an existing definition that differs in them is another storage. */
export const placeFields = replacing.filter((field) => field !== "storageId" && liveFor[field] === undefined);

/** Fields with another value than before that make the definition anew under its name. */
export function movedFields(inputs: object, was: object): string[] {
  const [values, before] = [inputs, was] as [Record<string, unknown>, Record<string, unknown>];
  if (values["storageId"] !== before["storageId"]) return [];
  return placeFields.filter((field) => values[field] !== undefined && values[field] !== before[field]);
}
