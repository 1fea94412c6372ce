import { z } from "zod";
import { storageOf } from "../../../pve/format";
import type { Effect } from "../../kernel/state/changes";
import { fromMap, part, sameMap, toMap, type Properties } from "../../kernel/fields/property";

export const diskSlots = /^(?:ide[0-3]|sata[0-5]|scsi(?:\d|[12]\d|30)|virtio(?:\d|1[0-5]))$/;

const rate = z.number().positive("write a number above 0").optional();
const count = z.number().int("write a whole number").positive("write a number above 0").optional();

const limitsSchema = z.strictObject({
  /** Reads and writes together, in MB/s. Proxmox: `mbps`. */
  totalMBps: rate,
  /** Bursts above that, in MB/s. Proxmox: `mbps_max`. */
  totalBurstMBps: rate,
  /** Longest burst in seconds. Proxmox: `bps_max_length`. */
  totalBurstSeconds: count,
  /** Reads in MB/s. Proxmox: `mbps_rd`. */
  readMBps: rate,
  /** Bursts above that, in MB/s. Proxmox: `mbps_rd_max`. */
  readBurstMBps: rate,
  /** Longest burst in seconds. Proxmox: `bps_rd_max_length`. */
  readBurstSeconds: count,
  /** Writes in MB/s. Proxmox: `mbps_wr`. */
  writeMBps: rate,
  /** Bursts above that, in MB/s. Proxmox: `mbps_wr_max`. */
  writeBurstMBps: rate,
  /** Longest burst in seconds. Proxmox: `bps_wr_max_length`. */
  writeBurstSeconds: count,
  /** Reads and writes together, in operations per second. Proxmox: `iops`. */
  totalIops: count,
  /** Bursts above that, in operations per second. Proxmox: `iops_max`. */
  totalBurstIops: count,
  /** Longest burst in seconds. Proxmox: `iops_max_length`. */
  totalIopsBurstSeconds: count,
  /** Reads per second. Proxmox: `iops_rd`. */
  readIops: count,
  /** Bursts above that, in operations per second. Proxmox: `iops_rd_max`. */
  readBurstIops: count,
  /** Longest burst in seconds. Proxmox: `iops_rd_max_length`. */
  readIopsBurstSeconds: count,
  /** Writes per second. Proxmox: `iops_wr`. */
  writeIops: count,
  /** Bursts above that, in operations per second. Proxmox: `iops_wr_max`. */
  writeBurstIops: count,
  /** Longest burst in seconds. Proxmox: `iops_wr_max_length`. */
  writeIopsBurstSeconds: count,
});

