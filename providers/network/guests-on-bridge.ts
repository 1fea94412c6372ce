import { isProxmoxError, type Guest } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

/** Guests of a node whose network devices are on the bridge, as `VM 100 (web): net0`. */
export async function guestsOnBridge(pve: Pve, node: string, bridge: string): Promise<string[]> {
  const guests = (await pve.guestsNow()).filter((guest) => guest.node === node).sort((a, b) => a.vmid - b.vmid);
  const found: string[] = [];
  // A few at a time: it is one call for each guest.
  for (let from = 0; from < guests.length; from += 8) {
    const lines = guests.slice(from, from + 8).map(async (guest) => {
      const devices = Object.entries(await configOf(pve, guest))
        .filter(([slot, value]) => /^net\d+$/.test(slot) && typeof value === "string" && isOn(value, bridge))
        .map(([slot]) => slot);
      if (devices.length === 0) return [];
      const name = guest.name === undefined ? "" : ` (${guest.name})`;
      return [`${guest.type === "lxc" ? "container" : "VM"} ${guest.vmid}${name}: ${devices.sort().join(", ")}`];
    });
    found.push(...(await Promise.all(lines)).flat());
  }
  return found;
}

/** `virtio=BC:24:11:…,bridge=vmbr1,tag=9`, `name=eth0,bridge=vmbr1` */
const isOn = (device: string, bridge: string): boolean => device.split(",").includes(`bridge=${bridge}`);

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
