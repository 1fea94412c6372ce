import { isDetached, volumes, type VmConfig } from "../config/vm-config";

/** What becomes of the volumes of a slot whose disk is wanted no longer. */
interface LeavingVolume {
  /** The one that goes with its data. */
  readonly removed?: string;
  /** What is taken out of the slot and stays as unused: this disk's volume it is not. */
  readonly detached?: string;
  /** The disk's own volume, which somebody has detached to put another one into its slot: both stay. */
  readonly displaced?: string;
}

/**
 * Only what the state knows for this very slot is named by leaving the disk out. Where another volume is in the slot,
 * somebody has exchanged them, and which of the two is meant cannot be told: none is removed.
 */
export function leavingVolume(
  slot: string,
  recorded: Readonly<Record<string, string>>,
  guest: VmConfig,
): LeavingVolume {
  const own = recorded[slot];
  const live = volumes(guest)[slot];
  const isAway = own !== undefined && isDetached(guest, own);
  if (live === undefined) return !isAway ? {} : isAlone(recorded, guest) ? { removed: own } : { displaced: own };
  if (live === own) return { removed: live };
  return { detached: live, ...(isAway ? { displaced: own } : {}) };
}

/**
 * Is nothing unused that the state does not know? Else it may have been in the slot: a run that took it out, and came no
 * further, would otherwise remove in its next attempt what it has said will stay.
 */
const isAlone = (recorded: Readonly<Record<string, string>>, guest: VmConfig): boolean => {
  const known = Object.values(recorded);
  return Object.entries(volumes(guest)).every(([key, volume]) => !key.startsWith("unused") || known.includes(volume));
};
