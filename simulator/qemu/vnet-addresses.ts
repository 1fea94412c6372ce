import { die } from "../errors.js";
import { tellDhcp } from "../sdn/dhcp.js";
import { isIpv4 } from "../sdn/subnet-addresses.js";
import type { NodeState } from "../world/world.js";
import { addressesOfMac, freeAddresses, giveAddresses } from "../sdn/ipam.js";
import type { Section } from "./config-file.js";
import type { Log, VmContext } from "./context.js";
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

/**
 * At a start whoever has none of a family gets one, and the node's DHCP server is told of them (add_dhcp_mapping in
 * PVE/Network/SDN/Vnets.pm, called by pve-bridge): a device that gets none keeps the VM from starting.
 */
export function completeVmAddresses(
  { cluster }: VmContext,
  node: NodeState,
  vmid: number,
  config: Section,
  log: Log,
): void {
  const hostname = config.name === undefined ? {} : { hostname: config.name };
  for (const { bridge, mac } of devicesOf(config)) {
    const had = addressesOfMac(cluster, bridge, mac).map(({ ip }) => (isIpv4(ip) ? 4 : 6));
    for (const family of ([4, 6] as const).filter((one) => !had.includes(one))) {
      const problem = giveAddresses(cluster, bridge, { vmid, mac, ...hostname }, [family]);
      if (problem === undefined) continue;
      log(`${problem} at /usr/share/perl5/PVE/Network/SDN/Vnets.pm line 154.`);
      throw die("start failed: QEMU exited with code 1");
    }
    tellDhcp(cluster, node, bridge, mac);
  }
}

/** A device that is plugged into a running VM is told to the DHCP server too (vmconfig_update_net). */
export function tellPlugged({ cluster, node }: VmContext, config: Section, key: string): void {
  const { bridge, macaddr } = parseNet(config[key] ?? "");
  if (bridge !== undefined && macaddr !== undefined) tellDhcp(cluster, node, bridge, macaddr);
}
