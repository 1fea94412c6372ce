import type { VmConfig } from "./vm-config";
import { nicsOf } from "./guest-fields";
import type { GuestOutputs } from "../outputs";
import type { GuestInputs } from "../vm.model";

type Addresses = Record<string, string>;

/** The network devices that are this resource's: of a state that does not tell, those in its places with its addresses. */
export function ownNics(
  guest: VmConfig,
  { __nics, macs }: Partial<Pick<GuestOutputs, "macs" | "__nics">>,
  was: Partial<GuestInputs>,
): Addresses {
  if (__nics !== undefined) return __nics;
  const known = macs && new Set(macs.map((mac) => mac.toUpperCase()));
  return Object.fromEntries(
    Object.entries(namedNics(guest, was.networks)).filter(([, mac]) => known === undefined || known.has(mac)),
  );
}

/** The network devices that a list of networks names. */
export const namedNics = (guest: VmConfig, networks: GuestInputs["networks"]): Addresses =>
  Object.fromEntries(
    Object.entries(nicsOf(guest)).filter(([slot]) => Number(slot.slice("net".length)) < (networks?.length ?? 0)),
  );

/** Of these devices, those that are still in their slots: another one there is somebody else's. */
export function stillThere(guest: VmConfig, known: Readonly<Addresses>): Addresses {
  const live = nicsOf(guest);
  return Object.fromEntries(Object.entries(known).filter(([slot, mac]) => live[slot] === mac));
}
