import { wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import { aclEntries, inWords, isSameEntry, type AclEntry } from "./acl-entries";
import { roleRows } from "./known-roles";

/** The user whom this stack signs in as, whether by its password or by a token. */
export const ownUser = (pve: Pve): string => pve.process.user.split("!")[0] as string;

/** Does an entry decide what this stack itself may do? */
export async function concernsUs(pve: Pve, { type, ugid }: Pick<AclEntry, "type" | "ugid">): Promise<boolean> {
  if (type === "token") return ugid === pve.process.user;
  const user = ownUser(pve);
  // Nothing is given to root@pam: it has everything.
  if (user === "root@pam") return false;
  if (type === "user") return ugid === user;
  const group = wire.object(await pve.api.access.groups.$(ugid).$get());
  return wire.strings(group["members"]).includes(user);
}

const covers = (entry: AclEntry, path: string): boolean =>
  entry.path === path || (entry.propagate && (entry.path === "/" || path.startsWith(`${entry.path}/`)));

/** Why an entry must not be taken away: nobody would be left who could put it back. */
export async function lastOfOurs(pve: Pve, entry: AclEntry): Promise<string | undefined> {
  if (!(await concernsUs(pve, entry))) return undefined;
  const others: AclEntry[] = [];
  for (const other of await aclEntries(pve)) {
    if (isSameEntry(other, entry) || !covers(other, entry.path)) continue;
    // A token's rights are those that its user has too: one is no use without the other.
    if ((other.type === "token") === (entry.type === "token") && (await concernsUs(pve, other))) others.push(other);
  }
  const roles = new Map((await roleRows(pve)).map(({ roleid, privileges }) => [roleid, privileges]));
  const modifies = ({ roleid }: AclEntry): boolean => roles.get(roleid)?.has("Permissions.Modify") ?? false;
  if (others.length > 0 && (!modifies(entry) || others.some(modifies))) return undefined;
  const what = others.length === 0 ? "all that" : "the right to change rights that";
  return (
    `${inWords(entry)} is ${what} ${pve.process.user}, who this stack works as, has there; nothing was taken away. Work ` +
    "as somebody else, or keep the entry (retainOnDelete)"
  );
}
