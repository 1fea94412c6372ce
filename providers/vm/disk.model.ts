import { z } from "zod";

export const diskSlots = /^(?:ide[0-3]|sata[0-5]|scsi(?:\d|[12]\d|30)|virtio(?:\d|1[0-5]))$/;

/** One hard disk of a VM. */
export const diskSchema = z.strictObject({
  /**
   * Where the disk is attached: `scsi0`-`scsi30`, `virtio0`-`virtio15`, `sata0`-`sata5`, `ide0`-`ide3`. The slot is
   * the disk's identity: give every disk one before you remove any. Default: `scsi<position in the list>`.
   * A change detaches the old disk and makes a new one.
   */
  slot: z.string().regex(diskSlots, "write a disk slot such as scsi0, virtio1, sata0 or ide1").optional(),
  /** Storage that holds the volume. A change moves the disk, on a running VM too. */
  storage: z.string().min(1, "name the storage that holds the disk"),
  /** Size in GiB. Grows in place, live; shrinking is refused. Proxmox: `size`, `resize`. */
  sizeGiB: z.number().positive("write a size in GiB, at least 1").optional(),
  /** Image format on file storages: `raw`, `qcow2`, `vmdk`. Only read when the disk is made. Proxmox: `format`. */
  format: z.enum(["raw", "qcow2", "vmdk"], "write raw, qcow2 or vmdk").optional(),
  /** Cache mode. Default: Proxmox's own (`none`). A change needs a reboot. Proxmox: `cache`. */
  cache: z
    .enum(
      ["none", "writethrough", "writeback", "unsafe", "directsync"],
      "write none, writethrough, writeback, unsafe or directsync",
    )
    .optional(),
  /** Pass discards on, so that freed space returns to a thin storage. A change needs a reboot. Proxmox: `discard=on`. */
  discard: z.boolean().optional(),
  /** A thread of its own for this disk's I/O (scsi with `virtio-scsi-single`, virtio). A change needs a reboot. */
  ioThread: z.boolean().optional(),
  /** Present the disk as solid-state. A change needs a reboot. Proxmox: `ssd`. */
  ssd: z.boolean().optional(),
  /** Include the disk in backups. Default: Proxmox's own (yes). Live. Proxmox: `backup`. */
  backup: z.boolean().optional(),
  /** Include the disk in replication jobs. Default: Proxmox's own (yes). Live. Proxmox: `replicate`. */
  replicate: z.boolean().optional(),
  /** Asynchronous I/O mode. A change needs a reboot. Proxmox: `aio`. */
  aio: z.enum(["native", "threads", "io_uring"], "write native, threads or io_uring").optional(),
  /** Serial number that the guest sees, at most 20 bytes. A change needs a reboot. Proxmox: `serial`. */
  serial: z.string().max(20, "a disk's serial number has at most 20 characters").optional(),
});

export type Disk = z.infer<typeof diskSchema>;

/** The slot of a disk at this place of the list. */
export const slotOf = (disk: Disk, place: number): string => disk.slot ?? `scsi${place}`;

/** Disk options as Proxmox spells them in a drive's property string; booleans as it writes them. */
const options = [
  ["aio", "aio"],
  ["backup", "backup"],
  ["cache", "cache"],
  ["ioThread", "iothread"],
  ["replicate", "replicate"],
  ["serial", "serial"],
  ["ssd", "ssd"],
] as const;

/** The wanted options of a drive, keyed as in its property string. What is unset is left out. */
export function driveOptions(disk: Disk): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [field, key] of options) {
    const value = disk[field];
    if (value !== undefined) out[key] = typeof value === "boolean" ? (value ? "1" : "0") : value;
  }
  if (disk.discard !== undefined) out["discard"] = disk.discard ? "on" : "ignore";
  return out;
}

/** A drive as Proxmox holds it: volume, storage, and the options in our terms. */
export interface Drive {
  readonly volume: string;
  readonly raw: Readonly<Record<string, string>>;
}

export function diskOf(slot: string, drive: Drive, sizeGiB: number | undefined): Disk {
  const { raw } = drive;
  const on = (value: string | undefined, fallback: boolean) =>
    value === undefined ? fallback : ["1", "on", "yes", "true"].includes(value);
  const format = /\.(raw|qcow2|vmdk)$/.exec(drive.volume)?.[1] as Disk["format"];
  return {
    slot,
    storage: drive.volume.split(":")[0] as string,
    ...(sizeGiB === undefined ? {} : { sizeGiB }),
    ...(format ? { format } : {}),
    cache: (raw["cache"] ?? "none") as NonNullable<Disk["cache"]>,
    discard: raw["discard"] === "on",
    ioThread: on(raw["iothread"], false),
    ssd: on(raw["ssd"], false),
    backup: on(raw["backup"], true),
    replicate: on(raw["replicate"], true),
    ...(raw["aio"] ? { aio: raw["aio"] as NonNullable<Disk["aio"]> } : {}),
    ...(raw["serial"] ? { serial: raw["serial"] } : {}),
  };
}
