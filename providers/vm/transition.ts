import { showPath, type Problem } from "../runtime/problems";
import { slotOf, type Disk } from "./disk.model";

/** What cannot be done to existing disks: shrink them, or remove one while others have no slot of their own. */
export function diskTransition(wanted: readonly Disk[] | undefined, was: readonly Disk[] | undefined): Problem[] {
  if (wanted === undefined || was === undefined) return [];
  const before = new Map(was.map((disk, i) => [slotOf(disk, i), disk]));
  const problems: Problem[] = [];
  wanted.forEach((disk, i) => {
    const old = before.get(slotOf(disk, i))?.sizeGiB;
    if (typeof disk?.sizeGiB === "number" && typeof old === "number" && disk.sizeGiB < old)
      problems.push({
        path: showPath(["disks", i, "sizeGiB"]),
        message: `disks only grow, and this one has ${old} GiB; write at least ${old}, or add a smaller disk and copy`,
      });
  });
  if (wanted.length < was.length && [...wanted, ...was].some((disk) => disk?.slot === undefined))
    problems.push({
      path: "disks",
      message:
        "a disk is removed, and without slots it cannot be told which one; give every disk its slot (the first is " +
        "scsi0 unless you chose another), run pulumi up, and remove the disk then",
    });
  return problems;
}
