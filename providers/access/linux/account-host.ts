/** Where an account is: on a node, or in a guest that the config says how to reach. */
export interface AccountHost {
  readonly node?: string | undefined;
  readonly guest?: string | undefined;
}

/** Its name among the machines that SSH goes to; undefined while it is not known. */
export const hostOf = ({ node, guest }: AccountHost): string | undefined => guest ?? node;
export const hostText = ({ node, guest }: AccountHost): string =>
  guest === undefined ? `node ${node}` : `guest ${guest}`;

/** What the resource's id begins with: no node's name has a colon. */
const guestId = "guest:";
export const hostId = ({ node = "", guest }: AccountHost): string => (guest === undefined ? node : guestId + guest);
export const hostInId = (id: string): AccountHost =>
  id.startsWith(guestId) ? { guest: id.slice(guestId.length) } : { node: id };
