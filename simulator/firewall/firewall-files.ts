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

/** When it was written last: pmxcfs gives all nodes the time of the message that has written it (memdb_pwrite, memdb_rename). */
export function timeOfFile(cluster: Cluster, name: string): number | undefined {
  return textOfFile(cluster, name) === undefined ? undefined : (cluster.firewallTimes?.[name] ?? 0);
}

export function removeFile(cluster: Cluster, name: string): void {
  delete cluster.firewallTimes?.[name];
  delete cluster.firewallFiles?.[name];
}

/** `seconds`: of the clock of who writes. */
export function writeFile(cluster: Cluster, name: string, text: string, seconds: number): void {
  (cluster.firewallTimes ??= {})[name] = seconds;
  (cluster.firewallFiles ??= {})[name] = text;
}
