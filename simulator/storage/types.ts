export type StorageType =
  | "btrfs"
  | "cephfs"
  | "cifs"
  | "dir"
  | "esxi"
  | "iscsi"
  | "iscsidirect"
  | "lvm"
  | "lvmthin"
  | "nfs"
  | "pbs"
  | "rbd"
  | "zfs"
  | "zfspool";

export type ContentType = "images" | "rootdir" | "iso" | "vztmpl" | "backup" | "snippets" | "import" | "none";

/** A storage as Proxmox reads it from storage.cfg, with the defaults of its type. */
export interface Storage {
  id: string;
  type: StorageType;
  content: ContentType[];
  /** Absent: all nodes. */
  nodes?: string[];
  contentDirs?: Record<string, string>;
  /** Every other key; booleans and integers as numbers, as the section parser of Proxmox leaves them. */
  options: Record<string, string | number>;
}
