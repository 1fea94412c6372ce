import { isProxmoxError, type Guest } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

/** Guests with keys of their configs that use a thing, as `VM 100 (web): scsi0, ide2`; on one node where it is that node's. */
export async function guestsUsing(
  pve: Pve,
  uses: (key: string, value: string) => boolean,
  node?: string,
): Promise<string[]> {
  const guests = (await pve.guestsNow())
    .filter((guest) => node === undefined || guest.node === node)
    .sort((a, b) => a.vmid - b.vmid);
  const found: string[] = [];
  // A few at a time: it is one call for each guest.
  for (let from = 0; from < guests.length; from += 8) {
    const lines = guests.slice(from, from + 8).map(async (guest) => {
      const keys = Object.entries(await configOf(pve, guest))
        .filter(([key, value]) => typeof value === "string" && uses(key, value))
        .map(([key]) => key);
      if (keys.length === 0) return [];
      const name = guest.name === undefined ? "" : ` (${guest.name})`;
      return [`${guest.type === "lxc" ? "container" : "VM"} ${guest.vmid}${name}: ${keys.sort().join(", ")}`];
    });
    found.push(...(await Promise.all(lines)).flat());
  }
  return found;
}

async function configOf(pve: Pve, { node, vmid, type }: Guest): Promise<object> {
  const at = pve.api.nodes.$(node);
  try {
    return await (type === "lxc" ? at.lxc.$(vmid).config.$get() : at.qemu.$(vmid).config.$get());
  } catch (error) {
    // Gone since the list was read.
    if (isProxmoxError(error, "not-found")) return {};
    throw error;
  }
}
