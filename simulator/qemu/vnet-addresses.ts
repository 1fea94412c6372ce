import { isIpv4 } from "../sdn/subnet-addresses.js";
import { addressesOfMac, freeAddresses, giveAddresses } from "../sdn/ipam.js";
import type { Section } from "./config-file.js";
import type { VmContext } from "./context.js";
import { netIndices, parseNet } from "./network-device.js";

/** Devices of a section that are on a bridge, by bridge and MAC. */
const devicesOf = (section: Section): { bridge: string; mac: string }[] =>
  netIndices(section).flatMap((index) => {
    const { bridge, macaddr } = parseNet(section[`net${index}`] ?? "");
    return bridge === undefined || macaddr === undefined ? [] : [{ bridge, mac: macaddr }];
  });

/** New devices get addresses of the IPAM (create_ifaces_ipams_ips in PVE/QemuServer.pm; scenario 43, line 222). */
export function giveVmAddresses({ cluster }: VmContext, vmid: number, config: Section): void {
  for (const { bridge, mac } of devicesOf(config))
    giveAddresses(cluster, bridge, { vmid, mac, ...(config.name === undefined ? {} : { hostname: config.name }) });
}

/** What a VM has of the IPAM goes with it (delete_ifaces_ipams_ips). */
export function freeVmAddresses({ cluster }: VmContext, config: Section): void {
  for (const { bridge, mac } of devicesOf(config)) freeAddresses(cluster, bridge, mac);
}

/** After a change of devices: what went gives its addresses back, what came gets some. */
export function moveVmAddresses(context: VmContext, vmid: number, before: Section, after: Section): void {
  const key = ({ bridge, mac }: { bridge: string; mac: string }): string => `${bridge} ${mac}`;
  const [old, now] = [devicesOf(before), devicesOf(after)];
  const stays = new Set(now.map(key));
  for (const device of old) if (!stays.has(key(device))) freeAddresses(context.cluster, device.bridge, device.mac);
  const had = new Set(old.map(key));
  const hostname = after.name === undefined ? {} : { hostname: after.name };
  for (const device of now)
    if (!had.has(key(device))) giveAddresses(context.cluster, device.bridge, { vmid, mac: device.mac, ...hostname });
}

/** At a start whoever has none of a family gets one (add_dhcp_mapping in PVE/Network/SDN/Vnets.pm). */
export function completeVmAddresses({ cluster }: VmContext, vmid: number, config: Section): void {
  const hostname = config.name === undefined ? {} : { hostname: config.name };
  for (const { bridge, mac } of devicesOf(config)) {
    const had = addressesOfMac(cluster, bridge, mac).map(({ ip }) => (isIpv4(ip) ? 4 : 6));
    const families = ([4, 6] as const).filter((family) => !had.includes(family));
    giveAddresses(cluster, bridge, { vmid, mac, ...hostname }, families);
  }
}
