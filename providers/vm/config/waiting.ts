import { slotOf } from "../disks/disk.model";
import type { VmConfig } from "./vm-config";
import { guestToConfig } from "./guest-fields";
import { nextBoot } from "./options.model";
import type { GuestInputs } from "../vm.model";

/** Config keys of cloud-init: a change of them reaches the guest with a new drive. */
export const cloudInitKey = /^(?:ci\w+|sshkeys|ipconfig\d+|nameserver|searchdomain|name)$/;

/** Config keys that the inputs speak of. */
export function managedKeys(inputs: Partial<GuestInputs>): Set<string> {
  return new Set([
    ...Object.keys(guestToConfig(inputs, "")),
    ...(inputs.disks ?? []).map(slotOf),
    ...(inputs.cdroms ?? []).map(({ slot }) => slot),
    ...(inputs.efiDisk ? ["efidisk0"] : []),
    ...(inputs.tpm ? ["tpmstate0"] : []),
    ...(inputs.smbios ? ["smbios1"] : []),
    ...(inputs.bootOrder ? ["boot"] : []),
  ]);
}

/** Of these keys, those whose new value needs a reboot to come true. What others have left waiting is no reason for one. */
export const waitingFor = (guest: VmConfig, keys: ReadonlySet<string>): string[] =>
  guest.waiting.filter((key) => keys.has(key) && !cloudInitKey.test(key) && !nextBoot.has(key));
