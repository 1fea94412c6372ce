import { isProxmoxError } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { Problem } from "../../kernel/state/problems";
import { acceptsLoss, type CephOsdInputs } from "../ceph-osd.model";
import { describeDisk, findDisk, whyInUse, type NodeDisk } from "./disk";
import { whyNoJournals } from "./journals";
import { whyElsewhere, whyNotJudged } from "./leaving";
import { differences, lookAtDisk, whyUsedRaw, type Access } from "./make-osds";
import { notRemoved } from "./bring-osds";
import { describeLeft, lookForLeft } from "./look-for-left";
import { isSame, readDisks, readMap } from "./osd-map";
import type { Fate } from "./retained";
import { whyNotStarted } from "./resume";
import { whyNoSuccessor } from "./successor";
import { whyNotWiped } from "./wipe-disk";
import { whyNotNamed } from "./wipeable";

interface Looks {
  readonly pve: Pve;
  /** Undefined where SSH or root's password is missing, which is told elsewhere. */
  readonly access: Access | undefined;
}

async function ofDisks(look: () => Promise<Problem[]>): Promise<Problem[]> {
  try {
    return await look();
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return [{ path: "node", message: `its disks cannot be read: ${error.message}` }];
  }
}

/** Before anything is done: which disk it is, and what is on it. */
export function previewDisk(
  { pve, access }: Looks,
  call: Call,
  inputs: Partial<CephOsdInputs>,
  node: string,
  before: { readonly was: Partial<CephOsdInputs>; readonly old: Fate | { readonly problem: string } } | undefined,
): Promise<Problem[]> {
  return ofDisks(async () => {
    const disks = await readDisks(pve, node);
    const found = findDisk(disks, inputs, node);
    if ("problem" in found) return [{ path: found.field, message: found.problem }];
    const { disk } = found;
    const path = inputs.serial === undefined ? "byId" : "serial";
    const old = before && findDisk(disks, before.was, node);
    // Another name for the same disk changes nothing.
    if (old && "disk" in old && old.disk === disk) return [];
    if (before) {
      const fate = before.old;
      if ("problem" in fate) return [{ path, message: fate.problem }];
      const goes = whatBecomesOf(fate, old && "disk" in old ? old.disk : undefined);
      return access ? ofSuccessor(access, call, inputs, node, disk, path, goes) : [];
    }
    const left = access && (await lookForLeft(access, call, node, { serial: disk.serial }));
    const resumed = left && describeLeft(call, left, inputs.osdsPerDevice ?? 1);
    if (resumed !== undefined && left && "unfinished" in left.judged && left.judged.unfinished.whole.length > 0) {
      const { blocks } = await lookAtDisk(pve, call, node, { serial: disk.serial });
      const other = whyNotStarted(inputs, blocks);
      if (other.length > 0) return [{ path, message: otherwise(other) }];
    }
    if (resumed !== undefined) {
      call.report.result(resumed);
      return whyNoJournals(access, call, inputs, disks, disk, node);
    }
    const kept = left && "why" in left.judged ? `. ${notRemoved(left.judged.why)}` : "";
    if (disk.osdIds.length > 0 && inputs.wipe === undefined) {
      call.report.result(`${describeDisk(disk)}: taken over as it is`);
      return access ? ofTakeover(pve, call, inputs, node, disk, path, kept) : [];
    }
    const other = whyNotNamed(disk, inputs.wipe);
    if (other !== undefined) return [{ path: "wipe", message: other }];
    const used = whyInUse(disk, node);
    if (used !== undefined && inputs.wipe === undefined) return [{ path, message: used + kept }];
    if (used !== undefined) {
      if (access && (await isAsDescribed(pve, call, inputs, node, disk))) {
        call.report.result(`${describeDisk(disk)}: taken over as it is`);
        return [];
      }
      const why = access && (await whyNotWiped(access, call, node, disk, inputs.wipe));
      if (why !== undefined) return [{ path: "wipe", message: why }];
    }
    const raw = used === undefined && access ? await whyUsedRaw(access, call, node, disk) : undefined;
    if (raw !== undefined) return [{ path, message: raw }];
    const count = inputs.osdsPerDevice ?? 1;
    call.report.result(
      `${describeDisk(disk)}: ${used === undefined ? "" : "is WIPED, and "}becomes ${count === 1 ? "an OSD" : `${count} OSDs`}`,
    );
    return whyNoJournals(access, call, inputs, disks, disk, node);
  });
}

