import { isDeepStrictEqual } from "node:util";
import { showPath, type Problem } from "../../kernel/state/problems";
import { slotOf, type Disk } from "./disk.model";

/** Which disk of the list before each disk of the list now is. */
export interface DiskPairs {
  /** For each wanted disk its place in the list before; undefined for a new one. */
  readonly was: readonly (number | undefined)[];
  /** Places in the list before of the disks that are wanted no longer. */
  readonly removed: readonly number[];
}

/**
 * A disk is its volume: one whose slot was changed is the same disk, and moves. The slots tell which is which; where
 * they were changed, the places in the list and what else is said of the disks tell it. What cannot be told is a
 * problem, for a wrong guess would remove the wrong disk.
 */
export function pairDisks(wanted: readonly Disk[], was: readonly Disk[]): DiskPairs | { readonly problem: Problem } {
  const [slots, before] = [wanted.map(slotOf), was.map(slotOf)];
  const same = slots.map((slot) => found(before.indexOf(slot)));
  const unnamed = [...wanted, ...was].some(({ slot }) => slot === undefined);
  if (wanted.length < was.length) {
    const moved = same.indexOf(undefined);
    if (unnamed) return { problem: { path: "disks", message: withoutSlots } };
    if (moved >= 0) return { problem: { path: showPath(["disks", moved, "slot"]), message: movedAndRemoved } };
    return pairs(same, was);
  }
  if (unnamed && wanted.length > was.length && isInserted(wanted, was))
    return { problem: { path: "disks", message: insertedWithoutSlots } };
  const positional = wanted.map((_, i) => (i < was.length ? i : undefined));
  const bySlot = completed(same, wanted, was);
  if (!Array.isArray(bySlot)) return bySlot;
  const [moving, staying] = [differences(positional, wanted, was), differences(bySlot, wanted, was)];
  // Two disks that are alike but for their slots have exchanged them: only the places in the list can say so.
  const inPlace = wanted.length === was.length ? moving <= staying : moving < staying;
  return pairs(inPlace ? positional : bySlot, was);
}

const found = (index: number): number | undefined => (index < 0 ? undefined : index);

const pairs = (places: readonly (number | undefined)[], was: readonly Disk[]): DiskPairs => ({
  was: places,
  removed: was.flatMap((_, j) => (places.includes(j) ? [] : [j])),
});

const withoutSlots =
  "a disk is removed, and without slots it cannot be told which one; give every disk its slot (the first is " +
  "scsi0 unless you chose another), run pulumi up, and remove the disk then";

const movedAndRemoved =
  "one disk goes to another slot and another one is removed, and it cannot be told which is which; do it in two steps: " +
  "change the slots, run pulumi up, and remove the disk then";

const movedAndAdded =
  "a disk goes to another slot and another one is new, and it cannot be told which is which; do it in two steps: change " +
  "the slot, run pulumi up, and add the disk then (one that somebody has moved or taken away counts as new: put it back, or " +
  "write down where it is)";

const insertedWithoutSlots =
  "a disk is put before others, and without slots these would become other disks; write the new one at the end, or give " +
  "every disk the slot that it has (the first is scsi0 unless you chose another)";

/** All of the disks before are there as they were, and not at the beginning. */
function isInserted(wanted: readonly Disk[], was: readonly Disk[]): boolean {
  let next = 0;
  let shifted = false;
  wanted.forEach((disk, i) => {
    if (next < was.length && isDeepStrictEqual(disk, was[next])) {
      shifted ||= i !== next;
      next++;
    }
  });
  const prefix = was.every((disk, i) => isDeepStrictEqual(disk, wanted[i]));
  return next === was.length && shifted && !prefix;
}

/**
 * Disks whose slot is new are those whose slot is gone: told by what else is said of them, then by their place, where there
 * are as many of the ones as of the others. Where there are more, a guess would give the guest another disk in the place of one.
 */
function completed(
  same: readonly (number | undefined)[],
  wanted: readonly Disk[],
  was: readonly Disk[],
): (number | undefined)[] | { readonly problem: Problem } {
  const out = [...same];
  const free = new Set(out.flatMap((j, i) => (j === undefined ? [i] : [])));
  const left = was.flatMap((_, j) => (out.includes(j) ? [] : [j]));
  const pair = (i: number, j: number) => {
    out[i] = j;
    free.delete(i);
    left.splice(left.indexOf(j), 1);
  };
  for (const j of [...left]) {
    const alike = [...free].filter((i) => isAlike(wanted[i], was[j]));
    const rivals = left.filter((other) => isAlike(was[other], was[j]));
    if (alike.length === 1 && rivals.length === 1) pair(alike[0] as number, j);
  }
  if (left.length > 0 && free.size > left.length)
    return { problem: { path: showPath(["disks", [...free][0] as number, "slot"]), message: movedAndAdded } };
  for (const j of [...left]) if (free.has(j)) pair(j, j);
  for (const j of [...left]) pair([...free][0] as number, j);
  return out;
}

const isAlike = (a: Disk | undefined, b: Disk | undefined): boolean =>
  isDeepStrictEqual({ ...a, slot: undefined }, { ...b, slot: undefined });

const differences = (places: readonly (number | undefined)[], wanted: readonly Disk[], was: readonly Disk[]): number =>
  places.filter((j, i) => j !== undefined && !isAlike(wanted[i], was[j])).length;
