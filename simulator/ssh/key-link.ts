import { isMounted } from "../cluster/local-mode.js";
import type { NodeState } from "../world/world.js";
import { sshOf } from "./host-key.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";

/** Root's own file of keys, which Proxmox makes a link into the cluster's files (`setup_ssh_keys` in PVE/Cluster/Setup.pm). */
const file = "/root/.ssh/authorized_keys";
const target = "/etc/pve/priv/authorized_keys";

const isFile = (node: NodeState): boolean => sshOf(node).files[file] !== undefined;

/** Whether sshd finds root's keys: a link that leads nowhere lets nobody in. */
export const hasKeys = (node: NodeState): boolean =>
  isFile(node) || (node.clusterService?.unlinked !== true && isMounted(node));

/** `readlink -- FILE`: without a word and with exit code 1 where it is a file. */
export function readlinkOfKeys({ node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== `-- ${file}`) return undefined;
  if (isFile(node) || node.clusterService?.unlinked) return { code: 1 };
  return { code: 0, stdout: `${target}\n` };
}

/** `ln -s -f -n`: the link takes the place of what is there. */
export function linkKeys({ node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== `-s -f -n -- ${target} ${file}`) return undefined;
  delete sshOf(node).files[file];
  delete node.clusterService?.unlinked;
  return { code: 0 };
}
