import { wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

/** One line of the access control list. */
export interface AclEntry {
  readonly path: string;
  readonly type: SubjectType;
  /** Id of the user, group or token. */
  readonly ugid: string;
  readonly roleid: string;
  readonly propagate: boolean;
}

export type SubjectType = "user" | "group" | "token";

/** The list, as far as who asks may see it: without Permissions.Modify somewhere or Sys.Audit it is empty. */
export async function aclEntries(pve: Pve): Promise<readonly AclEntry[]> {
  const rows = await pve.api.access.acl.$get();
  return rows.map((row) => ({
    path: wire.string(row["path"]) ?? "",
    type: (wire.string(row["type"]) ?? "user") as SubjectType,
    ugid: wire.string(row["ugid"]) ?? "",
    roleid: wire.string(row["roleid"]) ?? "",
    propagate: wire.boolean(row["propagate"]),
  }));
}

/** "PVEAuditor on /vms for user bob@pve". */
export const inWords = ({ path, type, ugid, roleid }: Omit<AclEntry, "propagate">): string =>
  `${roleid} on ${path} for ${type} ${ugid}`;

export const isSameEntry = (one: Omit<AclEntry, "propagate">, other: Omit<AclEntry, "propagate">): boolean =>
  one.path === other.path && one.type === other.type && one.ugid === other.ugid && one.roleid === other.roleid;

/** What PUT /access/acl takes for an entry. */
export const aclParams = ({ path, type, ugid, roleid, propagate }: AclEntry) => ({
  path,
  roles: roleid,
  [`${type}s`]: ugid,
  propagate,
});
