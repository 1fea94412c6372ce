import type { Cluster } from "../world/world.js";

/** Files of the firewall in the cluster file system, below /etc/pve. */
export const clusterFile = "firewall/cluster.fw";
export const guestFile = (vmid: number | string): string => `firewall/${vmid}.fw`;
export const hostFile = (node: string): string => `nodes/${node}/host.fw`;
export const vnetFile = (vnet: string): string => `sdn/firewall/${vnet}.fw`;

/**
 * The name below /etc/pve of a path in one of the firewall's directories; `node` is whose /etc/pve/local is meant. Files
 * with other names may lie there too, and say nothing.
 */
export function firewallFileAt(path: string, node: string): string | undefined {
  const name = /^\/etc\/pve\/(.+)$/.exec(path)?.[1]?.replace(/^local\//, `nodes/${node}/`);
  if (name === undefined) return undefined;
  return /^(?:firewall\/[^/]+|nodes\/[^/]+\/\.?host\.fw[^/]*|sdn\/firewall\/[^/]+)$/.test(name) ? name : undefined;
}

export function textOfFile(cluster: Cluster, name: string): string | undefined {
  return cluster.firewallFiles?.[name];
}

export function removeFile(cluster: Cluster, name: string): void {
  delete cluster.firewallFiles?.[name];
}

export function writeFile(cluster: Cluster, name: string, text: string): void {
  (cluster.firewallFiles ??= {})[name] = text;
}
