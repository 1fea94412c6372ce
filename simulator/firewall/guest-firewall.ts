import type { Cluster } from "../world/world.js";
import { guestFile, removeFile, textOfFile, writeFile } from "./firewall-files.js";

/** A clone has its source's firewall, and whatever a file of its number said is gone (clone_vmfw_conf). */
export function copyGuestFirewall(cluster: Cluster, from: number, to: number, seconds: number): void {
  const text = textOfFile(cluster, guestFile(from));
  if (text === undefined) removeFile(cluster, guestFile(to));
  else writeFile(cluster, guestFile(to), text, seconds);
}

/** A guest's firewall goes with it. */
export function removeGuestFirewall(cluster: Cluster, vmid: number): void {
  removeFile(cluster, guestFile(vmid));
}
