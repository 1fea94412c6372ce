import type { Call, Json, Routes } from "../../call.js";
import { die } from "../../errors.js";
import type { Access, Token, User } from "../../world/access.js";
import { changeUsers, groupsOf, joinGroups, leaveGroups, userOf } from "./config.js";

const textFields = ["firstname", "lastname", "email", "comment", "keys"] as const;

/** What a line of user.cfg says once it is read again: its empty fields at the end are gone. */
function userFields(user: User): Record<string, Json> {
  const fields: Record<string, Json> = { enable: user.enable };
  if (user.expire !== undefined) fields["expire"] = user.expire;
  for (const name of textFields) if (user[name]) fields[name] = user[name];
  if (!user.email && (user.comment || user.keys)) fields["email"] = "";
  return fields;
}

export function tokenFields(token: Token): Record<string, Json> {
  const { privsep, expire, comment } = token;
  return { privsep, expire, ...(comment === undefined ? {} : { comment }) };
}

function tokenTable(user: User): Json {
  const tokens = Object.entries(user.tokens);
  return tokens.length === 0 ? null : Object.fromEntries(tokens.map(([id, token]) => [id, tokenFields(token)]));
}

function listUsers(call: Call): Json {
  const { access } = call.cluster;
  const privileges = ["User.Modify", "Sys.Audit"];
  const all = call.rights.hasAny("/access/groups", ...privileges);
  const seen = (userid: string): boolean =>
    groupsOf(access, userid).some((group) => call.rights.hasAny(`/access/groups/${group}`, ...privileges));
  return Object.keys(access.users)
    .sort()
    .filter((userid) => all || userid === call.user || seen(userid))
    .map((userid) => ({ userid, user: userOf(access, userid) }))
    .filter(({ user }) => !call.has("enabled") || (user.enable !== 0) === call.flag("enabled"))
    .map(({ userid, user }) => ({
      ...userFields(user),
      ...(call.flag("full") ? fullFields(access, userid, user) : {}),
      ...realmType(access, userid),
      userid,
    }));
}

function fullFields(access: Access, userid: string, user: User): Record<string, Json> {
  const tokens = Object.keys(user.tokens).sort();
  return {
    groups: groupsOf(access, userid).join(","),
    tokens:
      tokens.length === 0
        ? null
        : tokens.map((id) => ({ tokenid: id, ...(tokenTable(user) as Record<string, object>)[id] })),
  };
}

function realmType(access: Access, userid: string): Record<string, Json> {
  const type = access.domains[userid.split("@").at(-1) ?? ""]?.type;
  return type === undefined ? {} : { "realm-type": type };
}

function setPassword(access: Access, userid: string, password: string): void {
  const realm = userid.split("@").at(-1) ?? "";
  const type = access.domains[realm]?.type;
  if (type === undefined) throw die(`auth domain '${realm}' does not exist`);
  if (type !== "pve" && type !== "pam") throw die(`can't set password on auth type '${type}'`);
  access.passwords[userid] = password;
}

async function createUser(call: Call): Promise<void> {
  const userid = call.text("userid");
  await changeUsers(call, "create user failed", (access) => {
    if (access.users[userid]) throw die(`user '${userid}' already exists`);
    const password = call.params["password"];
    if (password !== undefined) setPassword(access, userid, password);
    const groups = call.list("groups");
    joinGroups(access, userid, groups);
    const user: User = { enable: call.int("enable", 1), expire: call.int("expire", 0), tokens: {} };
    for (const name of textFields) if (call.params[name]) user[name] = call.params[name];
    access.users[userid] = user;
  });
}

async function updateUser(call: Call): Promise<void> {
  const userid = call.text("userid");
  await changeUsers(call, "update user failed", (access) => {
    const user = userOf(access, userid);
    const groups = call.list("groups");
    const missing = groups.find((group) => !access.groups[group]);
    if (missing !== undefined) throw die(`no such group '${missing}'`);
    if (call.has("groups") && !call.flag("append")) leaveGroups(access, userid);
    joinGroups(access, userid, groups);
    user.enable = call.int("enable", user.enable);
    if (call.has("expire")) user.expire = call.int("expire", 0);
    for (const name of textFields) if (call.params[name] !== undefined) user[name] = call.params[name];
  });
}

async function deleteUser(call: Call): Promise<void> {
  const userid = call.text("userid");
  await changeUsers(call, "delete user failed", (access) => {
    delete access.users[userid];
    delete access.passwords[userid];
    delete access.tfa?.[userid];
    leaveGroups(access, userid);
    access.acl = access.acl.filter((acl) => acl.ugid !== userid && !acl.ugid.startsWith(`${userid}!`));
  });
  // root@pam is always there, but without the fields of its line in user.cfg.
  const { access } = call.cluster;
  access.users["root@pam"] ??= { enable: 1, tokens: {} };
}

export const userRoutes: Routes = {
  "GET /access/users": listUsers,
  "POST /access/users": createUser,
  "GET /access/users/{userid}": (call) => {
    const { access } = call.cluster;
    const user = userOf(access, call.text("userid"));
    return { ...userFields(user), groups: groupsOf(access, call.text("userid")), tokens: tokenTable(user) };
  },
  "PUT /access/users/{userid}": updateUser,
  "DELETE /access/users/{userid}": deleteUser,
};

export { setPassword };
