import { guestsUsing } from "../checks/guests-using";
import type { Pve } from "../kernel/session/pve-session";

/** Guests of a node whose network devices are on the bridge: `virtio=BC:24:11:…,bridge=vmbr1,tag=9`, `name=eth0,bridge=vmbr1`. */
export const guestsOnBridge = (pve: Pve, node: string, bridge: string): Promise<string[]> =>
  guestsUsing(pve, (slot, value) => /^net\d+$/.test(slot) && value.split(",").includes(`bridge=${bridge}`), node);
