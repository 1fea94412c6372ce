import type { Call } from "../call.js";
import { paramError } from "../errors.js";
import { parseProperties } from "../qemu/property-string.js";
import type { Access, Domain, User } from "../world/access.js";
import type { Directory } from "../world/directory.js";

/** How a sync goes on: from the request, else the realm's defaults, else Proxmox's. */
interface SyncOptions {
  readonly scope: string;
  readonly removeVanished: string | undefined;
  readonly enableNew: number;
}

/** `parse_sync_opts` in PVE/API2/Domains.pm; `full` and `purge` are the old words for what vanished. */
export function syncOptions(call: Call, domain: Domain): SyncOptions {
  const defaults = parseProperties(String(domain["sync-defaults-options"] ?? ""));
  const given = (key: string): string | undefined => call.params[key] ?? defaults[key];
  const old = [...(given("full") === "1" ? ["entry", "properties"] : []), ...(given("purge") === "1" ? ["acl"] : [])];
  const removeVanished = given("remove-vanished") ?? (old.length > 0 ? old.join(";") : undefined);
  const scope = given("scope");
  if (scope === undefined)
    throw paramError({ scope: "Not passed as parameter and not defined in realm default sync options." });
  return { scope, removeVanished, enableNew: Number(given("enable-new") ?? 1) };
}

type Log = (line: string) => void;

const removing = ({ removeVanished }: SyncOptions): ReadonlySet<string> => new Set((removeVanished ?? "").split(";"));
const heading = (what: string, { removeVanished }: SyncOptions): string =>
  removeVanished === undefined ? `syncing ${what}` : `syncing ${what} (remove-vanished opts: ${removeVanished})`;

/** `update_users` there: what the directory does not know stays, unless it is to go. */
export function syncUsers(access: Access, realm: string, { users }: Directory, options: SyncOptions, log: Log): void {
  log(heading("users", options));
  const gone = removing(options);
  const synced = new Map(Object.entries(users).map(([name, fields]) => [`${name}@${realm}`, fields]));
  if (gone.has("entry")) log("deleting outdated existing users first");
  for (const userid of Object.keys(access.users).sort()) {
    if (!userid.endsWith(`@${realm}`) || synced.has(userid)) continue;
    if (gone.has("entry")) {
      log(`remove user '${userid}'`);
      delete access.users[userid];
    }
    if (gone.has("acl")) purge(access, "user", userid, log);
  }
  for (const userid of [...synced.keys()].sort()) {
    const fields = synced.get(userid);
    const before = access.users[userid];
    if (before && !gone.has("properties")) {
      Object.assign(before, fields);
      log(`updating user '${userid}'`);
      continue;
    }
    log(`${before ? "overwriting" : "adding"} user '${userid}'`);
    const user: User = { enable: before?.enable ?? options.enableNew, expire: 0, tokens: before?.tokens ?? {} };
    access.users[userid] = Object.assign(user, fields);
  }
}

/** `update_groups` there: groups have the realm behind a hyphen. */
export function syncGroups(
  access: Access,
  realm: string,
  { users, groups }: Directory,
  options: SyncOptions,
  log: Log,
): void {
  log(heading("groups", options));
  const gone = removing(options);
  const synced = new Map(
    Object.entries(groups).map(([name, members]) => [
      `${name}-${realm}`,
      // Members that the search for users does not find are nobody.
      members.filter((member) => users[member] !== undefined).map((member) => `${member}@${realm}`),
    ]),
  );
  if (gone.has("entry")) log("deleting outdated existing groups first");
  for (const groupid of Object.keys(access.groups).sort()) {
    if (!groupid.endsWith(`-${realm}`) || synced.has(groupid)) continue;
    if (gone.has("entry")) {
      log(`remove group '${groupid}'`);
      delete access.groups[groupid];
    }
    if (gone.has("acl")) purge(access, "group", groupid, log);
  }
  for (const groupid of [...synced.keys()].sort()) {
    const members = synced.get(groupid) ?? [];
    const before = access.groups[groupid];
    if (before && !gone.has("properties")) before.users = members;
    else access.groups[groupid] = { users: members };
    log(`${before ? (gone.has("properties") ? "overwriting" : "updating") : "adding"} group '${groupid}'`);
  }
}

function purge(access: Access, type: "user" | "group", ugid: string, log: Log): void {
  log(`purge ${type}s '${ugid}' ACL entries`);
  access.acl = access.acl.filter((entry) => entry.type !== type || entry.ugid !== ugid);
}