/** One hard disk of a VM. */
export const diskSchema = z.strictObject({
  /**
   * Where the disk is attached: `scsi0`-`scsi30`, `virtio0`-`virtio15`, `sata0`-`sata5`, `ide0`-`ide3`. The slots tell
   * the disks apart: give every disk one before you remove any. Default: `scsi<position in the list>`. A change moves
   * a VM's disk there with its volume and its place in the boot order; a running VM is shut down for it, and started.
   */
  slot: z.string().regex(diskSlots, "write a disk slot such as scsi0, virtio1, sata0 or ide1").optional(),
  /** Storage that holds the volume. A change moves the disk, on a running VM too. */
  storage: z.string().min(1, "name the storage that holds the disk"),
  /** Size in GiB. Grows in place, live; shrinking is refused. Proxmox: `size`, `resize`. */
  sizeGiB: z.number().positive("write a size in GiB, at least 1").optional(),
  /** Image format on file storages: `raw`, `qcow2`, `vmdk`. Only read when the disk is made or moved. Proxmox: `format`. */
  format: z.enum(["raw", "qcow2", "vmdk"], "write raw, qcow2 or vmdk").optional(),
  /** Cache mode. Default `none`. Proxmox: `cache`. */
  cache: z
    .enum(
      ["none", "writethrough", "writeback", "unsafe", "directsync"],
      "write none, writethrough, writeback, unsafe or directsync",
    )
    .optional(),
  /** Pass discards on, so that freed space returns to a thin storage. Default false. Proxmox: `discard=on`. */
  discard: z.boolean().optional(),
  /** A thread of its own for this disk's I/O (scsi with `virtio-scsi-single`, virtio). Default false. Proxmox: `iothread`. */
  ioThread: z.boolean().optional(),
  /** Present the disk as solid-state. Default false. Proxmox: `ssd`. */
  ssd: z.boolean().optional(),
  /** Include the disk in backups. Default true. Proxmox: `backup`. */
  backup: z.boolean().optional(),
  /** Include the disk in replication jobs. Default true. Proxmox: `replicate`. */
  replicate: z.boolean().optional(),
  /** Asynchronous I/O mode. Default: by the storage. Proxmox: `aio`. */
  aio: z.enum(["native", "threads", "io_uring"], "write native, threads or io_uring").optional(),
  /** The guest cannot write to it (scsi, virtio). Default false. Proxmox: `ro`. */
  readOnly: z.boolean().optional(),
  /** The volume is the same on all nodes although Proxmox does not know. Default false. Proxmox: `shared`. */
  shared: z.boolean().optional(),
  /** Drop everything written when the VM stops. Default false. Proxmox: `snapshot`. */
  snapshot: z.boolean().optional(),
  /** Look for writes of zeroes. Default: by `discard`. Proxmox: `detect_zeroes`. */
  detectZeroes: z.boolean().optional(),
  /** Serial number that the guest sees, at most 20 bytes. Proxmox: `serial`. */
  serial: z.string().min(1).max(20, "a disk's serial number has at most 20 characters").optional(),
  /** World wide name that the guest sees (ide, sata, scsi). Proxmox: `wwn`. */
  wwn: z
    .string()
    .regex(/^0x[0-9a-fA-F]{16}$/, "write 16 hexadecimal digits such as 0x5000c500a0b1c2d3")
    .optional(),
  /** Vendor that the guest sees (scsi), at most 8 characters. Proxmox: `vendor`. */
  vendor: z
    .string()
    .regex(/^[A-Za-z0-9\-_ ]{1,8}$/, "write at most 8 letters, digits, blanks, - and _")
    .optional(),
  /** Product that the guest sees (scsi), at most 16 characters. Proxmox: `product`. */
  product: z
    .string()
    .regex(/^[A-Za-z0-9\-_ ]{1,16}$/, "write at most 16 letters, digits, blanks, - and _")
    .optional(),
  /** Model that the guest sees (ide, sata), at most 40 bytes. Proxmox: `model`. */
  model: z.string().min(1).max(40, "a disk's model has at most 40 characters").optional(),
  /** Queues of a scsi disk. Proxmox: `queues`. */
  queues: z.number().int().min(2, "at least 2 queues").max(256, "at most 256 queues").optional(),
  /** What happens when a read fails. Default `report`. Proxmox: `rerror`. */
  onReadError: z.enum(["ignore", "report", "stop"], "write ignore, report or stop").optional(),
  /** What happens when a write fails. Default `enospc`: stop when the storage is full. Proxmox: `werror`. */
  onWriteError: z.enum(["enospc", "ignore", "report", "stop"], "write enospc, ignore, report or stop").optional(),
  /** Limits of throughput. Default: none. */
  limits: limitsSchema.optional(),
});

export type Disk = z.infer<typeof diskSchema>;

/** The slot of a disk at this place of the list. */
export const slotOf = (disk: Disk, place: number): string => disk.slot ?? `scsi${place}`;

/** Options of a drive as Proxmox spells them in its property string. */
const options: Properties = {
  primary: "file",
  parts: {
    aio: part("aio"),
    backup: part("backup", "flag", true),
    cache: part("cache", "text", "none"),
    detectZeroes: part("detect_zeroes", "flag"),
    discard: part("discard", "switch", false),
    ioThread: part("iothread", "flag", false),
    model: part("model", "encoded"),
    onReadError: part("rerror"),
    onWriteError: part("werror"),
    product: part("product"),
    queues: part("queues", "number"),
    readOnly: part("ro", "flag", false),
    replicate: part("replicate", "flag", true),
    serial: part("serial", "encoded"),
    shared: part("shared", "flag", false),
    snapshot: part("snapshot", "flag", false),
    ssd: part("ssd", "flag", false),
    vendor: part("vendor"),
    wwn: part("wwn"),
  },
};

