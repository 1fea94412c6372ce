import { guestsUsing } from "../checks/guests-using";
import type { Pve } from "../kernel/session/pve-session";

/** Guests whose configs name volumes of the storage. */
export const guestsOnStorage = (pve: Pve, storageId: string): Promise<string[]> =>
  guestsUsing(pve, (_slot, value) => namesStorage(value, storageId));

/** `nas:100/vm-100-disk-0.raw,size=4G`, `file=nas:…`, `volume=nas:…` */
const namesStorage = (value: string, storageId: string): boolean =>
  value.split(",").some((part) => part.replace(/^(?:file|volume)=/, "").startsWith(`${storageId}:`));
