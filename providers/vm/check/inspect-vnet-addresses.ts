import { isDeepStrictEqual } from "node:util";
import { parseCidr } from "../../../pve/format/cidr";
import {
  adviceFor,
  isGivenOut,
  isInSubnet,
  staticAddressesHere,
  subnetsHere,
  type ServedSubnet,
  type StaticAddress,
} from "../../checks/served-addresses";
import { isOwnerKnown } from "../../kernel/identity/mark";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { Problem } from "../../kernel/state/problems";
import { markOf } from "../config/vm-config";
import { readGuest } from "../identity";
import { appliedSubnets, holderOf, servedVnet, type Holder } from "../life/served-vnets";
import type { VmInputs } from "../vm.model";

interface Wanted extends StaticAddress {
  readonly path: string;
}

/**
 * Static addresses on vnets whose zone serves DHCP. The IPAM gives what is free of its ranges to any guest that comes, so
 * that an address there is the guest's own only once it is reserved; what has an address already is told by the IPAM.
 */
export async function checkVnetAddresses(
  pve: Pve,
  call: Call,
  inputs: Partial<VmInputs>,
  was: Partial<VmInputs> | undefined,
): Promise<Problem[]> {
  const wanted = newAddresses(inputs, was);
  staticAddressesHere(pve).set(call.urn, wanted);
  const problems = await Promise.all(wanted.map((one) => checkAddress(pve, call, one)));
  return problems.flat();
}

/** Those that are not as they were: what is reserved stays so. */
function newAddresses(inputs: Partial<VmInputs>, was: Partial<VmInputs> | undefined): Wanted[] {
  return (inputs.networks ?? []).flatMap((device, index) => {
    const vnet = device?.bridge;
    const own = inputs.cloudInit?.addresses?.[index];
    const before = was?.cloudInit?.addresses?.[index];
    if (vnet === undefined || own === undefined) return [];
    if (was?.networks?.[index]?.bridge === vnet && isDeepStrictEqual(own, before)) return [];
    return (["address", "address6"] as const).flatMap((field) => {
      const ip = parseCidr(own[field] ?? "")?.address.toString();
      return ip === undefined ? [] : [{ vnet, ip, path: `cloudInit.addresses[${index}].${field}` }];
    });
  });
}

async function checkAddress(pve: Pve, call: Call, address: Wanted): Promise<Problem[]> {
  const { vnet, ip, path } = address;
  const here = [...subnetsHere(pve).values()].filter((subnet) => isInSubnet(subnet, address));
  const applied = await servedVnet(pve, vnet);
  const there = applied === undefined ? [] : await appliedSubnets(pve, vnet, applied.ipam);
  // What the program says of a subnet is what will be.
  const subnet = here[0] ?? there.find((one) => isInSubnet(one, address));
  if (subnet === undefined) return [];
  if (subnet.gateway === ip)
    return [{ path, message: `${ip} is the gateway of ${subnet.cidr} in vnet ${vnet}; write another address` }];
  const holder = applied?.ipam === "pve" ? await holderOf(pve, vnet, ip) : undefined;
  if (holder !== undefined) return checkHolder(pve, call, address, holder);
  return isGivenOut(subnet, ip) ? givenOut(call, path, subnet, ip) : [];
}

/** In the built-in IPAM the address will be reserved; in another one nobody knows of it. */
function givenOut(call: Call, path: string, subnet: ServedSubnet, ip: string): Problem[] {
  const message = adviceFor(subnet, ip);
  if (subnet.ipam !== "pve") return [{ path, message }];
  call.report.warn(`${path}: ${message}`);
  return [];
}

async function checkHolder(pve: Pve, call: Call, { vnet, ip, path }: Wanted, holder: Holder): Promise<Problem[]> {
  const row = (await pve.snapshot.guests()).find(({ vmid, type }) => vmid === holder.vmid && type === "qemu");
  const mark = row === undefined ? undefined : markOf(await readGuest(pve, row)).mark;
  if (mark !== undefined && isOwnerKnown(call) && mark === call.mark) return [];
  const who = row === undefined ? holder.called : `VM ${row.vmid}${row.name ? ` (${row.name})` : ""}`;
  const message = `${ip} is not free in vnet ${vnet}: the IPAM has given it to ${who}; write another address`;
  // A guest of the program's own may give it up before it is needed.
  if (mark === undefined) return [{ path, message }];
  call.report.warn(`${path}: ${message}, unless that guest goes or changes first`);
  return [];
}
