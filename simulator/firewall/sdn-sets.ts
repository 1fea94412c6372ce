import type { Cluster } from "../world/world.js";
import type { SdnSet, SetEntry } from "./firewall-conf.js";

/** Whose sets a caller may use; left out: all. */
interface SdnRights {
  vnet(zone: string, vnet: string): boolean;
  guest(vmid: number): boolean;
}

/**
 * The sets that SDN makes of what was applied: for each vnet its networks, gateways and ranges, for each guest the
 * addresses that the built-in IPAM keeps for it (`ipsets` in proxmox-ve-config/src/sdn).
 */
export function sdnSets(cluster: Cluster, rights?: SdnRights): Record<string, SdnSet> {
  const { vnets = {}, subnets = {} } = cluster.sdn?.running ?? {};
  const sets: Record<string, SdnSet> = {};
  for (const [vnet, section] of Object.entries(vnets)) {
    if (rights && !rights.vnet(String(section["zone"]), vnet)) continue;
    const [all, gateways, others, ranges]: SetEntry[][] = [[], [], [], []];
    for (const [id, subnet] of Object.entries(subnets)) {
      if (subnet["vnet"] !== vnet) continue;
      const [, network = "", length = ""] = id.split("-");
      const cidr = `${network}/${length}`;
      all?.push({ cidr });
      others?.push({ cidr });
      const { gateway } = subnet;
      if (typeof gateway === "string") {
        gateways?.push({ cidr: gateway });
        others?.push({ cidr: gateway, nomatch: 1 });
      }
      for (const range of [subnet["dhcp-range"] ?? []].flat()) ranges?.push({ cidr: rangeText(range) });
    }
    sets[`${vnet}-all`] = { entries: all ?? [], comment: `All subnets of VNet ${vnet}` };
    sets[`${vnet}-gateway`] = { entries: gateways ?? [], comment: `All gateways of VNet ${vnet}` };
    sets[`${vnet}-no-gateway`] = {
      entries: others ?? [],
      comment: `All subnets of VNet ${vnet}, excluding gateways`,
    };
    sets[`${vnet}-dhcp`] = { entries: ranges ?? [], comment: `DHCP ranges of VNet ${vnet}` };
  }
  return { ...sets, ...guestSets(cluster, rights) };
}

/** `start-address=10.0.0.10,end-address=10.0.0.20` as a range. */
const rangeText = (text: string): string =>
  text
    .split(",")
    .map((part) => part.replace(/^[^=]*=/, ""))
    .join("-");

function guestSets(cluster: Cluster, rights: SdnRights | undefined): Record<string, SdnSet> {
  const sets: Record<string, SdnSet> = {};
  const { sdn } = cluster;
  for (const networks of Object.values(sdn?.addresses ?? {}))
    for (const addresses of Object.values(networks))
      for (const [address, { vmid }] of Object.entries(addresses)) {
        if (vmid === undefined || (rights && !rights.guest(vmid))) continue;
        (sets[`guest-ipam-${vmid}`] ??= { entries: [] }).entries.push({ cidr: address });
      }
  return sets;
}
