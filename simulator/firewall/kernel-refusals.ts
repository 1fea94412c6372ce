import { cleanCidr } from "./rule-addresses.js";
import type { Compiled } from "./compile.js";

/** Names of interfaces are shorter than IFNAMSIZ; Proxmox takes longer ones. */
const longestInterface = 15;

/**
 * What iptables-restore or `ipset restore` refuse, each of them wholly: pve-firewall fails then, and the filter stays as it
 * was until the files are mended. (Sets that were restored before the rules failed are new in Proxmox; here all stays.)
 */
export function whyRefused({ tables, sets }: Compiled): string | undefined {
  for (const [name, set] of sets) {
    const seen = new Set<string>();
    for (const network of set.keys()) {
      if (/\/0+$/.test(network)) return `${name}: a set cannot hold ${network}`;
      const clean = cleanCidr(network);
      if (seen.has(clean)) return `${name}: ${network} is there already`;
      seen.add(clean);
    }
  }
  for (const rules of [...tables[4].values(), ...tables[6].values()])
    for (const rule of rules) {
      const name = /(?:^| )-[io] (\S+)/.exec(rule)?.[1];
      if (name !== undefined && name.length > longestInterface) return `interface name ${name} is too long`;
    }
  return undefined;
}
