import { isMounted } from "../cluster/local-mode.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";

const asked = "/etc/pve/nodes -type f -name *.conf ( -path */qemu-server/* -o -path */lxc/* ) -print -exec false {} +";

/**
 * `find` (findutils) over the configs of guests in a node's copy of the cluster's files: it names them, and a command of
 * `-exec … +` that fails makes it fail. Undefined for anything else.
 */
export function findConfigs({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== asked) return undefined;
  if (!isMounted(node)) return { code: 1, stderr: "find: ‘/etc/pve/nodes’: No such file or directory\n" };
  const configs = Object.values(simulation.clusterOf(node).guests).map(
    ({ node: of, type, vmid }) => `/etc/pve/nodes/${of}/${type === "qemu" ? "qemu-server" : "lxc"}/${vmid}.conf\n`,
  );
  return { code: configs.length === 0 ? 0 : 1, stdout: configs.join("") };
}
