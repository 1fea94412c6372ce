import type { FirewallConfig } from "./world/firewall.js";
import type { Cluster } from "./world/world.js";

export function newFirewall(): FirewallConfig {
  return { options: {}, rules: [], aliases: {}, ipsets: {}, groups: {} };
}

export function isEmptyFirewall({ rules, ...tables }: FirewallConfig): boolean {
  return rules.length === 0 && Object.values(tables).every((table) => Object.keys(table).length === 0);
}

/** A clone has its source's firewall. */
export function copyGuestFirewall(cluster: Cluster, from: number, to: number): void {
  const config = cluster.firewall?.[`guest/${from}`];
  if (config && cluster.firewall) cluster.firewall[`guest/${to}`] = structuredClone(config);
}

/** A guest's firewall goes with it. */
export function removeGuestFirewall(cluster: Cluster, vmid: number): void {
  delete cluster.firewall?.[`guest/${vmid}`];
}
