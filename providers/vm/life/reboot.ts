import type { Call } from "../../kernel/call/call";
import { changesBetween } from "../../kernel/state/changes";
import { pattern } from "../../kernel/state/problems";
import { diskChanges } from "../disks/disk-changes";
import type { VmConfig } from "../config/vm-config";
import { refinedEffects } from "../config/hardware-effects.model";
import type { GuestOutputs } from "../outputs";
import { vmModel, type VmInputs } from "../vm.model";
import { waitingFor } from "../config/waiting";
import { withoutHidden } from "../../kernel/state/hidden";

/**
 * Do values wait for which this update reboots a running guest? Those that it has written itself, or that it changes and
 * an earlier one, that failed, has written. What somebody else has left waiting is no reason to reboot, for no preview
 * has told of it.
 */
export function rebootsFor(
  call: Call,
  { before, guest }: { readonly before: VmConfig; readonly guest: VmConfig },
  at: GuestOutputs,
  inputs: VmInputs,
  was: Partial<VmInputs>,
  creating: boolean,
): boolean {
  const waiting = waitingFor(guest, new Set(guest.waiting));
  if (waiting.length === 0 || creating) return waiting.length > 0;
  const own = waiting.some((key) => !before.waiting.includes(key) || before.config[key] !== guest.config[key]);
  if (own || announcesReboot(before, at, inputs, was)) return true;
  call.report.warn(
    `${waiting.join(", ")} of VM ${at.vmid} ${waiting.length > 1 ? "wait" : "waits"} for its next reboot, and not because ` +
      "of this change: it is not rebooted",
  );
  return false;
}

/** Does the preview of this change say that a running guest is rebooted? */
function announcesReboot(
  before: VmConfig,
  { __volumes: recorded }: GuestOutputs,
  inputs: VmInputs,
  was: Partial<VmInputs>,
): boolean {
  const { effects, same } = vmModel;
  const found = changesBetween(withoutHidden(was), withoutHidden(inputs), effects);
  const changes = found.filter(({ path, from, to }) => !same?.(pattern(path), to, from));
  const seen = diskChanges(changes, was.disks, inputs.disks, effects, { recorded, guest: before });
  return refinedEffects(seen, { running: true, config: before.current }).some(({ effect }) => effect === "reboot");
}
