import { die, type PveError } from "../errors.js";
import { condition } from "../faults.js";
import { storageTypes } from "./storage-types.js";
import type { Storage } from "./types.js";

/** Whether a fault says that a storage has no space left on a node. */
export function isFull(storage: string, node: string): boolean {
  const applies = (fault: { storage: string; node?: string }): boolean =>
    fault.storage === storage && (fault.node === undefined || fault.node === node);
  return condition("storage-full", applies) !== undefined;
}

/** How the creation of an image fails for lack of space: the words of the tool behind each type of storage. */
export function noSpace({ type, options }: Storage, name: string, path: string): PveError {
  switch (type) {
    case "lvmthin": {
      const pool = `${options.vgname}/${options.thinpool}`;
      return die(
        `lvcreate '${options.vgname}/${name}' error:   ` +
          `Cannot create new thin volume, free space in thin pool ${pool} reached threshold.`,
      );
    }
    case "lvm":
      return die(
        `lvcreate '${options.vgname}/${name}' error:   ` +
          `Volume group "${options.vgname}" has insufficient free space (0 extents)`,
      );
    case "zfspool":
      return die(`zfs error: cannot create '${options.pool}/${name}': out of space`);
    default:
      if (!storageTypes[type].files) return die(`unable to create image: No space left on device`);
      return die(`unable to create image: qemu-img: ${path}: Could not resize file: No space left on device`);
  }
}
