import type { Call } from "../runtime/call";
import type { Place, Pve } from "../pve-session";
import { changeConfig } from "./change-config";
import { firmwareOf, firmwareToConfig, fixedParameters, tpmMove, type Firmware } from "./firmware.model";
import type { GuestConfig } from "./guest-config";
import { moveDrive, removeDrive } from "./sync-disks";

/** Adds, moves and removes the EFI disk and the TPM; returns volumes that are free after the next boot only. */
export async function syncFirmware(
  pve: Pve,
  call: Call,
  at: Place,
  guest: GuestConfig,
  wanted: Firmware,
  was: Firmware,
): Promise<string[]> {
  const live = firmwareOf(guest.config);
  for (const { path, message } of fixedParameters(wanted, live)) call.report.warn(`${path}: ${message}`);
  const texts = firmwareToConfig(wanted);
  const leaving: string[] = [];
  for (const [key, name, what] of [
    ["efidisk0", "efiDisk", "the EFI disk"],
    ["tpmstate0", "tpm", "the TPM"],
  ] as const) {
    const text = texts[key];
    const [next, now] = [wanted[name], live[name]];
    if (text !== undefined && !now) await changeConfig(pve, call, at, { [key]: text }, `adding ${what}`);
    else if (next && now && next.storage !== now.storage) {
      if (name === "tpm" && (await pve.snapshot.guest(at.vmid))?.status === "running")
        throw new Error(`tpm.storage: ${tpmMove}`);
      await moveDrive(pve, call, at, key, next.storage);
    } else if (!next && was[name] && now) leaving.push(...(await removeDrive(pve, call, at, key, what)));
  }
  return leaving;
}