const limits: Properties = {
  primary: "",
  parts: Object.fromEntries(
    (
      [
        ["total", ""],
        ["read", "_rd"],
        ["write", "_wr"],
      ] as const
    ).flatMap(([name, suffix]) => [
      [`${name}MBps`, part(`mbps${suffix}`, "number")],
      [`${name}BurstMBps`, part(`mbps${suffix}_max`, "number")],
      [`${name}BurstSeconds`, part(`bps${suffix}_max_length`, "number")],
      [`${name}Iops`, part(`iops${suffix}`, "number")],
      [`${name}BurstIops`, part(`iops${suffix}_max`, "number")],
      [`${name}IopsBurstSeconds`, part(`iops${suffix}_max_length`, "number")],
    ]),
  ),
};

const both: Properties = { primary: "file", parts: { ...options.parts, ...limits.parts } };

/** The wanted options of a drive, keyed as in its property string. What is unset is left out. */
export const driveOptions = (disk: Disk): Record<string, string> => ({
  ...toMap(options, disk),
  ...toMap(limits, disk.limits),
});

/** Do two drives, as property strings, have the same options? */
export const sameDrive = (a: string, b: string): boolean => sameMap(both, withoutSize(a), withoutSize(b));

const withoutSize = (text: string): string => text.replace(/,size=[^,]*/, "");

/** Options that Proxmox stores at once although a running guest goes on without them (`vmconfig_update_disk`). */
const silent = ["detect_zeroes", "model", "rerror", "serial", "snapshot", "werror", "wwn"];

/** Does a running guest need a start before it has these options, without Proxmox telling that anything waits? */
export function needsStart(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): boolean {
  return silent.some((key) => before[key] !== after[key]);
}

/** Options that only drives of some buses take (PVE/QemuServer/Drive.pm: the format of each bus). */
const onlyOn: Readonly<Record<string, RegExp>> = {
  iothread: /^(?:scsi|virtio)/,
  ro: /^(?:scsi|virtio)/,
  ssd: /^(?:ide|sata|scsi)/,
  wwn: /^(?:ide|sata|scsi)/,
  vendor: /^scsi/,
  product: /^scsi/,
  queues: /^scsi/,
  scsiblock: /^scsi/,
  model: /^(?:ide|sata)/,
};

/** The options of a live drive that it can have in another slot. */
export const busOptions = (raw: Readonly<Record<string, string>>, slot: string): Record<string, string> =>
  Object.fromEntries(Object.entries(raw).filter(([key]) => onlyOn[key]?.test(slot) ?? true));

/** A drive as Proxmox holds it: volume, storage, and the options in our terms. */
export interface Drive {
  readonly volume: string;
  readonly raw: Readonly<Record<string, string>>;
}

export function diskOf(slot: string, drive: Drive, sizeGiB: number | undefined): Disk {
  const format = /\.(raw|qcow2|vmdk)$/.exec(drive.volume)?.[1] as Disk["format"];
  const live = fromMap(limits, drive.raw, undefined) as NonNullable<Disk["limits"]>;
  return {
    slot,
    storage: storageOf(drive.volume),
    ...(sizeGiB === undefined ? {} : { sizeGiB }),
    ...(format ? { format } : {}),
    ...(fromMap(options, drive.raw, undefined) as Partial<Disk>),
    ...(Object.keys(live).length > 0 ? { limits: live } : {}),
  };
}

/** What a change of a disk's option does to a running VM. */
export const diskEffects: Readonly<Record<string, Effect>> = {
  ...Object.fromEntries(Object.keys(options.parts).map((name) => [`disks[].${name}`, "reboot"])),
  disks: "hot-plug",
  "disks[].slot": "reboot",
  "disks[].storage": "live",
  "disks[].sizeGiB": "live",
  "disks[].format": "none",
  "disks[].backup": "live",
  "disks[].replicate": "live",
  "disks[].shared": "live",
  "disks[].limits": "live",
};
