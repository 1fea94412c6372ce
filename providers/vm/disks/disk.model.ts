import { z } from "zod";
import { storageOf } from "../../../pve/format";
import { fields, optional, required } from "../../kernel/fields/field";
import { fromMap, part, partsIn, sameMap, toMap, type Part, type Properties } from "../../kernel/fields/property";

export const diskSlots = /^(?:ide[0-3]|sata[0-5]|scsi(?:\d|[12]\d|30)|virtio(?:\d|1[0-5]))$/;

const rate = z.number().positive("write a number above 0");
const count = z.number().int("write a whole number").positive("write a number above 0");

const limitsSchema = fields({
  totalMBps: optional("Reads and writes together, in MB/s.", rate, part("mbps", "number")),
  totalBurstMBps: optional("Bursts above that, in MB/s.", rate, part("mbps_max", "number")),
  totalBurstSeconds: optional("Longest burst in seconds.", count, part("bps_max_length", "number")),
  readMBps: optional("Reads in MB/s.", rate, part("mbps_rd", "number")),
  readBurstMBps: optional("Bursts above that, in MB/s.", rate, part("mbps_rd_max", "number")),
  readBurstSeconds: optional("Longest burst in seconds.", count, part("bps_rd_max_length", "number")),
  writeMBps: optional("Writes in MB/s.", rate, part("mbps_wr", "number")),
  writeBurstMBps: optional("Bursts above that, in MB/s.", rate, part("mbps_wr_max", "number")),
  writeBurstSeconds: optional("Longest burst in seconds.", count, part("bps_wr_max_length", "number")),
  totalIops: optional("Reads and writes together, in operations per second.", count, part("iops", "number")),
  totalBurstIops: optional("Bursts above that, in operations per second.", count, part("iops_max", "number")),
  totalIopsBurstSeconds: optional("Longest burst in seconds.", count, part("iops_max_length", "number")),
  readIops: optional("Reads per second.", count, part("iops_rd", "number")),
  readBurstIops: optional("Bursts above that, in operations per second.", count, part("iops_rd_max", "number")),
  readIopsBurstSeconds: optional("Longest burst in seconds.", count, part("iops_rd_max_length", "number")),
  writeIops: optional("Writes per second.", count, part("iops_wr", "number")),
  writeBurstIops: optional("Bursts above that, in operations per second.", count, part("iops_wr_max", "number")),
  writeIopsBurstSeconds: optional("Longest burst in seconds.", count, part("iops_wr_max_length", "number")),
});

/** An option of a drive: a running VM takes up another one with its next start. */
const option = (key: string, kind?: Part["kind"], unset?: Part["unset"]) => ({
  ...part(key, kind, unset),
  effect: "reboot" as const,
});

