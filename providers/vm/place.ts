import { isProxmoxError } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

/** A guest's place in the cluster. */
export interface Place {
  readonly node: string;
  readonly vmid: number;
}

/** Does this node have the guest? Told by its config, not by a list. */
export async function isThere(pve: Pve, { node, vmid }: Place): Promise<boolean> {
  try {
    await pve.api.nodes.$(node).qemu.$(vmid).config.$get();
    return true;
  } catch (error) {
    if (isProxmoxError(error, "not-found")) return false;
    throw error;
  }
}
