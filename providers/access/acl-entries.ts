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

/** The whole list; throws where it may be a part only: what is not in it may well be there. */
export async function aclEntries(pve: Pve): Promise<readonly AclEntry[]> {
  const [entries, all] = await Promise.all([visibleEntries(pve), hasOn(pve, "/access", ["Sys.Audit"])]);
  if (!all) throw unseen(pve, "all entries of the access control list", "");
  return entries;
}

/** An entry as it is; undefined only for one who would see it. */
export async function findEntry(pve: Pve, wanted: Omit<AclEntry, "propagate">): Promise<AclEntry | undefined> {
  const { path } = wanted;
  const found = (await visibleEntries(pve)).find((entry) => isSameEntry(entry, wanted));
  if (found || (await hasOn(pve, "/access", ["Sys.Audit"]))) return found;
  const below = Object.entries(modifying).find(([top]) => path.startsWith(`${top}/`));
  if (await hasOn(pve, path, ["Permissions.Modify", ...(below ? [below[1]] : [])])) return undefined;
  throw unseen(pve, inWords(wanted), `, or Permissions.Modify on ${path}`);
}

/** Below these, it lets change the rights, and see them, too (check_perm_modify in PVE/RPCEnvironment.pm). */
const modifying = { "/storage": "Datastore.Allocate", "/vms": "VM.Allocate", "/pool": "Pool.Allocate" };

async function hasOn(pve: Pve, path: string, privileges: readonly string[]): Promise<boolean> {
  const own = wire.object((await pve.api.access.permissions.$get({ path }))[path]);
  return privileges.some((one) => own[one] !== undefined);
}

const unseen = (pve: Pve, what: string, or: string): Error =>
  new Error(`${pve.process.user} may not see ${what}: that needs Sys.Audit on /access${or}`);

/** As far as who asks may see it: without Permissions.Modify somewhere or Sys.Audit it is empty. */
async function visibleEntries(pve: Pve): Promise<readonly AclEntry[]> {
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
