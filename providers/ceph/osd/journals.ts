import type { Call } from "../../kernel/call/call";
import type { Problem } from "../../kernel/state/problems";
import type { CephOsdInputs } from "../ceph-osd.model";
import { findDisk, whyNoJournal, type NodeDisk } from "./disk";
import { whyUsedRaw, type Access } from "./make-osds";

type Journals = Pick<Partial<CephOsdInputs>, "dbDevice" | "walDevice">;

/**
 * Why the disks for database and log cannot take them, looked at as the OSD's own disk is: each is named by what stays, is
 * unused or holds nothing but such volumes, and no guest has it. Without `access` what guests have is not asked.
 */
export async function whyNoJournals(
  access: Access | undefined,
  call: Call,
  inputs: Journals,
  disks: readonly NodeDisk[],
  own: NodeDisk,
  node: string,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const taken = new Map<NodeDisk, string>([[own, "the OSD"]]);
  for (const field of ["dbDevice", "walDevice"] as const) {
    const wanted = inputs[field];
    if (!wanted) continue;
    const found = findDisk(disks, wanted, node);
    if ("problem" in found) {
      problems.push({ path: `${field}.${found.field}`, message: found.problem });
      continue;
    }
    const { disk } = found;
    const other = taken.get(disk);
    taken.set(disk, field);
    const why =
      other !== undefined
        ? `is the disk of ${other} as well (${disk.devpath}, serial ${disk.serial}); write another one`
        : (whyNoJournal(disk, node) ?? (access && (await whyUsedRaw(access, call, node, disk))));
    if (why !== undefined) problems.push({ path: field, message: why });
  }
  return problems;
}
