import type { Call, Routes } from "../../call.js";
import { die } from "../../errors.js";
import type { Access, Group } from "../../world/access.js";
import { changeUsers } from "./config.js";

function groupOf(access: Access, name: string): Group {
  const group = access.groups[name];
  if (!group) throw die(`group '${name}' does not exist`);
  return group;
}

const comment = (group: Group): { comment?: string } => (group.comment ? { comment: group.comment } : {});

async function createGroup(call: Call): Promise<void> {
  const name = call.text("groupid");
  await changeUsers(call, "create group failed", (access) => {
    if (access.groups[name]) throw die(`group '${name}' already exists`);
    const group: Group = { users: [] };
    if (call.params["comment"]) group.comment = call.params["comment"];
    access.groups[name] = group;
  });
}

export const groupRoutes: Routes = {
  "GET /access/groups": (call) => {
    const { groups } = call.cluster.access;
    const privileges = ["User.Modify", "Sys.Audit", "Group.Allocate"];
    return Object.entries(groups)
      .filter(([name]) => call.rights.hasAny(`/access/groups/${name}`, ...privileges))
      .map(([groupid, group]) => ({ groupid, ...comment(group), users: [...group.users].sort().join(",") }));
  },
  "POST /access/groups": createGroup,
  "GET /access/groups/{groupid}": (call) => {
    const group = groupOf(call.cluster.access, call.text("groupid"));
    return { members: [...group.users], ...comment(group) };
  },
  "PUT /access/groups/{groupid}": (call) =>
    changeUsers(call, "update group failed", (access) => {
      const group = groupOf(access, call.text("groupid"));
      if (call.has("comment")) group.comment = call.text("comment");
    }),
  "DELETE /access/groups/{groupid}": (call) =>
    changeUsers(call, "delete group failed", (access) => {
      const name = call.text("groupid");
      groupOf(access, name);
      delete access.groups[name];
      access.acl = access.acl.filter((acl) => acl.type !== "group" || acl.ugid !== name);
    }),
};
