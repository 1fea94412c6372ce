import { isProxmoxError, type Guest } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

/** Guests whose configs name volumes of the storage, as `VM 100 (web): scsi0, ide2`. */
export async function guestsOn(pve: Pve, storageId: string): Promise<string[]> {
  const guests = [...(await pve.guestsNow())].sort((a, b) => a.vmid - b.vmid);
  const found: string[] = [];
  // A few at a time: it is one call for each guest.
  for (let from = 0; from < guests.length; from += 8) {
    const lines = guests.slice(from, from + 8).map(async (guest) => {
      const slots = Object.entries(await configOf(pve, guest))
        .filter(([, value]) => typeof value === "string" && namesStorage(value, storageId))
        .map(([slot]) => slot);
      if (slots.length === 0) return [];
      const name = guest.name === undefined ? "" : ` (${guest.name})`;
      return [`${guest.type === "lxc" ? "container" : "VM"} ${guest.vmid}${name}: ${slots.sort().join(", ")}`];
    });
    found.push(...(await Promise.all(lines)).flat());
  }
  return found;
}

/** `nas:100/vm-100-disk-0.raw,size=4G`, `file=nas:…`, `volume=nas:…` */
const namesStorage = (value: string, storageId: string): boolean =>
  value.split(",").some((part) => part.replace(/^(?:file|volume)=/, "").startsWith(`${storageId}:`));

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
