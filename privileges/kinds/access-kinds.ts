import { call, objects, text, type ApiCall, type KindCalls } from "../calls";
import { right } from "../need";

/** Whoever does not see the whole list of rights is told a part of it, as if it were all. */
const wholeList = (): ApiCall => call("GET /access/acl", {}, right("/access", "Sys.Audit"));
/** What this stack itself may do: its own row among the users, with its groups and tokens. */
const ourselves = (): readonly ApiCall[] => [
  wholeList(),
  call("GET /access/permissions"),
  call("GET /access/roles"),
  call("GET /access/users", {}, right("/access/groups", "Sys.Audit")),
];

/** Names that arguments mention are looked up. */
const known = (): readonly ApiCall[] => [
  call("GET /access/roles"),
  call("GET /access/users"),
  call("GET /access/groups"),
  call("GET /access/permissions"),
];

const acl: KindCalls = ({ path, group }) => {
  const write = [
    call("GET /access/permissions"),
    call("PUT /access/acl", { path: text(path) }),
    ...(group === undefined ? [] : [call("GET /access/groups/{groupid}", { groupid: text(group) })]),
  ];
  return { look: [call("GET /access/acl"), ...known()], make: write, change: () => write, remove: write };
};

const apiToken: KindCalls = ({ user, tokenId, rights, privilegeSeparation }, name) => {
  const params = { userid: text(user), tokenid: text(tokenId) ?? name };
  const give = objects(rights).map(({ path }) => call("PUT /access/acl", { path: text(path) }));
  // A token of its own rights is rotated with all that it has.
  const seen = privilegeSeparation === false && give.length === 0 ? [call("GET /access/acl")] : [wholeList()];
  const token = [
    call("GET /access/users/{userid}/token/{tokenid}", params),
    call("POST /access/users/{userid}/token/{tokenid}", params),
    call("PUT /access/users/{userid}/token/{tokenid}", params),
    call("DELETE /access/users/{userid}/token/{tokenid}", params),
    ...give,
    ...seen,
    call("GET /access/permissions"),
  ];
  return {
    look: [call("GET /access/users/{userid}/token/{tokenid}", params), ...seen, ...known()],
    make: token,
    change: () => token,
    remove: token,
  };
};

const group: KindCalls = ({ groupId }, name) => {
  const params = { groupid: text(groupId) ?? name };
  return {
    look: [call("GET /access/groups"), call("GET /access/groups/{groupid}", params)],
    make: [call("POST /access/groups", params)],
    change: () => [call("PUT /access/groups/{groupid}", params)],
    remove: [call("DELETE /access/groups/{groupid}", params)],
  };
};

const realm: KindCalls = ({ realm: given, sync }, name) => {
  const params = { realm: text(given) ?? name };
  const write = [
    call("PUT /access/domains/{realm}", params),
    ...(sync === undefined ? [] : [call("POST /access/domains/{realm}/sync", params)]),
  ];
  return {
    look: [call("GET /access/domains"), call("GET /access/domains/{realm}", params)],
    make: [call("POST /access/domains", params), ...write.slice(1)],
    change: () => write,
    remove: [call("GET /access/users"), call("DELETE /access/domains/{realm}", params)],
  };
};

const role: KindCalls = ({ roleId }, name) => {
  const params = { roleid: text(roleId) ?? name };
  return {
    look: [call("GET /access/roles"), call("GET /access/roles/{roleid}", params)],
    make: [call("POST /access/roles", params)],
    // Other privileges of a role may be the stack's own.
    change: () => [...ourselves(), call("PUT /access/roles/{roleid}", params)],
    remove: [wholeList(), call("GET /access/permissions"), call("DELETE /access/roles/{roleid}", params)],
  };
};

const user: KindCalls = ({ userId, groups, password }, name) => {
  const params = { userid: text(userId) ?? name };
  const look = [call("GET /access/users"), call("GET /access/users/{userid}", params)];
  return {
    look: groups === undefined ? look : [...look, ...known()],
    make: [call("POST /access/users", params)],
    change: (fields) => [
      call("PUT /access/users/{userid}", params),
      // Given to a user who is there already, it needs root's own; a new user has it from the beginning.
      ...(fields.includes("password") && password !== undefined ? [call("PUT /access/password", params, "root")] : []),
    ],
    remove: [call("DELETE /access/users/{userid}", params)],
  };
};

/** Storages, bridges and addresses of nodes are looked up by what every signed-in user may call. */
export const accessKinds: Readonly<Record<string, KindCalls>> = {
  Acl: acl,
  ApiToken: apiToken,
  Group: group,
  Realm: realm,
  Role: role,
  User: user,
};
