import type { Call } from "../../kernel/call/call";
import type { CephOsdInputs } from "../ceph-osd.model";
import { whyInUse, type NodeDisk } from "./disk";
import { createOsds, lookAtDisk, refuseForeign, untilDisksRest, type Access } from "./make-osds";
import { assertThisCeph, readMap, readVolumes, type OsdVolume } from "./osd-map";
import { leftoversOn, whyNotNamed } from "./wipeable";
import { wipeDisk } from "./wipe-disk";

/** What is to be remembered of a disk from now on. */
type Remember = (disk: NodeDisk, blocks: readonly OsdVolume[], wiped: string | undefined, fsid: string) => void;

/**
 * The OSDs of a disk, made or taken over, which may still be booting; the disk is wiped first where `wipe` names it and it may be. `wiped`: the disk that
 * this resource has had already, which is never wiped again.
 */
export async function bringOsds(
  access: Access,
  call: Call,
  inputs: CephOsdInputs,
  wiped: { readonly serial: string; readonly fsid: string } | undefined,
  found: Remember,
): Promise<{ disk: NodeDisk; blocks: OsdVolume[]; fsid: string; takenOver: boolean }> {
  const { pve } = access;
  const { node, wipe } = inputs;
  await untilDisksRest(pve, call, node);
  const map = await readMap(pve, call, node);
  const { fsid } = map;
  if (wiped) assertThisCeph(map, { fsid: wiped.fsid, node });
  const before = await lookAtDisk(pve, call, node, inputs);
  // Whatever becomes of it: from the first OSD on the line has done what it says.
  const remembered = wipe || wiped ? before.disk.serial : undefined;
  const other = whyNotNamed(before.disk, wipe);
  if (other !== undefined) throw new Error(other);
  const used = whyInUse(before.disk, node);
  const left =
    before.blocks.length > 0 && wipe !== undefined
      ? leftoversOn(before.disk, map, await readVolumes(pve, call, node))
      : [];
  const takenOver = before.blocks.length > 0 && left.length === 0;
  if (takenOver) await refuseForeign(pve, call, inputs, node, before.disk, before.blocks);
  else {
    if (used !== undefined && wipe !== undefined) {
      if (wiped?.serial === before.disk.serial)
        throw new Error(
          `${used}. wipe has named it already, and the disk was wiped or held the OSDs since: it is not wiped again`,
        );
      await wipeDisk(access, call, node, inputs, fsid);
      found(before.disk, [], remembered, fsid);
    }
    await createOsds(access, call, inputs, (disk, blocks) => found(disk, blocks, remembered, fsid));
  }
  // The kernel's name was to be right before; it says nothing of what is there now.
  const { disk, blocks } = await lookAtDisk(pve, call, node, { serial: before.disk.serial });
  found(disk, blocks, remembered, fsid);
  return { disk, blocks, fsid, takenOver };
}
