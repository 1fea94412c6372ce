import { isAclPath, normalisePath } from "../../acl-path.js";
import type { Call, Routes } from "../../call.js";
import { die, paramError } from "../../errors.js";
import { privilegesOf, roleExists } from "../../roles.js";
import type { Access, Acl } from "../../world/access.js";
import { changeUsers, tokenOf } from "./config.js";

/** Whether the caller may hand out rights on a path (check_perm_modify in PVE/RPCEnvironment.pm). */
function mayModify(call: Call, path: string): boolean {
  const privileges = ["Permissions.Modify"];
  if (/^\/storage\/./.test(path)) privileges.push("Datastore.Allocate");
  if (/^\/vms\/./.test(path)) privileges.push("VM.Allocate");
  if (/^\/pool\/./.test(path)) privileges.push("Pool.Allocate");
  return call.rights.hasAny(path, ...privileges);
}

/** Without Permissions.Modify a caller hands out no more than it has. */
function refuseGreater(call: Call, path: string, role: string, propagate: number): void {
  const own = call.rights.on(path);
  if (own["Permissions.Modify"] !== undefined) return;
  const verb = call.flag("delete") ? "remove" : "add";
  for (const privilege of privilegesOf(call.cluster.access, role)) {
    if (own[privilege] === undefined) {
      const text = `Cannot ${verb} role '${role}' - requires 'Permissions.Modify' or superset of privileges.`;
      throw paramError({ role: text });
    }
    if (propagate && !own[privilege] && !call.flag("delete")) {
      const text = `Cannot ${verb} role '${role}' with propagation - requires 'Permissions.Modify' or propagated superset of privileges.`;
      throw paramError({ role: text });
    }
  }
  if (role === "NoAccess") throw paramError({ role: `Cannot ${verb} role '${role}' - requires 'Permissions.Modify'` });
}

async function updateAcl(call: Call): Promise<void> {
  if (!call.params["users"] && !call.params["groups"] && !call.params["tokens"]) {
    const text = "either 'users', 'groups' or 'tokens' is required.";
    throw paramError({ users: text, groups: text, tokens: text });
  }
  const sent = call.text("path");
  const path = normalisePath(sent);
  if (path === undefined || (!call.flag("delete") && !isAclPath(path))) {
    throw paramError({ path: `invalid ACL path '${sent}'` });
  }
  await changeUsers(call, "ACL update failed", (access) => {
    const propagate = call.flag("propagate", true) ? 1 : 0;
    for (const roleid of call.list("roles")) {
      if (!roleExists(access, roleid)) throw die(`role '${roleid}' does not exist`);
      refuseGreater(call, path, roleid, propagate);
      for (const [type, ugid] of subjects(call, access))
        setAcl(access, { path, type, ugid, roleid, propagate }, call.flag("delete"));
    }
  });
}

/** The users, groups and tokens of a request, which must exist. */
function subjects(call: Call, access: Access): [Acl["type"], string][] {
  for (const group of call.list("groups")) if (!access.groups[group]) throw die(`group '${group}' does not exist`);
  for (const user of call.list("users")) if (!access.users[user]) throw die(`user '${user}' does not exist`);
  for (const token of call.list("tokens")) {
    const [user = "", name = ""] = token.split("!");
    tokenOf(access, user, name);
  }
  return [
    ...call.list("groups").map((group) => ["group", group] as [Acl["type"], string]),
    ...call.list("users").map((user) => ["user", user] as [Acl["type"], string]),
    ...call.list("tokens").map((token) => ["token", token] as [Acl["type"], string]),
  ];
}

function setAcl(access: Access, entry: Acl, remove: boolean): void {
  const { path, type, ugid, roleid } = entry;
  const same = (acl: Acl): boolean =>
    acl.path === path && acl.type === type && acl.ugid === ugid && acl.roleid === roleid;
  access.acl = [...access.acl.filter((acl) => !same(acl)), ...(remove ? [] : [entry])];
}

export const aclRoutes: Routes = {
  "GET /access/acl": (call) => {
    const audit = call.rights.has("/access", "Sys.Audit");
    return call.cluster.access.acl.filter((acl) => audit || mayModify(call, acl.path)).map((acl) => ({ ...acl }));
  },
  "PUT /access/acl": updateAcl,
};
