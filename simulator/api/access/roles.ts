import type { Call, Routes } from "../../call.js";
import { die, paramError } from "../../errors.js";
import { builtinRoles, privilegesOf, roleExists } from "../../roles.js";
import { changeUsers } from "./config.js";

function refuseBuiltin(role: string, what: string): void {
  if (builtinRoles[role]) throw die(`auto-generated role '${role}' cannot be ${what}`);
}

async function createRole(call: Call): Promise<void> {
  const role = call.text("roleid");
  if (/^PVE/i.test(role)) {
    throw paramError({ roleid: "cannot use role ID starting with the (case-insensitive) 'PVE' namespace" });
  }
  await changeUsers(call, "create role failed", (access) => {
    if (roleExists(access, role)) throw die(`role '${role}' already exists`);
    access.roles[role] = unique(call.list("privs"));
  });
}

async function updateRole(call: Call): Promise<void> {
  const role = call.text("roleid");
  refuseBuiltin(role, "modified");
  await changeUsers(call, "update role failed", (access) => {
    const current = access.roles[role];
    if (!current) throw die(`role '${role}' does not exist`);
    access.roles[role] = unique([...(call.flag("append") ? current : []), ...call.list("privs")]);
  });
}

const unique = (list: readonly string[]): string[] => [...new Set(list)].sort();

export const roleRoutes: Routes = {
  "GET /access/roles": (call) => {
    const { access } = call.cluster;
    return [...Object.keys(builtinRoles), ...Object.keys(access.roles)].map((roleid) => ({
      roleid,
      privs: [...privilegesOf(access, roleid)].sort().join(","),
      special: builtinRoles[roleid] ? 1 : 0,
    }));
  },
  "POST /access/roles": createRole,
  "GET /access/roles/{roleid}": (call) => {
    const { access } = call.cluster;
    const role = call.text("roleid");
    if (!roleExists(access, role)) throw die(`role '${role}' does not exist`);
    return Object.fromEntries(privilegesOf(access, role).map((privilege) => [privilege, 1]));
  },
  "PUT /access/roles/{roleid}": updateRole,
  "DELETE /access/roles/{roleid}": (call) => {
    const role = call.text("roleid");
    refuseBuiltin(role, "deleted");
    return changeUsers(call, "delete role failed", (access) => {
      if (!access.roles[role]) throw die(`role '${role}' does not exist`);
      delete access.roles[role];
    });
  },
};
