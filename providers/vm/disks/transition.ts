import { showPath, type Problem } from "../../kernel/state/problems";
import { isUnknown } from "../../kernel/state/unknowns";
import type { Disk } from "./disk.model";
import { pairDisks } from "./disk-pairs";

/** Is enough known of these disks to tell which is which? */
export const areKnown = (disks: readonly unknown[]): boolean =>
  disks.every((disk) => disk !== null && typeof disk === "object" && !isUnknown((disk as Disk).slot));

/** What cannot be done to existing disks: shrink them, or change the list so that it cannot be told which is which. */
export function diskTransition(wanted: readonly Disk[] | undefined, was: readonly Disk[] | undefined): Problem[] {
  if (wanted === undefined || was === undefined || !areKnown(wanted)) return [];
  const pairs = pairDisks(wanted, was);
  if ("problem" in pairs) return [pairs.problem];
  return wanted.flatMap((disk, i) => {
    const place = pairs.was[i];
    const old = place === undefined ? undefined : was[place]?.sizeGiB;
    if (typeof disk.sizeGiB !== "number" || typeof old !== "number" || disk.sizeGiB >= old) return [];
    return [
      {
        path: showPath(["disks", i, "sizeGiB"]),
        message: `disks only grow, and this one has ${old} GiB; write at least ${old}, or add a smaller disk and copy`,
      },
    ];
  });
}
