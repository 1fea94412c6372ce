import { z } from "zod";
import { flag, flagOrWord, list, number, word } from "../kernel/fields/codec";
import { fields, optional, required, type Facts } from "../kernel/fields/field";
import { map, part, partsIn, property } from "../kernel/fields/property";
import { keptBackups, keptText } from "./retention.model";
import { sensitiveText } from "../kernel/secrets/sensitive";
import { timeoutsSchema } from "../kernel/call/timeouts.model";

export const text = () => z.string().min(1, "write a text that is not empty");
export const absolute = () => z.string().regex(/^\/[^;()]+$/, "write an absolute path");
export const server = () => z.string().regex(/^[A-Za-z0-9.:-]+$/, "write a host name or an IP address");
export const group = () =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]$/, "write the name of an LVM volume group or pool");
const rate = z.number().min(0, "write KiB per second, 0 for no limit");

/** A field whose value Proxmox never gives back. */
export interface WriteOnly extends Facts {
  readonly key: string;
  readonly writeOnly: true;
}

export const writeOnly = (key: string): WriteOnly => ({ key, effect: "live", writeOnly: true });

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
export const content = <K extends keyof typeof contents>(kind: K) => ({
  content: optional("What it may be used for.", contentOf(kind), {
    ...list("content", "live"),
    default: "Proxmox's own for the type",
  }),
});

/** What every type of storage has. */
export const common = {
  storageId: required(
    "Name of the storage.",
    z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]$/, "write letters, digits, . _ and -, first a letter, at least two"),
    { key: "storage", effect: "replace", default: "the resource's name" },
  ),
  nodes: optional("Nodes that have it.", z.array(text()).min(1, "name at least one node, or leave it out for all"), {
    ...list("nodes", "live"),
    default: "all",
  }),
  disabled: optional("Known, but not used by any node.", z.boolean(), flag("disable", "live", false)),
  adopt: optional(
    "Take over the definition of this name, which must exist with the same type and place. Only read at creation.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
};

const limits = fields({
  default: optional(
    "Limit of all that has none of its own, in KiB per second; 0 = none.",
    rate,
    part("default", "number"),
  ),
  clone: optional("Limit of clones, in KiB per second; 0 = none.", rate, part("clone", "number")),
  migration: optional("Limit of migrations, in KiB per second; 0 = none.", rate, part("migration", "number")),
  move: optional("Limit of moves of disks, in KiB per second; 0 = none.", rate, part("move", "number")),
  restore: optional("Limit of restores, in KiB per second; 0 = none.", rate, part("restore", "number")),
});

export const bandwidth = {
  bandwidthLimit: optional(
    "Limits in KiB per second, by what is done.",
    limits,
    property("bwlimit", "live", { primary: "default", bare: false, parts: partsIn(limits) }),
  ),
};

export const retention = {
  pruneBackups: optional("Which backups are kept when none is said.", keptBackups, {
    ...keptText("live"),
    default: "all",
  }),
  maxProtectedBackups: optional(
    "Protected backups per guest; -1 for any number.",
    z.int().min(-1, "write -1 or more"),
    {
      ...number("max-protected-backups", "live"),
      default: "5, and any number for who may allocate on the storage",
    },
  ),
};

/** Storages of files in directories. */
export const files = {
  ...retention,
  createBasePath: optional(
    "Make the base directory when it is not there.",
    z.boolean(),
    flag("create-base-path", "live", true),
  ),
  createSubdirs: optional("Make the directories of the contents.", z.boolean(), flag("create-subdirs", "live", true)),
};

export const images = {
  format: optional(
    "Format of new images when none is said.",
    z.enum(["raw", "qcow2", "vmdk", "subvol"], "write raw, qcow2, vmdk or subvol"),
    word("format", "live"),
  ),
  preallocation: optional(
    "How much of a new image is allocated.",
    z.enum(["off", "metadata", "falloc", "full"], "write off, metadata, falloc or full"),
    { ...word("preallocation", "live"), default: "`metadata`, of raw images `off`" },
  ),
};

export const contentDirs = {
  contentDirs: optional(
    'Directories of contents other than the usual ones, below the path: `{ iso: "isos" }`.',
    z.partialRecord(
      z.enum(contents.share),
      z.string().regex(/^[^.,=]+(?:\.?[^.,=]+)*$/, "write a path below the storage's own"),
    ),
    map("content-dirs", "live"),
  ),
};

/** Only thick LVM can change it where it is. */
export const chain = (effect: "live" | "replace") => ({
  snapshotAsVolumeChain: optional(
    "Snapshots as chains of volumes.",
    z.boolean(),
    flag("snapshot-as-volume-chain", effect, false),
  ),
});

export const mounted = {
  path: optional("Where it is mounted.", absolute(), {
    ...word("path", "replace"),
    default: "`/mnt/pve/<storageId>`",
  }),
  options: optional(
    "Mount options, separated by commas.",
    z.string().regex(/^\S+$/, "write mount options without blanks"),
    word("options", "live"),
  ),
};

export const mountPoint = {
  isMountpoint: optional(
    "Offline while the path, or the one given here, is not a mount point.",
    z.union([z.boolean(), absolute()], "write true, false or an absolute path"),
    flagOrWord("is_mountpoint", "live", false),
  ),
  shared: optional(
    "Marks a directory that every node mounts by itself; it does not share anything.",
    z.boolean(),
    flag("shared", "live", false),
  ),
};

export const username = {
  username: optional("User name there.", text(), word("username", "live")),
};

export const password = {
  password: optional("Password, or a reference to it; never read back.", sensitiveText(), writeOnly("password")),
};

export const subdir = {
  subdir: optional("Directory there that is mounted.", absolute(), {
    ...word("subdir", "live"),
    default: "the topmost one",
  }),
};

export const ceph = {
  monitors: optional("Addresses of the monitors of another cluster.", z.array(text()), {
    ...list("monhost", "live"),
    default: "the nodes' own cluster",
  }),
  keyring: optional(
    "Secret of the client for another cluster, or a reference to it; never read back.",
    sensitiveText(),
    writeOnly("keyring"),
  ),
};

export const namespace = {
  namespace: optional("Namespace there.", text(), { ...word("namespace", "live"), default: "the root namespace" }),
};

export const target = {
  portal: required("Address of the iSCSI portal, with a port if not 3260.", text(), word("portal", "replace")),
  target: required("iSCSI target (IQN).", text(), word("target", "replace")),
};

export const volumeGroup = {
  volumeGroup: required("LVM volume group on each node.", group(), word("vgname", "replace")),
};

export const sparse = {
  sparse: optional("New volumes take only what they hold.", z.boolean(), flag("sparse", "live", false)),
};

export const port = {
  port: optional("Port.", z.int().min(1).max(65535, "write a port"), {
    ...number("port", "live"),
    default: "that of the protocol",
  }),
};
