import type { Call } from "../../call.js";
import { withConfigLock } from "../../config-lock.js";
import { die } from "../../errors.js";
import { roleExists } from "../../roles.js";
import type { Access, Token, User } from "../../world/access.js";

/** Changes user.cfg. What is written and read again gets its defaults, and entries that lead nowhere are dropped. */
export async function changeUsers<T>(call: Call, prefix: string, change: (access: Access) => T): Promise<T> {
  return withConfigLock(call, "user.cfg", prefix, () => {
    const { access } = call.cluster;
    const result = change(access);
    for (const user of Object.values(access.users)) user.expire ??= 0;
    access.acl = access.acl.filter((acl) => roleExists(access, acl.roleid));
    return result;
  });
}

export function userOf(access: Access, userid: string): User {
  const user = access.users[userid];
  if (!user) throw die(`no such user ('${userid}')`);
  return user;
}

export function tokenOf(access: Access, userid: string, tokenid: string): Token {
  const token = userOf(access, userid).tokens[tokenid];
  if (!token) throw die(`no such token '${tokenid}' for user '${userid}'`);
  return token;
}

/** Puts a user into groups that must exist. */
export function joinGroups(access: Access, userid: string, groups: readonly string[]): void {
  for (const name of groups) {
    const group = access.groups[name];
    if (!group) throw die(`no such group '${name}'`);
    if (!group.users.includes(userid)) group.users.push(userid);
  }
}

export function leaveGroups(access: Access, userid: string): void {
  for (const group of Object.values(access.groups)) group.users = group.users.filter((user) => user !== userid);
}

export function groupsOf(access: Access, userid: string): string[] {
  return Object.keys(access.groups)
    .filter((name) => access.groups[name]?.users.includes(userid))
    .sort();
}
