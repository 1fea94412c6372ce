import type { Pve } from "../kernel/session/pve-session";
import type { Problem } from "../kernel/state/problems";
import { sshProblem } from "./ssh-needed";

/**
 * What the config lacks to go to this guest. Its address is never looked up, for guests get others. Its host key stands
 * under its own name: a fingerprint in sshFingerprints would be trusted of every node too, and whoever is root in the guest
 * could pose as one.
 */
export async function guestProblems(pve: Pve, guest: string): Promise<Problem[]> {
  const withoutSsh = sshProblem(pve, "guest", "a guest by its name in the config is reached over SSH");
  if (withoutSsh.length > 0) return withoutSsh;
  const problem = (message: string): Problem => ({ path: "guest", message });
  if ((await pve.snapshot.nodes()).some(({ node }) => node === guest))
    return [problem(`${guest} is a node; write node: "${guest}"`)];
  const { address, hostKey, key } = pve.process.ssh?.pinned(guest) ?? {};
  return [
    ...(address === true
      ? []
      : [problem(`nothing says where ${guest} is; write its address into proxmox:sshAddresses`)]),
    ...(hostKey === true
      ? []
      : [
          problem(
            `nothing says which host key ${guest} has; write it into proxmox:sshKnownHosts, as \`${guest} ssh-ed25519 …\` ` +
              "(fingerprints of proxmox:sshFingerprints are those of nodes)",
          ),
        ]),
    ...(key === true
      ? []
      : [problem("a guest gets no password of a node; set proxmox:sshPrivateKey, or start an ssh-agent")]),
  ];
}
