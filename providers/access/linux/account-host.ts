/** Where an account is: on a node, in a guest that the config says how to reach, or in a VM. */
export interface AccountHost {
  readonly node?: string | undefined;
  readonly guest?: string | undefined;
  readonly vmid?: number | undefined;
}

/** What the resource's id begins with: no node's name has a colon. */
const [guestId, vmId] = ["guest:", "vm:"];
const hostIdOf = ({ node, guest, vmid }: AccountHost): string | undefined =>
  vmid !== undefined ? `${vmId}${vmid}` : guest !== undefined ? guestId + guest : node;

export const hostId = (host: AccountHost): string => hostIdOf(host) ?? "";
/** The one machine of all; undefined while it is not known. */
export const hostKey = hostIdOf;
export const hostText = ({ node, guest, vmid }: AccountHost): string =>
  vmid !== undefined ? `VM ${vmid}` : guest === undefined ? `node ${node}` : `guest ${guest}`;
export const hostInId = (id: string): AccountHost => {
  if (id.startsWith(guestId)) return { guest: id.slice(guestId.length) };
  const [, vmid] = /^vm:(\d+)$/.exec(id) ?? [];
  return vmid === undefined ? { node: id } : { vmid: Number(vmid) };
};
/** The one that there is: what an earlier state has no key for, a later one has none for either. */
export const placeOf = ({ node, guest, vmid }: AccountHost): AccountHost =>
  vmid !== undefined ? { vmid } : guest === undefined ? { node } : { guest };