/** One hard disk of a VM. */
export const diskSchema = fields({
  slot: optional(
    "Where the disk is attached: `scsi0`-`scsi30`, `virtio0`-`virtio15`, `sata0`-`sata5`, `ide0`-`ide3`. The " +
      "slots tell the disks apart: give every disk one before you remove any. A change moves a VM's disk there " +
      "with its volume and its place in the boot order; a running VM is shut down for it, and started.",
    z.string().regex(diskSlots, "write a disk slot such as scsi0, virtio1, sata0 or ide1"),
    { effect: "reboot", default: "`scsi<position in the list>`" },
  ),
  storage: required(
    "Storage that holds the volume. A change moves the disk, on a running VM too.",
    z.string().min(1, "name the storage that holds the disk"),
    { effect: "live" },
  ),
  sizeGiB: optional(
    "Size in GiB. Grows in place, live; shrinking is refused.",
    z.number().positive("write a size in GiB, at least 1"),
    { effect: "live", proxmox: "`size`, `resize`" },
  ),
  format: optional(
    "Image format on file storages: `raw`, `qcow2`, `vmdk`. Only read when the disk is made or moved.",
    z.enum(["raw", "qcow2", "vmdk"], "write raw, qcow2 or vmdk"),
    { key: "format", effect: "none" },
  ),
  cache: optional(
    "Cache mode.",
    z.enum(
      ["none", "writethrough", "writeback", "unsafe", "directsync"],
      "write none, writethrough, writeback, unsafe or directsync",
    ),
    option("cache", "text", "none"),
  ),
  discard: optional("Pass discards on, so that freed space returns to a thin storage.", z.boolean(), {
    ...option("discard", "switch", false),
    proxmox: "`discard=on`",
  }),
  ioThread: optional(
    "A thread of its own for this disk's I/O (scsi with `virtio-scsi-single`, virtio).",
    z.boolean(),
    option("iothread", "flag", false),
  ),
  ssd: optional("Present the disk as solid-state.", z.boolean(), option("ssd", "flag", false)),
  backup: optional("Include the disk in backups.", z.boolean(), { ...option("backup", "flag", true), effect: "live" }),
  replicate: optional("Include the disk in replication jobs.", z.boolean(), {
    ...option("replicate", "flag", true),
    effect: "live",
  }),
  aio: optional(
    "Asynchronous I/O mode.",
    z.enum(["native", "threads", "io_uring"], "write native, threads or io_uring"),
    { ...option("aio"), default: "by the storage" },
  ),
  readOnly: optional("The guest cannot write to it (scsi, virtio).", z.boolean(), option("ro", "flag", false)),
  shared: optional("The volume is the same on all nodes although Proxmox does not know.", z.boolean(), {
    ...option("shared", "flag", false),
    effect: "live",
  }),
  snapshot: optional("Drop everything written when the VM stops.", z.boolean(), option("snapshot", "flag", false)),
  detectZeroes: optional("Look for writes of zeroes.", z.boolean(), {
    ...option("detect_zeroes", "flag"),
    default: "by `discard`",
  }),
  serial: optional(
    "Serial number that the guest sees, at most 20 bytes.",
    z.string().min(1).max(20, "a disk's serial number has at most 20 characters"),
    option("serial", "encoded"),
  ),
  wwn: optional(
    "World wide name that the guest sees (ide, sata, scsi).",
    z.string().regex(/^0x[0-9a-fA-F]{16}$/, "write 16 hexadecimal digits such as 0x5000c500a0b1c2d3"),
    option("wwn"),
  ),
  vendor: optional(
    "Vendor that the guest sees (scsi), at most 8 characters.",
    z.string().regex(/^[A-Za-z0-9\-_ ]{1,8}$/, "write at most 8 letters, digits, blanks, - and _"),
    option("vendor"),
  ),
  product: optional(
    "Product that the guest sees (scsi), at most 16 characters.",
    z.string().regex(/^[A-Za-z0-9\-_ ]{1,16}$/, "write at most 16 letters, digits, blanks, - and _"),
    option("product"),
  ),
  model: optional(
    "Model that the guest sees (ide, sata), at most 40 bytes.",
    z.string().min(1).max(40, "a disk's model has at most 40 characters"),
    option("model", "encoded"),
  ),
  queues: optional(
    "Queues of a scsi disk.",
    z.number().int().min(2, "at least 2 queues").max(256, "at most 256 queues"),
    option("queues", "number"),
  ),
  onReadError: optional(
    "What happens when a read fails.",
    z.enum(["ignore", "report", "stop"], "write ignore, report or stop"),
    { ...option("rerror"), default: "`report`" },
  ),
  onWriteError: optional(
    "What happens when a write fails.",
    z.enum(["enospc", "ignore", "report", "stop"], "write enospc, ignore, report or stop"),
    { ...option("werror"), default: "`enospc`: stop when the storage is full" },
  ),
  limits: optional("Limits of throughput.", limitsSchema, { effect: "live", default: "none" }),
});

export type Disk = z.infer<typeof diskSchema>;

/** The slot of a disk at this place of the list. */
export const slotOf = (disk: Disk, place: number): string => disk.slot ?? `scsi${place}`;

/** Options of a drive as Proxmox spells them in its property string. */
const options: Properties = { primary: "file", parts: partsIn(diskSchema) };
const limits: Properties = { primary: "", parts: partsIn(limitsSchema) };
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
