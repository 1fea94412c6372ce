import type { OwnEffect } from "../kernel/state/changes";

/**
 * What a change does to a node, beside what it may do to any object:
 * - `reboot`: its packages are upgraded, and it is rebooted where that needs it;
 * - `upgrade`: its packages are upgraded.
 */
export const ownNodeEffects: readonly OwnEffect[] = [
  { name: "reboot", meaning: "reboot of the node, where one is needed" },
  {
    name: "upgrade",
    meaning: "upgrade of the packages, and with `reboot` a reboot of the node where one is needed",
    mayBecome: ["reboot"],
  },
];
