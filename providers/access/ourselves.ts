import { isProxmoxError, wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import { aclEntries, type AclEntry } from "./acl-entries";
import { roleRows } from "./known-roles";
import { lossBy, type Rules } from "./own-rights.model";

/** The user whom this stack signs in as, whether by its password or by a token. */
export const ownUser = (pve: Pve): string => pve.process.user.split("!")[0] as string;

/** "ci@pve!ci, who this stack works as,": for messages. */
const us = (pve: Pve): string => `${pve.process.user}, who this stack works as,`;

/** Does an entry decide what this stack itself may do? */
export async function concernsUs(pve: Pve, { type, ugid }: Pick<AclEntry, "type" | "ugid">): Promise<boolean> {
  if (type === "token") return ugid === pve.process.user;
  const user = ownUser(pve);
  // Nothing is given to root@pam: it has everything.
  if (user === "root@pam") return false;
  if (type === "user") return ugid === user;
  try {
    const group = wire.object(await pve.api.access.groups.$(ugid).$get());
    return wire.strings(group["members"]).includes(user);
  } catch (error) {
    // One that this program is to make has no members.
    if (isProxmoxError(error, "not-found")) return false;
    throw error;
  }
}

async function ownRules(pve: Pve): Promise<Rules> {
  const user = ownUser(pve);
  const [entries, roles, users] = await Promise.all([
    aclEntries(pve),
    roleRows(pve),
    pve.api.access.users.$get({ full: true }),
  ]);
  const row = users.find((one) => one["userid"] === user);
  if (!row) throw new Error(`${us(pve)} may not see itself among the users: that needs Sys.Audit on /access/groups`);
  const token = pve.process.user === user ? undefined : pve.process.user;
  const own = wire.list(row["tokens"]).find(({ tokenid }) => `${user}!${wire.string(tokenid) ?? ""}` === token);
  if (token !== undefined && !own)
    throw new Error(`${us(pve)} may not see its own token: that needs Sys.Audit on /access/groups`);
  return {
    self: { user, token, separated: wire.boolean(own?.["privsep"]) },
    entries,
    roles: new Map(roles.map(({ roleid, privileges }) => [roleid, privileges])),
    groups: new Set(wire.strings(row["groups"])),
  };
}

/**
 * What a change takes of what this stack itself may do, where nobody but others could give it back; undefined when
 * nothing. To be asked in the check, and right before the change.
 */
export async function lossOfOurs(pve: Pve, change: (rules: Rules) => Rules): Promise<string | undefined> {
  if (pve.process.user === "root@pam") return undefined;
  const rules = await ownRules(pve);
  const loss = lossBy(rules, change(rules));
  return loss && `${loss.what} that ${us(pve)} has ${loss.below ? "below" : "on"} ${loss.path}`;
}

export const otherwise = "let a user that the stack does not work as do that";
