/** A physical disk. */
export interface Disk {
  /** The kernel's name, which another boot may give to another disk. */
  devpath: string;
  size: number;
  model: string;
  serial: string;
  vendor?: string;
  type: "ssd" | "hdd" | "nvme";
  /** What uses it, where nothing more is known of it than that. */
  used?: string;
  gpt: number;
  wwn?: string;
  partitions?: Partition[];
  /** What stands on the whole disk. */
  holds?: Holding;
  /** Percent of its life that is left; 100 when absent. */
  wearout?: number;
  /** `PASSED` when absent. */
  health?: string;
  /** It is plugged in by USB. */
  usb?: boolean;
  /** Several controllers may lead to it (NVMe with two ports): the kernel has it among its virtual devices. */
  multipath?: boolean;
  /** It answers no more: the kernel does not list it, and what was on it is lost. */
  dead?: boolean;
  /** When its content was overwritten, and by what. */
  erased?: Erasure[];
}

export interface Partition {
  number: number;
  size: number;
  /** What its type says, without looking inside. */
  kind?: "BIOS boot" | "EFI" | "ZFS reserved";
  holds?: Holding;
}

/** What stands on a disk or partition. */
export type Holding =
  /** A physical volume; without `vg` it is in no group. */
  | { kind: "lvm"; vg?: string }
  | { kind: "zfs"; pool: string }
  | { kind: "filesystem"; type: string; uuid: string; mounted?: string }
  /** Something that blkid recognises and nothing uses: `crypto_LUKS`, `linux_raid_member`. */
  | { kind: "signature"; type: string };

interface Erasure {
  /** Simulated milliseconds since the epoch. */
  time: number;
  /** `wipedisk`, `cephcreateosd`, `ceph-volume`. */
  by: string;
}

/** A logical volume that is no thin pool. */
export interface LogicalVolume {
  size: number;
  /** As LVM makes them; absent where only the tags of an OSD tell it. */
  uuid?: string;
  tags?: Record<string, string>;
  /** What was made with `mkfs` or `luksFormat` begins at its first byte; a new volume begins with 4 KiB of zeroes (lvcreate(8), --zero). */
  written?: boolean;
  /**
   * BlueStore's label, as far as `mkfs` has come: `osd_uuid` from its first moment, `mkfs_done` when the store is made, and last
   * of all, when the OSD's superblock is in it, what it takes to run, with `ready` at the end. Within LUKS where it is encrypted.
   */
  label?: Record<string, string>;
}
