import type { Cluster, NodeState } from "../world/world.js";

/** A user's password on a node: that of root is the machine's own (/etc/shadow), which stays when it joins a cluster. */
export function passwordOn(node: NodeState, cluster: Cluster, user: string): string | undefined {
  return (user === "root@pam" ? node.rootPassword : undefined) ?? cluster.access.passwords[user];
}
