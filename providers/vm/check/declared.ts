import { oneSpelling, parseCidr } from "../../../pve/format/cidr";
import { isOwnerKnown } from "../../kernel/identity/mark";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import type { Problem } from "../../kernel/state/problems";
import type { VmInputs } from "../vm.model";
import { runMemory, type DeclaredGuest, type RunMemory } from "./run-memory";

/** The static addresses of a VM, each with the network that it is in as far as that is known. */
export function declaredAddresses({ cloudInit, networks }: Partial<VmInputs>): DeclaredGuest["addresses"] {
  return (cloudInit?.addresses ?? []).flatMap((entry, i) => {
    const device = networks?.[i];
    const network = device?.bridge === undefined ? undefined : `${device.bridge} ${device.vlan ?? ""}`;
    return [entry?.address, entry?.address6].flatMap((text) => {
      const ip = parseCidr(text ?? "")?.address.toString();
      return ip === undefined ? [] : [{ ip, network }];
    });
  });
}

export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/**
 * Two VMs of one program with the same address are a mistake, unless they are in different networks; with the same name
 * they only confuse. An address that some other guest has been given may be in use.
 */
export function compareDeclared(
  pve: Pve,
  call: Call,
  inputs: Partial<VmInputs>,
  /** The name that its guest still has, when it is renamed. */
  before?: string,
): Problem[] {
  const vms = runMemory(pve);
  const own: DeclaredGuest = { name: inputs.name, addresses: declaredAddresses(inputs) };
  const problems = findDuplicates(call.urn, own, vms.declared);
  for (const [urn, { name }] of vms.declared)
    if (urn !== call.urn && name !== undefined && name === own.name)
      call.report.warn(
        `name: ${name} is also the name of the VM of resource ${nameOf(urn)}; Proxmox allows it, people mix them up`,
      );
  vms.declared.set(call.urn, own);
  vms.marks.add(call.mark);
  for (const { ip, vmid } of givenElsewhere(vms, call, own, before))
    call.report.warn(`cloudInit.addresses: ${ip} is also given to guest ${vmid} by its cloud-init settings`);
  return problems;
}

/** Addresses of this VM that guests have which the program does not describe, of those that were read. */
function givenElsewhere(
  { declared, marks, read }: RunMemory,
  call: Call,
  { addresses }: DeclaredGuest,
  before: string | undefined,
): { ip: string; vmid: number }[] {
  // Most VMs have none, and each of a fleet would be compared with all others.
  if (addresses.length === 0) return [];
  const ownerKnown = isOwnerKnown(call);
  const names = new Set([...declared.values()].map(({ name }) => name)).add(before);
  return [...read].flatMap(([vmid, { mark, name, ips }]) => {
    // Guests of this program are compared by what it says of them; a preview knows them by their names only.
    const ours = ownerKnown ? marks.has(mark ?? "") : mark !== undefined && names.has(name);
    const taken = ours ? [] : ips.map(oneSpelling);
    return addresses.filter(({ ip }) => taken.includes(ip)).map(({ ip }) => ({ ip, vmid }));
  });
}

export function findDuplicates(
  urn: string,
  { addresses }: DeclaredGuest,
  others: ReadonlyMap<string, DeclaredGuest>,
): Problem[] {
  return [...others].flatMap(([other, declared]) =>
    other === urn
      ? []
      : addresses.flatMap(({ ip, network }) =>
          declared.addresses.some(
            (taken) =>
              taken.ip === ip && (network === undefined || taken.network === undefined || taken.network === network),
          )
            ? [
                {
                  path: "cloudInit.addresses",
                  message: `${nameOf(urn)} and ${nameOf(other)} both have the address ${ip}; give each its own`,
                },
              ]
            : [],
        ),
  );
}
