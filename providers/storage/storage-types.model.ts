import { z } from "zod";
import { flag, mappedIn, number, word, type Mapped } from "../kernel/fields/codec";
import { fieldOf, optional, required, type Known } from "../kernel/fields/field";
import { sensitiveText } from "../kernel/secrets/sensitive";
import * as common from "./storage-fields.model";

type Shape = Readonly<Record<string, Known>>;

const { absolute, group, server, text } = common;
const { bandwidth, content, contentDirs, files, images, mounted, mountPoint } = common;

/** What each type of storage has beside what all have. */
export const kinds = {
  dir: {
    path: required("Directory on each node.", absolute(), word("path", "replace")),
    ...content("directory"),
    ...{ ...mountPoint, ...files, ...images, ...contentDirs, ...common.chain("replace"), ...bandwidth },
  },
  btrfs: {
    path: required("Directory on each node, on a btrfs file system.", absolute(), word("path", "replace")),
    ...content("directory"),
    nocow: optional("No copy-on-write, and with it no checksums.", z.boolean(), flag("nocow", "live", false)),
    ...{ ...mountPoint, ...files, ...images },
  },
  nfs: {
    server: required("NFS server.", server(), word("server", "replace")),
    export: required("Exported path.", absolute(), word("export", "replace")),
    ...content("share"),
    ...{ ...mounted, ...files, ...images, ...contentDirs, ...common.chain("replace"), ...bandwidth },
  },
  cifs: {
    server: required("SMB server.", server(), word("server", "replace")),
    share: required("Name of the share.", text(), word("share", "replace")),
    domain: optional("Domain of the user.", text(), word("domain", "live")),
    smbVersion: optional(
      "Version of the protocol.",
      z.enum(["default", "2.0", "2.1", "3", "3.0", "3.11"], "write default, 2.0, 2.1, 3, 3.0 or 3.11"),
      { ...word("smbversion", "live"), default: "the highest that both know" },
    ),
    ...content("share"),
    ...{ ...mounted, ...files, ...images, ...contentDirs, ...common.chain("replace"), ...bandwidth },
    ...{ ...common.username, ...common.password, ...common.subdir },
  },
  cephfs: {
    fileSystem: optional("Name of the file system.", text(), word("fs-name", "live")),
    fuse: optional("Mount through FUSE.", z.boolean(), flag("fuse", "live", false)),
    ...content("cephfs"),
    ...{ ...common.ceph, ...common.subdir, ...mounted, ...files, ...contentDirs, ...bandwidth, ...common.username },
  },
  rbd: {
    pool: optional("Pool of RBD images.", text(), word("pool", "replace", "rbd")),
    dataPool: optional("Pool of the data, for erasure coding.", text(), word("data-pool", "live")),
    krbd: optional("Through the kernel's module always.", z.boolean(), flag("krbd", "live", false)),
    ...content("volumes"),
    ...{ ...common.ceph, ...common.namespace, ...bandwidth, ...common.username },
  },
  lvm: {
    ...common.volumeGroup,
    base: optional(
      "Volume that carries the group, such as a LUN of an iSCSI storage.",
      text(),
      word("base", "replace"),
    ),
    shared: optional("Every node sees the same group.", z.boolean(), flag("shared", "live", false)),
    saferemove: optional("Zero out what is removed.", z.boolean(), flag("saferemove", "live", false)),
    saferemoveThroughput: optional(
      "How fast it is zeroed out, in bytes per second.",
      text(),
      word("saferemove_throughput", "live"),
    ),
    saferemoveStepSize: optional(
      "Size of the steps in which it is zeroed out, in MiB.",
      z.union(
        [1, 2, 4, 8, 16, 32].map((size) => z.literal(size)),
        "write 1, 2, 4, 8, 16 or 32",
      ),
      number("saferemove-stepsize", "live", 32),
    ),
    taggedOnly: optional("Only volumes with the tag `pve-vm-<id>`.", z.boolean(), flag("tagged_only", "live", false)),
    ...content("volumes"),
    ...{ ...common.chain("live"), ...bandwidth },
  },
  lvmthin: {
    ...common.volumeGroup,
    thinPool: required("Thin pool of the group.", group(), word("thinpool", "replace")),
    ...content("volumes"),
    ...bandwidth,
  },
  zfspool: {
    pool: required("ZFS pool or dataset.", text(), word("pool", "replace")),
    blockSize: optional("Size of the blocks of new volumes, such as 16k.", text(), word("blocksize", "live")),
    mountpoint: optional("Where the pool is mounted.", absolute(), {
      ...word("mountpoint", "live"),
      default: "`/<pool>`",
    }),
    ...content("volumes"),
    ...{ ...common.sparse, ...bandwidth },
  },
  zfs: {
    ...common.target,
    pool: required("ZFS pool on the server.", text(), word("pool", "replace")),
    blockSize: required("Size of the blocks of new volumes, such as 4k.", text(), word("blocksize", "replace")),
    iscsiProvider: required(
      "What makes the LUNs on the server.",
      z.enum(["comstar", "istgt", "iet", "LIO"], "write comstar, istgt, iet or LIO"),
      word("iscsiprovider", "replace"),
    ),
    noWriteCache: optional("No cache for writes on the target.", z.boolean(), flag("nowritecache", "live", false)),
    comstarHostGroup: optional("Host group of comstar's views.", text(), word("comstar_hg", "live")),
    comstarTargetGroup: optional("Target group of comstar's views.", text(), word("comstar_tg", "live")),
    lioTargetPortalGroup: optional("Target portal group of LIO.", text(), word("lio_tpg", "live")),
    ...content("images"),
    ...{ ...common.sparse, ...bandwidth },
  },
  iscsi: { ...common.target, ...content("luns"), ...bandwidth },
  iscsidirect: { ...common.target, ...content("luns"), ...bandwidth },
  pbs: {
    server: required("Proxmox Backup Server.", server(), word("server", "replace")),
    datastore: required("Its datastore.", text(), word("datastore", "replace")),
    fingerprint: optional(
      "SHA-256 fingerprint of its certificate.",
      z.string().regex(/^(?:[A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}$/, "write 32 pairs of hexadecimal digits with colons"),
      word("fingerprint", "live"),
    ),
    encryptionKey: optional(
      "Key that backups are encrypted with, as JSON (`proxmox-backup-client key create`), or a reference to it. Keep " +
        "it: without it no backup can be read. Never read back.",
      sensitiveText(z.string().startsWith("{", "write the key as JSON; one that Proxmox generates would be lost")),
      common.writeOnly("encryption-key"),
    ),
    masterPublicKey: optional(
      "Public RSA key, PEM in base64, that the encryption key is kept with in each backup. Never read back.",
      sensitiveText(),
      common.writeOnly("master-pubkey"),
    ),
    ...content("pbs"),
    ...{ ...common.namespace, ...common.port, ...common.username, ...common.password, ...common.retention },
  },
  esxi: {
    server: required("ESXi host or vCenter.", server(), word("server", "replace")),
    username: required("User name there.", text(), word("username", "live")),
    skipCertificateVerification: optional(
      "Do not check its certificate.",
      z.boolean(),
      flag("skip-cert-verification", "live", false),
    ),
    ...content("esxi"),
    ...{ ...common.port, ...common.password },
  },
} satisfies Readonly<Record<string, Shape>>;

type Kind = keyof typeof kinds;

/** What storage.cfg holds of a storage of each type, by the names of the fields. */
const held = new Map<string, Readonly<Record<string, Mapped>>>(
  Object.entries(kinds).map(([type, shape]) => [type, mappedIn<Shape>({ ...common.common, ...shape })]),
);
export const heldOf = (type: string): Readonly<Record<string, Mapped>> => held.get(type) ?? {};

/** Proxmox's keys of what it never gives back of a storage of this type, by the names of the fields. */
export const writeOnlyOf = (type: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries<Known>((kinds[type as Kind] as Shape | undefined) ?? {}).flatMap(([name, schema]) => {
      const field = fieldOf(schema);
      return field?.key !== undefined && "writeOnly" in field ? [[name, field.key]] : [];
    }),
  );

/** What every storage of a type has. */
export const storageOfType = <T extends Kind>(type: T) =>
  z.strictObject({
    type: required("Type of the storage; it decides which other arguments there are.", z.literal(type), {
      key: "type",
      effect: "replace",
    }),
    ...common.common,
    ...kinds[type],
  });
