import { die } from "../errors.js";
import type { Call } from "../call.js";
import type { Domain } from "../world/access.js";

/** Parameters that steer a call and are not stored. */
export const notStored = ["realm", "password", "check-connection", "delete", "digest"];

const directory = [
  ...["server1", "server2", "port", "secure", "sslversion", "mode", "verify", "capath", "cert", "certkey"],
  ...["base_dn", "bind_dn", "user_attr", "filter", "sync_attributes", "user_classes", "sync-defaults-options"],
  ...["group_dn", "group_name_attr", "group_filter", "group_classes", "tfa"],
];
const openid = [
  ...["issuer-url", "client-id", "client-key", "autocreate", "username-claim", "prompt", "scopes", "acr-values"],
  ...["query-userinfo", "groups-claim", "groups-autocreate", "groups-overwrite", "audiences"],
];

/** What the section of a type may have (`options` in PVE/Auth/LDAP.pm, AD.pm, OpenId.pm, PVE.pm, PAM.pm). */
const options: Readonly<Record<string, readonly string[]>> = {
  ldap: directory,
  ad: [...directory, "domain", "case-sensitive"],
  openid,
  pve: ["tfa"],
  pam: ["tfa"],
};

export const requiredOptions: Readonly<Record<string, readonly string[]>> = {
  ad: ["server1", "domain"],
  ldap: ["server1", "base_dn", "user_attr"],
  openid: ["issuer-url", "client-id"],
};

/** A realm of the type to begin with; an option of other types is refused (PVE/SectionConfig.pm check_config). */
export function refuseUnexpected(call: Call, type: string): Domain {
  const known = [...(options[type] ?? []), "type", "default", "comment"];
  const unexpected = Object.keys(call.params)
    .sort()
    .find((key) => !notStored.includes(key) && !known.includes(key));
  if (unexpected !== undefined) throw die(`unexpected property '${unexpected}'`);
  return { type };
}

const numbers = ["default", "port", "secure", "verify", "autocreate", "case-sensitive", "query-userinfo"];
const flags = ["groups-autocreate", "groups-overwrite"];

/** A value as it is written, and read again: numbers as such, property strings in the order of their keys. */
export function stored(key: string, value: string): string | number {
  if (numbers.includes(key) || flags.includes(key)) return Number(value);
  return key === "sync-defaults-options" ? value.split(",").sort().join(",") : value;
}

/** A directory server that the world does not have: no name of it is known. */
export const unreachable = (server: string): Error =>
  die(/^[\d.]+$|:/.test(server) ? "Connection refused" : "Temporary failure in name resolution");
