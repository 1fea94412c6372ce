import { changesBetween, type Change, type Effects } from "../../kernel/state/changes";
import { slotOf, type Disk } from "./disk.model";
import { pairDisks } from "./disk-pairs";
import { attachedAt, volumes, type VmConfig } from "../config/vm-config";
import { leavingVolume } from "./leaving-volume";
import { areKnown } from "./transition";

/** What a preview knows of a guest's volumes. */
interface VolumesSeen {
  /** The state's volumes by slot. */
  readonly recorded: Readonly<Record<string, string>>;
  /** The guest as it is; undefined when nothing was read of it. */
  readonly guest: VmConfig | undefined;
}

/**
 * Changes of disks, each compared with the disk that it was and not with the one that stood at its place in the list;
 * for what goes to another slot or goes altogether it is said what becomes of its volume.
 */
export function diskChanges(
  changes: readonly Change[],
  was: readonly Disk[] | undefined,
  wanted: readonly Disk[] | undefined,
  effects: Effects,
  seen: VolumesSeen,
): Change[] {
  const others = changes.filter(({ path }) => !/^disks\b/.test(path));
  if (others.length === changes.length || !was || !wanted || !areKnown(wanted)) return [...changes];
  const pairs = pairDisks(wanted, was);
  if ("problem" in pairs) return [...changes];
  const before = wanted.map((_, i) => {
    const place = pairs.was[i];
    return place === undefined ? undefined : withSlot(was[place], place);
  });
  const moved = changesBetween({ disks: before }, { disks: wanted.map(withSlot) }, effects).map((change): Change => {
    const { path, from, to } = change;
    if (!/^disks\[\d+\]\.slot$/.test(path)) return change;
    const taken = occupant(String(to), before, seen);
    const refused = taken === undefined ? "" : `; refused as long as ${String(to)} holds ${taken}`;
    return { ...change, note: `${String(from)} → ${String(to)}, with its volume${refused}` };
  });
  const added = moved.map((change): Change => {
    const place = Number(/^disks\[(\d+)\]$/.exec(change.path)?.[1]);
    const disk = wanted[place];
    const taken =
      disk === undefined || change.from !== undefined ? undefined : occupant(slotOf(disk, place), before, seen);
    return taken === undefined ? change : { ...change, note: `${slotOf(disk as Disk, place)} holds ${taken} already` };
  });
  const removed = pairs.removed.flatMap((place): Change[] => {
    const disk = withSlot(was[place], place);
    if (!disk) return [];
    const change = { path: `disks[${place}]`, from: disk, to: undefined, effect: effects["disks"] ?? "live" } as const;
    return [{ ...change, note: fate(disk.slot, seen) }];
  });
  const all = [...others, ...added, ...removed];
  // What is written otherwise and means the same is recorded, and nothing is done.
  return all.length > 0 ? all : [{ path: "disks", from: was, to: wanted, effect: "live", note: "nothing to be done" }];
}

const withSlot = (disk: Disk | undefined, place: number): (Disk & { slot: string }) | undefined =>
  disk && { ...disk, slot: slotOf(disk, place) };

/** What is in a slot that no disk of the program leaves. */
function occupant(
  slot: string,
  before: readonly ({ readonly slot: string } | undefined)[],
  { guest }: VolumesSeen,
): string | undefined {
  if (before.some((disk) => disk?.slot === slot)) return undefined;
  return guest?.config[slot]?.split(",")[0];
}

/** What becomes of the volume of a disk, EFI disk or TPM that is wanted no longer. */
function fate(slot: string, { recorded, guest }: VolumesSeen): string {
  const known = recorded[slot];
  if (!guest) return known === undefined ? `nothing is in ${slot}` : `removes ${known} with its data`;
  const { removed, detached, displaced } = leavingVolume(slot, recorded, guest);
  const consequences = [
    ...(removed === undefined
      ? []
      : [`removes ${removed}${volumes(guest)[slot] === removed ? "" : ", which is detached,"} with its data`]),
    ...(detached === undefined
      ? []
      : [`detaches ${detached} from ${slot}, which this program has not made for it: it stays as an unused disk`]),
    ...(displaced === undefined ? [] : [`${displaced}, which is detached, stays as it is`]),
  ];
  const elsewhere = known === undefined ? undefined : attachedAt(guest, known);
  if (consequences.length === 0 && elsewhere !== undefined) return `${known} stays, attached as ${elsewhere}`;
  return consequences.join("; ") || `nothing is in ${slot}`;
}

const firmwareSlots: Readonly<Record<string, string>> = { efiDisk: "efidisk0", tpm: "tpmstate0" };

/** Of an EFI disk or TPM that is wanted no longer it is said what becomes of its volume, as of a disk. */
export const firmwareChanges = (changes: readonly Change[], seen: VolumesSeen): Change[] =>
  changes.map((change) => {
    const slot = firmwareSlots[change.path];
    return slot === undefined || change.to !== undefined ? change : { ...change, note: fate(slot, seen) };
  });
