import { wire } from "../../../pve";
import { parseAddress, parseCidr } from "../../../pve/format/cidr";
import { isInSubnet } from "../../checks/served-addresses";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { VmConfig } from "../config/vm-config";
import { nicsOf } from "../config/guest-fields";
import type { GuestRef } from "../outputs";
import type { GuestInputs } from "../vm.model";
import { appliedSubnets, entriesOf, holderOf, servedVnet } from "./served-vnets";

/**
 * Reserves static addresses of devices on vnets in the built-in IPAM, so that nobody else gets them: a new device has been
 * given any address there, which is exchanged for the one that the program says. Proxmox frees them with the device.
 */
export async function reserveAddresses(
  pve: Pve,
  call: Call,
  { vmid }: GuestRef,
  guest: VmConfig,
  inputs: GuestInputs,
): Promise<void> {
  const macs = nicsOf(guest);
  const wanted = (inputs.networks ?? []).flatMap(({ bridge }, index) => {
    const { address, address6 } = inputs.cloudInit?.addresses?.[index] ?? {};
    const own = [address, address6].flatMap((text) => parseCidr(text ?? "")?.address.toString() ?? []);
    const mac = macs[`net${index}`];
    return mac === undefined ? [] : own.map((ip) => ({ vnet: bridge, ip, mac }));
  });
  if (wanted.length === 0) return;
  for (const { vnet, ip, mac } of wanted) {
    const { zone, ipam } = (await servedVnet(pve, vnet)) ?? {};
    if (zone === undefined || ipam !== "pve") continue;
    // Proxmox refuses an address outside the subnets that were applied.
    if (!(await appliedSubnets(pve, vnet, ipam)).some((subnet) => isInSubnet(subnet, { vnet, ip }))) {
      call.report.warn(`${ip} is in no subnet of vnet ${vnet}, and was not reserved in the IPAM`);
      continue;
    }
    const holder = await holderOf(pve, vnet, ip);
    if (holder?.called === mac.toUpperCase()) continue;
    if (holder !== undefined)
      throw new Error(
        `${ip} is not free in vnet ${vnet}: the IPAM has given it to ${holder.called}; write another address`,
      );
    await pve.write(call, {
      what: `reserving ${ip} in vnet ${vnet}`,
      lock: "cluster:sdn-ipam.cfg",
      send: async () => {
        const { transport } = pve.process.connection;
        // Only an address that the device has can be exchanged.
        const has = (await entriesOf(pve, vnet)).some(
          (row) => wire.string(row["mac"])?.toUpperCase() === mac.toUpperCase() && isSameFamily(row["ip"], ip),
        );
        const path = `/cluster/sdn/vnets/${vnet}/ips`;
        if (has) await transport.request("PUT", path, { zone, ip, mac, vmid });
        else await transport.request("POST", path, { zone, ip, mac });
      },
      happened: async () => (await holderOf(pve, vnet, ip))?.called === mac.toUpperCase(),
    });
  }
}

const isSameFamily = (one: unknown, other: string): boolean =>
  parseAddress(wire.string(one) ?? "")?.kind() === parseAddress(other)?.kind();
