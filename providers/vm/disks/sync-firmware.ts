import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { changeConfig } from "../config/change-config";
import { firmwareOf, firmwareToConfig, fixedParameters, tpmMove, type Firmware } from "../config/firmware.model";
import { digestOf, isDetached, volumes, type VmConfig } from "../config/vm-config";
import type { GuestRef } from "../outputs";
import { lookAt } from "../identity";
import { detachDrive, type KnownVolumes } from "./known-volumes";
import { moveDrive } from "./sync-disks";
import { isOurs } from "./volume-history";

/** Adds, moves and detaches the EFI disk and the TPM; returns volumes of ours that nobody needs any more. */
export async function syncFirmware(
  pve: Pve,
  call: Call,
  at: GuestRef,
  wanted: Firmware,
  was: Firmware,
  known: KnownVolumes,
): Promise<string[]> {
  if (!wanted.efiDisk && !wanted.tpm && !was.efiDisk && !was.tpm) return [];
  let guest: VmConfig = await lookAt(pve, call, at);
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
    if (text !== undefined && !now) {
      // What somebody has detached holds keys or boot entries: it is attached again, not made anew.
      const kept = known.recorded[key];
      const again = kept !== undefined && isDetached(guest, kept);
      const drive = again ? [kept, ...text.split(",").slice(1)].join(",") : text;
      const doing = `${again ? "attaching" : "adding"} ${what}`;
      await known.making(key, () => changeConfig(pve, call, at, { [key]: drive, ...digestOf(guest) }, doing));
      guest = await lookAt(pve, call, at);
      known.made(key, guest);
    } else if (next && now && next.storage !== now.storage) {
      if (name === "tpm" && (await pve.snapshot.guest(at.vmid))?.status === "running")
        throw new Error(`tpm.storage: ${tpmMove}`);
      const before = volumes(guest)[key] ?? "";
      await moveDrive(pve, call, at, guest, key, next.storage, known);
      guest = await lookAt(pve, call, at);
      known.replaced(before, key, guest);
    } else if (!next && was[name]) leaving.push(...(await detachDrive(pve, call, at, key, what, known)));
    const volume = volumes(guest)[key];
    if (now && next && volume !== undefined && !known.has(volume) && !known.claims(key, guest))
      if (await isOurs(pve, at, key, volume, known.has)) known.made(key, guest);
  }
  return leaving;
}
