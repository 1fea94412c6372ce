import { folder } from "../../kernel/way-back/node-timer";

export const live = "/etc/network/interfaces";

/** One for each node, so that systemd itself refuses a second one. */
export const unit = "pulumi-proxmox-network";

/** The copy of a timer that was stopped because the node was found in order. */
export const stoppedFile = (arming: string): string => `${folder}/network-${arming}.stopped`;

/** The files of one arming; nobody else writes them. The copy's name tells what became of it. */
export const filesOf = (arming: string) => {
  const base = `${folder}/network-${arming}`;
  return {
    script: `${base}.sh`,
    copy: `${base}.interfaces`,
    stopped: stoppedFile(arming),
    restoring: `${base}.restoring`,
    restored: `${base}.restored`,
  };
};
