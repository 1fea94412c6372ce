import type { Call, Json, Routes } from "../../call.js";
import { withConfigLock } from "../../config-lock.js";
import { die, paramError } from "../../errors.js";
import { digestOf } from "../../random.js";
import { syncGroups, syncOptions, syncUsers } from "../../access/directory-sync.js";
import { notStored, refuseUnexpected, requiredOptions, stored, unreachable } from "../../access/realms.js";
import type { Access, Domain } from "../../world/access.js";

const comments: Readonly<Record<string, string>> = {
  pve: "Proxmox VE authentication server",
  pam: "Linux PAM standard authentication",
};

function domainOf(access: Access, realm: string): Domain {
  const domain = access.domains[realm];
  if (!domain) throw die(`domain '${realm}' does not exist`);
  return domain;
}

/** Changes a realm's options, and with them the file: an exception leaves it as it was. */
function withOptions(call: Call, realm: string, before: Domain): Domain {
  const domain: Domain = { ...before };
  for (const option of call.list("delete")) delete domain[option];
  for (const [key, value] of Object.entries(call.params))
    if (!notStored.includes(key)) domain[key] = stored(key, value);
  for (const option of requiredOptions[domain.type] ?? [])
    if (domain[option] === undefined) {
      const section = call.has("type") ? "" : `section '${realm}' - `;
      throw die(`${section}missing value for required option '${option}'`);
    }
  return domain;
}

function store(access: Access, realm: string, domain: Domain): void {
  access.domains[realm] = domain;
  if (domain.default) for (const other of Object.values(access.domains)) if (other !== domain) delete other.default;
  // Written, and read again: the built-in ones get the comment that they lack.
  for (const [name, comment] of Object.entries(comments)) {
    const one = access.domains[name];
    if (one && !one.comment) one.comment = comment;
  }
}

async function createDomain(call: Call): Promise<void> {
  await withConfigLock(call, "domains.cfg", "add auth server failed", () => {
    const { access } = call.cluster;
    const [realm, type] = [call.text("realm"), call.text("type")];
    if (access.domains[realm]) throw die(`domain '${realm}' already exists`);
    if (realm === "pam" || realm === "pve") throw die(`unable to use reserved name '${realm}'`);
    if (type === "pam" || type === "pve") throw die(`unable to create builtin type '${type}'`);
    refuseCheckConnection(call, type);
    store(access, realm, withOptions(call, realm, refuseUnexpected(call, type)));
  });
}

function refuseCheckConnection(call: Call, type: string): void {
  if (call.has("check-connection") && type !== "ldap" && type !== "ad") {
    throw die("'check-connection' parameter can only be set for realms of type 'ldap' or 'ad'");
  }
  if (call.flag("check-connection")) throw unreachable(call.text("server1"));
}

async function updateDomain(call: Call): Promise<void> {
  await withConfigLock(call, "domains.cfg", "update auth server failed", () => {
    const { access } = call.cluster;
    call.checkDigest(access.domains);
    const domain = domainOf(access, call.text("realm"));
    refuseCheckConnection(call, domain.type);
    const given = Object.keys(call.params).filter((key) => !["realm", "digest", "check-connection"].includes(key));
    if (given.length === 0) throw die("no options specified");
    refuseUnexpected(call, domain.type);
    store(access, call.text("realm"), withOptions(call, call.text("realm"), domain));
  });
}

async function deleteDomain(call: Call): Promise<void> {
  await withConfigLock(call, "domains.cfg", "delete auth server failed", () => {
    const { access } = call.cluster;
    const realm = call.text("realm");
    const domain = access.domains[realm];
    if (!domain) throw die(`authentication domain '${realm}' does not exist`);
    // The built-in ones come back with their defaults when the file is read again.
    if (comments[realm] !== undefined) access.domains[realm] = { type: realm, comment: comments[realm] };
    else delete access.domains[realm];
  });
}

function syncDomain(call: Call): string {
  const realm = call.text("realm");
  const domain = call.cluster.access.domains[realm];
  if (!domain) throw paramError({ realm: "Realm does not exist." });
  if (domain.type !== "ldap" && domain.type !== "ad") {
    throw die(`Cannot sync realm type '${domain.type}'! Only LDAP/AD realms can be synced.`);
  }
  const dryRun = call.flag("dry-run");
  const options = syncOptions(call, domain);
  const what = options.scope === "both" ? "users and groups" : options.scope;
  return call.task(dryRun ? "auth-realm-sync-test" : "auth-realm-sync", realm, function* (task) {
    task.log(`${dryRun ? "(dry test run) " : ""}starting sync for realm ${realm}`);
    yield 3000;
    const directory = call.simulation.world.directories?.[String(domain["server1"])];
    if (!directory) throw unreachable(String(domain["server1"]));
    if (!call.simulation.isQuorate(call.node))
      throw die(`syncing ${what} failed: cfs-lock 'file-user_cfg' error: no quorum!`);
    task.log(`got data from server, updating ${what}`);
    const access = dryRun ? structuredClone(call.cluster.access) : call.cluster.access;
    const log = (line: string): void => task.log(line);
    if (options.scope !== "groups") syncUsers(access, realm, directory, options, log);
    if (options.scope !== "users") syncGroups(access, realm, directory, options, log);
    if (dryRun) {
      task.log("");
      task.log("NOTE: Dry test run, changes were NOT written to the configuration.");
    } else task.log(`successfully updated ${what} configuration`);
  });
}

/** The class that serves pam shows in its entry, that of pve does not (recorded). */
const plugins: Readonly<Record<string, string>> = { pam: "PVE::Auth::PAM" };

export const domainRoutes: Routes = {
  "GET /access/domains": (call) =>
    Object.entries(call.cluster.access.domains).map(([realm, { type, comment, default: isDefault, tfa }]) => ({
      realm,
      type,
      ...(comment ? { comment } : {}),
      ...(isDefault ? { default: 1 } : {}),
      ...(typeof tfa === "string" ? { tfa: /type=(\w+)/.exec(tfa)?.[1] ?? tfa } : {}),
    })),
  "POST /access/domains": createDomain,
  "GET /access/domains/{realm}": (call) => {
    const realm = call.text("realm");
    const domain = domainOf(call.cluster.access, realm);
    const plugin = plugins[realm];
    const digest = digestOf(call.cluster.access.domains);
    return { ...(domain as Record<string, Json>), ...(plugin === undefined ? {} : { plugin }), digest };
  },
  "PUT /access/domains/{realm}": updateDomain,
  "DELETE /access/domains/{realm}": deleteDomain,
  "POST /access/domains/{realm}/sync": syncDomain,
};
