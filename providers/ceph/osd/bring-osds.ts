import type { Call } from "../../kernel/call/call";
import type { CephOsdInputs } from "../ceph-osd.model";
import { whyInUse, type NodeDisk } from "./disk";
import { createOsds, lookAtDisk, neverStarted, refuseForeign, untilDisksRest, type Access } from "./make-osds";
import { assertThisCeph, readMap, readVolumes, type OsdVolume } from "./osd-map";
import { addMissing, removeLeft } from "./resume";
import { leftoversOn, whyNotNamed } from "./wipeable";
import { wipeDisk } from "./wipe-disk";

/** What is to be remembered of a disk from now on. */
type Remember = (disk: NodeDisk, blocks: readonly OsdVolume[], wiped: string | undefined, fsid: string) => void;

interface Brought {
  readonly disk: NodeDisk;
  readonly blocks: readonly OsdVolume[];
  readonly fsid: string;
  readonly takenOver: boolean;
  /** The node has a note of the creation, which is to go when they are up. */
  readonly noted: boolean;
}

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
): Promise<Brought> {
  const { pve } = access;
  const { node, wipe } = inputs;
  await untilDisksRest(pve, call, node);
  if (wiped) assertThisCeph(await readMap(pve, call, node), { fsid: wiped.fsid, node });
  const begun = await removeLeft(access, call, node, inputs, { starts: inputs });
  const map = await readMap(pve, call, node);
  const { fsid } = map;
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
  const count = inputs.osdsPerDevice ?? 1;
  const judged = begun?.judged;
  const resumes = judged !== undefined && "unfinished" in judged && before.blocks.length < count;
  if (takenOver && begun && resumes) {
    await addMissing(access, call, inputs, begun, (disk, blocks) => found(disk, blocks, remembered, fsid));
  } else if (takenOver) {
    const kept = judged && "why" in judged ? judged.why : undefined;
    try {
      await refuseForeign(pve, call, inputs, node, before.disk, before.blocks);
    } catch (error) {
      if (kept === undefined || !(error instanceof Error)) throw error;
      throw new Error(`${error.message}. ${notRemoved(kept)}`, { cause: error });
    }
    await refuseUnstarted(access, call, node, before, kept);
  } else {
    if (used !== undefined && judged && "why" in judged && wipe === undefined)
      throw new Error(`${used}. ${notRemoved(judged.why)}`);
    if (used === undefined && begun?.isOwn && judged && "why" in judged)
      call.report.warn(
        `a creation on the disk with serial ${before.disk.serial} of node ${node} was cut off, and what it has left elsewhere stays ` +
          `(see lvs, and ceph osd tree for ids that are new): ${judged.why}`,
      );
    if (used !== undefined && wipe !== undefined) {
      if (wiped?.serial === before.disk.serial)
        throw new Error(
          `${used}. wipe has named it already, and the disk was wiped or held the OSDs since: it is not wiped again` +
            (judged && "why" in judged ? `. ${notRemoved(judged.why)}` : ""),
        );
      await wipeDisk(access, call, node, inputs, fsid);
      found(before.disk, [], remembered, fsid);
    }
    await createOsds(access, call, inputs, (disk, blocks) => found(disk, blocks, remembered, fsid));
  }
  // The kernel's name was to be right before; it says nothing of what is there now.
  const { disk, blocks } = await lookAtDisk(pve, call, node, { serial: before.disk.serial });
  found(disk, blocks, remembered, fsid);
  const noted = !takenOver || begun?.isOwn === true;
  return { disk, blocks, fsid, takenOver, noted };
}

/** Why what a creation has left stays, and how to go on. */
export const notRemoved = (why: string): string =>
  `A creation was cut off there, and what stands there is not removed: ${why}. See with pvs, lvs and ceph osd tree what it is. An OSD ` +
  "with its file system is started by ceph-volume lvm activate; what is to go is removed by hand (ceph osd purge-new, lvremove, " +
  "vgremove, pvremove), or by the disk's wipe in a new resource; then run up again";

/** What was never started will not come up by itself, and waiting for it would end with the time that there is. */
async function refuseUnstarted(
  { pve }: Access,
  call: Call,
  node: string,
  { disk, blocks }: { readonly disk: NodeDisk; readonly blocks: readonly OsdVolume[] },
  why = "this resource has not begun them",
): Promise<void> {
  const left = await neverStarted(pve, call, node, blocks);
  if (left.length === 0) return;
  const commands = left.flatMap(({ id, uuid }) => [
    `ceph osd purge-new osd.${id} --yes-i-really-mean-it`,
    `ceph-volume lvm zap --destroy --osd-fsid ${uuid}`,
  ]);
  throw new Error(
    `the disk with serial ${disk.serial} (${disk.devpath}) on node ${node} holds OSDs that have never run and that nothing starts: ` +
      `${left.map(({ id, uuid }) => `osd.${id} (${uuid})`).join(", ")}. Nothing was touched: ${why}. Start them ` +
      `(ceph-volume lvm activate), or, if they are to go, run on the node: ${commands.join("; ")}`,
  );
}
