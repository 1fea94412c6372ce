import type { Volume } from "../world/storage.js";

const block = 4096;
const roundUp = (bytes: number, unit: number) => Math.ceil(bytes / unit) * unit;

/** The bytes that a file such as an ISO image or a download takes on disk. */
export function fileUsage({ bytes }: Volume): number {
  return roundUp(bytes, block);
}

/**
 * The bytes that an image takes on disk, as `qemu-img info` reports them for a sparse file: its content and,
 * for qcow2, header, refcount table and blocks, L1 and L2 tables. Fitted to recorded images of several sizes.
 */
export function imageUsage(volume: Volume): number {
  switch (volume.format) {
    case "qcow2":
      return qcow2Metadata(volume) + volume.data;
    case "vmdk":
      return 3 * block + volume.data;
    case "subvol":
      return 0;
    default:
      if (volume.size === 0) return 0;
      return volume.data > 0 ? roundUp(volume.data, block) : block;
  }
}

/** Linked clones have clusters of 128 KiB with extended L2 entries of 16 bytes, other images 64 KiB and 8 bytes. */
function qcow2Metadata({ parent, size, preallocated, snapshots = [] }: Volume): number {
  const cluster = parent === undefined ? 64 * 1024 : 128 * 1024;
  const entry = parent === undefined ? 8 : 16;
  const l2Tables = preallocated ? Math.ceil(size / ((cluster / entry) * cluster)) : 0;
  const tables = 3 + l2Tables;
  const clusters = tables + (preallocated ? Math.ceil(size / cluster) : 0);
  const refcountBlocks = Math.max(1, Math.ceil(clusters / (cluster / 2)));
  return (
    block +
    cluster * (tables + refcountBlocks - 1) +
    (refcountBlocks > 1 ? block : 0) +
    (snapshots.length > 0 ? block * (2 + snapshots.length) : 0)
  );
}