async function ofTakeover(
  pve: Pve,
  call: Call,
  inputs: Partial<CephOsdInputs>,
  node: string,
  disk: NodeDisk,
  path: string,
  kept: string,
): Promise<Problem[]> {
  const { blocks } = await lookAtDisk(pve, call, node, { serial: disk.serial });
  const other = differences(inputs, blocks);
  if (other.length === 0) return [];
  return [{ path, message: otherwise(other) + kept }];
}

const otherwise = (other: readonly string[]): string =>
  `the OSDs on the disk are other ones than described: ${other.join("; ")}. Describe them as they are`;

/** A line that names what may be wiped may stay where OSDs are by now. */
async function isAsDescribed(
  pve: Pve,
  call: Call,
  inputs: Partial<CephOsdInputs>,
  node: string,
  disk: NodeDisk,
): Promise<boolean> {
  if (disk.osdIds.length === 0) return false;
  const { blocks } = await lookAtDisk(pve, call, node, { serial: disk.serial });
  if (differences(inputs, blocks).length > 0) return false;
  const map = await readMap(pve, call, node);
  return blocks.every((block) => block.fsid === map.fsid && isSame(map, block));
}

async function ofSuccessor(
  access: Access,
  call: Call,
  inputs: Partial<CephOsdInputs>,
  node: string,
  disk: NodeDisk,
  path: string,
  old: string,
): Promise<Problem[]> {
  const why = await whyNoSuccessor(access, call, inputs, node);
  if (why !== undefined) return [{ path: inputs.wipe === undefined ? path : "wipe", message: why }];
  const wiped = whyInUse(disk, node) === undefined ? "" : "is WIPED, and ";
  call.report.result(`${describeDisk(disk)}: ${wiped}${old}`);
  return [];
}

/** The engine deletes first what it deletes, and nothing where the state says that it stays. */
function whatBecomesOf(fate: Fate, old: NodeDisk | undefined): string {
  const named = old && old.osdIds.length > 0 ? ` (${old.osdIds.map((id) => `osd.${id}`).join(", ")})` : "";
  if (fate.stay)
    return (
      `gets OSDs beside those of the old disk${named}, which stay in Ceph as they are (retainOnDelete), are not drained, and are no ` +
      "longer this resource's" +
      (fate.sure ? "" : "; where no up has recorded retainOnDelete yet, this is refused before anything is touched")
    );
  const unsure = fate.sure ? "" : "; where the state says retainOnDelete, they stay and the new ones come beside them";
  return `takes the place of the old disk, whose OSDs${named} go first${unsure}`;
}

/** Whether the OSDs of the old disk can be drained. A disk that is not there any more is dead: what it held is elsewhere. */
export function previewRemoval(
  access: Access,
  call: Call,
  was: Partial<CephOsdInputs>,
  wanted: Partial<CephOsdInputs>,
  node: string,
): Promise<Problem[]> {
  const { pve } = access;
  const path = wanted.serial === undefined ? "byId" : "serial";
  return ofDisks(async () => {
    const disks = await readDisks(pve, node);
    const found = findDisk(disks, was, node);
    const next = findDisk(disks, wanted, node);
    if ("problem" in found || ("disk" in next && next.disk === found.disk)) return [];
    const { blocks } = await lookAtDisk(pve, call, node, { serial: found.disk.serial });
    if (blocks.length === 0) return [];
    const ids = blocks.map(({ id }) => id);
    const elsewhere = await whyElsewhere(access, call, node, ids);
    if (elsewhere !== undefined) return [{ path, message: `the OSDs of the old disk cannot be removed: ${elsewhere}` }];
    if (acceptsLoss(was, blocks)) return [];
    const { why } = await whyNotJudged(access, call, node, ids, await readMap(pve, call, node));
    if (why.length === 0) return [];
    return [
      {
        path,
        message:
          `the OSDs of the old disk (${describeDisk(found.disk)}) cannot be drained: ${why.join("; ")}. Describe the new disk as ` +
          "a resource of its own, run up, and take this one out then",
      },
    ];
  });
}
