import type { Ssh } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import type { Problem } from "../kernel/state/problems";

/** What is to be said wherever something goes by SSH only, with the reason why the API will not do. */
export const needsSsh = (why: string): string =>
  `needs SSH to the nodes, because ${why}; set proxmox:sshFingerprints (host keys of the nodes) and ` +
  "proxmox:sshPrivateKey (or an ssh-agent)";

export function sshOf(pve: Pve, what: string, why: string): Ssh {
  const { ssh } = pve.process;
  if (!ssh) throw new Error(`${what} ${needsSsh(why)}`);
  return ssh;
}

/** The same for a preview; `what` where the path alone does not tell what needs it. */
export const sshProblem = (pve: Pve, path: string, why: string, what = ""): Problem[] =>
  pve.process.ssh ? [] : [{ path, message: `${what} ${needsSsh(why)}`.trimStart() }];
