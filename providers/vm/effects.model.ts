import type { OwnEffect } from "../kernel/state/changes";

/**
 * What a change does to a guest, beside what it may do to any object:
 * - `hot-plug`: plugged into or out of a running guest;
 * - `reboot`: a running guest is rebooted once, at the end of the update;
 * - `migrate`: the guest moves to another node.
 */
export const ownGuestEffects: readonly OwnEffect[] = [
  { name: "migrate", meaning: "migrate, to another node" },
  {
    name: "reboot",
    meaning: "reboot, of a running VM",
    refusedBy: {
      argument: "allowReboot",
      message: "this change needs a reboot, and allowReboot is false; undo it or allow the reboot",
    },
  },
  { name: "hot-plug", meaning: "hot-plug, or a reboot where it cannot be plugged", mayBecome: ["reboot"] },
];
