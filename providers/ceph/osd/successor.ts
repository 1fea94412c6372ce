import type { Call } from "../../kernel/call/call";
import type { CephOsdInputs } from "../ceph-osd.model";
import { describeDisk, findDisk, whyInUse } from "./disk";
import { whyNoJournals } from "./journals";
import { whyUsedRaw, type Access } from "./make-osds";
import { describeLeft, lookForLeft } from "./look-for-left";
import { readDisks } from "./osd-map";
import { whyNotWiped } from "./wipe-disk";
import { whyNotNamed } from "./wipeable";

/**
 * Is the disk there, and can it become an OSD's? And those for its database and log? Asked before the OSDs of the old one are
 * drained: afterwards it would be too late to learn that nothing can take their place.
 */
export async function whyNoSuccessor(
  access: Access,
  call: Call,
  next: Partial<CephOsdInputs>,
  node: string,
): Promise<string | undefined> {
  const disks = await readDisks(access.pve, node);
  const found = findDisk(disks, next, node);
  if ("problem" in found) return `the disk that is to take its place: ${found.problem}`;
  const { disk } = found;
  const left = await lookForLeft(access, call, node, { serial: disk.serial });
  if (left && describeLeft(call, left, next.osdsPerDevice ?? 1) !== undefined) {
    const [wrong] = await whyNoJournals(access, call, next, disks, disk, node);
    return wrong && `the disks that are to take its place: ${wrong.path}: ${wrong.message}`;
  }
  if (disk.osdIds.length > 0)
    return `the disk that is to take its place holds OSDs: ${describeDisk(disk)}. Describe them as a resource of their own`;
  const other = whyNotNamed(disk, next.wipe);
  if (other !== undefined) return `the disk that is to take its place: ${other}`;
  const [journal] = await whyNoJournals(access, call, next, disks, disk, node);
  if (journal) return `the disks that are to take its place: ${journal.path}: ${journal.message}`;
  const used = whyInUse(disk, node);
  if (used === undefined) return whyUsedRaw(access, call, node, disk);
  if (next.wipe === undefined) return `the disk that is to take its place: ${used}`;
  return whyNotWiped(access, call, node, disk, next.wipe);
}

interface Replacing {
  readonly next: Partial<CephOsdInputs>;
  /** The program says that the OSDs of the old disk stay. */
  readonly retained: boolean;
  /** Ends the turn of the host, which goes on until the OSDs of the new disk are there. */
  leave?: () => void;
  begun: boolean;
}

/** Resources whose disk gives way to another one in this run, by their URNs. */
export const makeReplacements = () => new Map<string, Replacing>();
