/** A section of storage.cfg; every value as written there. */
export interface StorageConfig {
  type: string;
  [option: string]: string;
}

/**
 * Volumes by name, as in a volid after the colon (`100/vm-100-disk-0.qcow2`, `iso/x.iso`, `vm-100-disk-0`).
 * Two storages with the same path share one of these.
 */
export type Volumes = Record<string, Volume>;

export interface Volume {
  /** Bytes: the virtual size of a disk, the size of a file. */
  size: number;
  format: string;
  /** Bytes that it takes on the storage; `size` when absent. */
  used?: number;
  /** Seconds since the epoch. */
  ctime: number;
  /** The volume name of the base of a linked clone. */
  parent?: string;
  vmid?: number;
  notes?: string;
  protected?: boolean;
  /** The text of a small file (snippets). */
  content?: string;
  /** Virtual size of a disk image kept as import or iso file, where `size` is that of the file. */
  virtualSize?: number;
  /** Names of internal snapshots. */
  snapshots?: string[];
}
