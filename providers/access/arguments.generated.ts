// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";

/** Arguments of a Acl. */
export interface AclArgs {
  /**
   * Where: `/vms/100`, `/pool/web`, `/`. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `path`
   */
  path: pulumi.Input<string>;
  /**
   * What is given: the name of a role. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `roles`
   */
  role: pulumi.Input<string>;
  /**
   * Who gets it; or write `group`, or `token`. A change replaces.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   * - Proxmox: `users`
   */
  user?: pulumi.Input<string> | undefined;
  /**
   * Name of the group whose members get it. A change replaces.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   * - Proxmox: `groups`
   */
  group?: pulumi.Input<string> | undefined;
  /**
   * API token with separated privileges that gets it, `user@realm!name`: no more than its user has. A change
   * replaces. A token that rotates has other names; give it its rights where it is made.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   * - Proxmox: `tokens`
   */
  token?: pulumi.Input<string> | undefined;
  /**
   * Holds for everything below the path too.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `propagate`
   */
  propagate?: pulumi.Input<boolean> | undefined;
  /**
   * Take over this very entry, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<AclTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Acl. */
export interface AclTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a ApiToken. */
export interface ApiTokenArgs {
  /**
   * Whose token it is: `terraform@pve`. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `userid`
   */
  user: pulumi.Input<string>;
  /**
   * Name of the token, after the `!`. Every second one that a rotation makes has `-2` behind it. A change
   * replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `tokenid`
   */
  tokenId?: pulumi.Input<string> | undefined;
  /**
   * The token may do what `rights` say and its user may; without, all that its user may.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `privsep`
   */
  privilegeSeparation?: pulumi.Input<boolean> | undefined;
  /**
   * From when on it is worth nothing.
   *
   * - Default: never
   * - Change: live
   * - Proxmox: `expire`
   */
  expiresAt?: pulumi.Input<string> | undefined;
  /**
   * Shown beside the name, before the mark of this resource.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * What the token may do, all of it. A token that a rotation makes gets the same.
   *
   * - Default: left as they are; a new token has none
   * - Change: live
   * - Proxmox: entries of `/access/acl`
   */
  rights?: pulumi.Input<pulumi.Input<ApiTokenRightArgs>[]> | undefined;
  /**
   * Any text; with each new one a new token is made, and the old one goes after `overlap`.
   *
   * - Default: not set
   * - Change: live
   */
  rotationTrigger?: pulumi.Input<string> | undefined;
  /**
   * Age at which an `up` makes a new token: `30d`.
   *
   * - Default: never
   * - Change: live
   */
  rotateAfter?: pulumi.Input<string> | undefined;
  /**
   * A secret in Infisical that gets the token as `user@realm!name=value`, with each rotation too: then no state
   * has the value, and `reference` leads to it.
   *
   * - Default: not set
   * - Change: live
   */
  writeTo?: pulumi.Input<ApiTokenWriteToArgs> | undefined;
  /**
   * How long the old token works beside the new one, at least five minutes: a shorter time counts as that.
   *
   * - Default: `"1h"`
   * - Change: none, nothing happens to what is there
   */
  overlap?: pulumi.Input<string> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<ApiTokenTimeoutsArgs> | undefined;
}

/** Part of the arguments of a ApiToken. */
export interface ApiTokenRightArgs {
  /**
   * Where.
   *
   * - Change: live
   */
  path: pulumi.Input<string>;
  /**
   * Name of the role.
   *
   * - Change: live
   */
  role: pulumi.Input<string>;
  /**
   * Holds for everything below the path too.
   *
   * - Default: `true`
   * - Change: live
   */
  propagate?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a ApiToken. */
export interface ApiTokenWriteToArgs {
  /**
   * Name of the secret.
   *
   * - Change: live
   */
  secretName: pulumi.Input<string>;
  /**
   * Folder in Infisical: `/pve`.
   *
   * - Default: `proxmox:infisicalPath`
   * - Change: live
   */
  path?: pulumi.Input<string> | undefined;
  /**
   * Environment in Infisical, by its slug.
   *
   * - Default: `proxmox:infisicalEnvironment`
   * - Change: live
   */
  environment?: pulumi.Input<string> | undefined;
  /**
   * Project in Infisical, by its id.
   *
   * - Default: `proxmox:infisicalProjectId`
   * - Change: live
   */
  projectId?: pulumi.Input<string> | undefined;
  /**
   * Make the folder when it is missing; it stays on `destroy`.
   *
   * - Default: `false`
   * - Change: live
   */
  createFolders?: pulumi.Input<boolean> | undefined;
  /**
   * Write over a secret of this name that is somebody else's.
   *
   * - Default: `false`
   * - Change: live
   */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a ApiToken. */
export interface ApiTokenTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a EnvironmentFile. */
export interface EnvironmentFileArgs {
  /**
   * The file: absolute, under `~/`, or relative to the project's folder. Its directory is made with 0700 when it
   * is missing, and refused when others may write it. A change replaces: the old file goes after the new one is
   * there.
   *
   * - Change: replace, it is made anew
   */
  path: pulumi.Input<string>;
  /**
   * Name of a symbolic link to the file in its directory: one for the cluster, beside a file for each node. What
   * is there already and does not lead to the file stays, and is an error; a link gives way with `overwrite`.
   *
   * - Default: not set
   * - Change: live
   */
  link?: pulumi.Input<string> | undefined;
  /**
   * Names of the variables: `virgo` has `PROXMOX_VE_ENDPOINT`, `PROXMOX_VE_INSECURE`, `PROXMOX_VE_API_TOKEN` and
   * `TF_VAR_proxmox_…`; `proxspray` has `TF_VAR_proxmox_…`, `proxmox_…`, `ENVIRONMENT` and `PROXMOX_API_URL`.
   *
   * - Default: `virgo`
   * - Change: live
   */
  format?: pulumi.Input<"virgo" | "proxspray"> | undefined;
  /**
   * Where the API is: `https://192.168.3.5:8006`.
   *
   * - Change: live
   */
  endpoint: pulumi.Input<string>;
  /**
   * Id of the token: `terraform@pve!token`.
   *
   * - Change: live
   */
  tokenId: pulumi.Input<string>;
  /**
   * Value of the token, a UUID, or a reference to it.
   *
   * - Change: live
   */
  tokenValue: pulumi.Input<string | SecretReference>;
  /**
   * What `PROXMOX_VE_INSECURE` says: whoever reads the file does not verify the certificate.
   *
   * - Default: `false`
   * - Change: live
   */
  insecure?: pulumi.Input<boolean> | undefined;
  /**
   * `TF_VAR_proxmox_cluster_name`; needed by the format `proxspray`, and only there.
   *
   * - Default: not set
   * - Change: live
   */
  clusterName?: pulumi.Input<string> | undefined;
  /**
   * `TF_VAR_proxmox_environment` and `ENVIRONMENT`, of the format `proxspray` only.
   *
   * - Default: `prod` in that format
   * - Change: live
   */
  environment?: pulumi.Input<string> | undefined;
  /**
   * Further variables by name; a value may be a reference. Encrypted in the state.
   *
   * - Default: not set
   * - Change: live
   */
  variables?: pulumi.Input<Record<string, pulumi.Input<string | SecretReference>>> | undefined;
  /**
   * Overwrite a file of this path that this resource has not written.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  overwrite?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<EnvironmentFileTimeoutsArgs> | undefined;
}

/** Part of the arguments of a EnvironmentFile. */
export interface EnvironmentFileTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"1m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"1m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"1m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"1m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a Group. */
export interface GroupArgs {
  /**
   * Name of the group. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `groupid`
   */
  groupId?: pulumi.Input<string> | undefined;
  /**
   * Shown beside the name.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Take over the group of this name, which must exist; its members stay. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<GroupTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Group. */
export interface GroupTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/**
 * Arguments of a {@link Realm}; `type` tells which others there are.
 */
export type RealmArgs =
  | RealmPamArgs
  | RealmPveArgs
  | RealmLdapArgs
  | RealmAdArgs
  | RealmOpenidArgs;

/** Part of the arguments of a Realm. */
export interface RealmTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a Realm. */
export interface RealmPamArgs {
  /**
   * Type of the realm; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "pam";
  /**
   * Name of the realm, after the @ of its users. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `realm`
   */
  realmId?: pulumi.Input<string> | undefined;
  /**
   * Shown in the log-in.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Chosen in the log-in unless another one is; one realm has it.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `default`
   */
  default?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the realm of this name, which must exist; `pam` and `pve` always do, and are only taken over. Only
   * read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<RealmTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Realm. */
export interface RealmPveArgs {
  /**
   * Type of the realm; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "pve";
  /**
   * Name of the realm, after the @ of its users. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `realm`
   */
  realmId?: pulumi.Input<string> | undefined;
  /**
   * Shown in the log-in.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Chosen in the log-in unless another one is; one realm has it.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `default`
   */
  default?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the realm of this name, which must exist; `pam` and `pve` always do, and are only taken over. Only
   * read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<RealmTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Realm. */
export interface RealmSyncDefaultsArgs {
  /**
   * What is taken over.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `scope`
   */
  scope?: pulumi.Input<"users" | "groups" | "both"> | undefined;
  /**
   * What goes of users and groups that the directory no longer has: `acl`, `entry`, `properties` with semicolons,
   * or `none`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `remove-vanished`
   */
  removeVanished?: pulumi.Input<string> | undefined;
  /**
   * New users may sign in.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `enable-new`
   */
  enableNew?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Realm. */
export interface RealmSyncArgs {
  /**
   * Any text; each new one syncs users and groups from the directory, at once.
   *
   * - Change: live
   */
  trigger: pulumi.Input<string>;
  /**
   * What is taken over.
   *
   * - Default: `syncDefaults.scope`, which must be set then
   * - Change: none, nothing happens to what is there
   */
  scope?: pulumi.Input<"users" | "groups" | "both"> | undefined;
  /**
   * What goes of users and groups that the directory no longer has; nothing for an empty list.
   *
   * - Default: that of `syncDefaults`, else nothing
   * - Change: none, nothing happens to what is there
   */
  removeVanished?: pulumi.Input<pulumi.Input<"acl" | "entry" | "properties">[]> | undefined;
  /**
   * New users may sign in.
   *
   * - Default: that of `syncDefaults`, else true
   * - Change: none, nothing happens to what is there
   */
  enableNew?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a Realm. */
export interface RealmLdapArgs {
  /**
   * Type of the realm; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "ldap";
  /**
   * Name of the realm, after the @ of its users. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `realm`
   */
  realmId?: pulumi.Input<string> | undefined;
  /**
   * Shown in the log-in.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Chosen in the log-in unless another one is; one realm has it.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `default`
   */
  default?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the realm of this name, which must exist; `pam` and `pve` always do, and are only taken over. Only
   * read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<RealmTimeoutsArgs> | undefined;
  /**
   * Where the users are.
   *
   * - Change: live
   * - Proxmox: `base_dn`
   */
  baseDn: pulumi.Input<string>;
  /**
   * Attribute that names a user, such as `uid`.
   *
   * - Change: live
   * - Proxmox: `user_attr`
   */
  userAttribute: pulumi.Input<string>;
  /**
   * Server of the directory.
   *
   * - Change: live
   * - Proxmox: `server1`
   */
  server: pulumi.Input<string>;
  /**
   * Asked when the first one does not answer.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `server2`
   */
  fallbackServer?: pulumi.Input<string> | undefined;
  /**
   * Its port.
   *
   * - Default: the protocol's own
   * - Change: live
   * - Proxmox: `port`
   */
  port?: pulumi.Input<number> | undefined;
  /**
   * How the connection is kept secret.
   *
   * - Default: `ldap`, in clear
   * - Change: live
   * - Proxmox: `mode`
   */
  mode?: pulumi.Input<"ldap" | "ldaps" | "ldap+starttls"> | undefined;
  /**
   * Check the server's certificate.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `verify`
   */
  verifyCertificate?: pulumi.Input<boolean> | undefined;
  /**
   * Certificates of authorities, on each node.
   *
   * - Default: `/etc/ssl/certs`
   * - Change: live
   * - Proxmox: `capath`
   */
  caPath?: pulumi.Input<string> | undefined;
  /**
   * Certificate that Proxmox shows, a file on each node.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `cert`
   */
  certificate?: pulumi.Input<string> | undefined;
  /**
   * Its key, a file on each node.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `certkey`
   */
  certificateKey?: pulumi.Input<string> | undefined;
  /**
   * Distinguished name that Proxmox signs in with.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bind_dn`
   */
  bindDn?: pulumi.Input<string> | undefined;
  /**
   * Password of `bindDn`, or a reference to it. Never read back.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `password`
   */
  password?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * LDAP filter of the users.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `filter`
   */
  filter?: pulumi.Input<string> | undefined;
  /**
   * Object classes of users.
   *
   * - Default: `inetorgperson, posixaccount, person, user`
   * - Change: live
   * - Proxmox: `user_classes`
   */
  userClasses?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Which attributes become which fields: `email=mail,firstname=givenName`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sync_attributes`
   */
  syncAttributes?: pulumi.Input<string> | undefined;
  /**
   * Where the groups are.
   *
   * - Default: `baseDn`
   * - Change: live
   * - Proxmox: `group_dn`
   */
  groupDn?: pulumi.Input<string> | undefined;
  /**
   * Attribute that names a group.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `group_name_attr`
   */
  groupNameAttribute?: pulumi.Input<string> | undefined;
  /**
   * LDAP filter of the groups.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `group_filter`
   */
  groupFilter?: pulumi.Input<string> | undefined;
  /**
   * Object classes of groups.
   *
   * - Default: `groupOfNames, group, univentionGroup, ipausergroup`
   * - Change: live
   * - Proxmox: `group_classes`
   */
  groupClasses?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * What a sync does when nothing else is said, the one by hand too.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sync-defaults-options`
   */
  syncDefaults?: pulumi.Input<RealmSyncDefaultsArgs> | undefined;
  /**
   * Syncs users and groups now. Left out, nothing is ever synced by this program.
   *
   * - Default: not set
   * - Change: live
   */
  sync?: pulumi.Input<RealmSyncArgs> | undefined;
}

/** Part of the arguments of a Realm. */
export interface RealmAdArgs {
  /**
   * Type of the realm; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "ad";
  /**
   * Name of the realm, after the @ of its users. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `realm`
   */
  realmId?: pulumi.Input<string> | undefined;
  /**
   * Shown in the log-in.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Chosen in the log-in unless another one is; one realm has it.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `default`
   */
  default?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the realm of this name, which must exist; `pam` and `pve` always do, and are only taken over. Only
   * read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<RealmTimeoutsArgs> | undefined;
  /**
   * Domain of the directory.
   *
   * - Change: live
   * - Proxmox: `domain`
   */
  domain: pulumi.Input<string>;
  /**
   * Where the users are.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `base_dn`
   */
  baseDn?: pulumi.Input<string> | undefined;
  /**
   * Attribute that names a user.
   *
   * - Default: `sAMAccountName`
   * - Change: live
   * - Proxmox: `user_attr`
   */
  userAttribute?: pulumi.Input<string> | undefined;
  /**
   * Names differ by case.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `case-sensitive`
   */
  caseSensitive?: pulumi.Input<boolean> | undefined;
  /**
   * Server of the directory.
   *
   * - Change: live
   * - Proxmox: `server1`
   */
  server: pulumi.Input<string>;
  /**
   * Asked when the first one does not answer.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `server2`
   */
  fallbackServer?: pulumi.Input<string> | undefined;
  /**
   * Its port.
   *
   * - Default: the protocol's own
   * - Change: live
   * - Proxmox: `port`
   */
  port?: pulumi.Input<number> | undefined;
  /**
   * How the connection is kept secret.
   *
   * - Default: `ldap`, in clear
   * - Change: live
   * - Proxmox: `mode`
   */
  mode?: pulumi.Input<"ldap" | "ldaps" | "ldap+starttls"> | undefined;
  /**
   * Check the server's certificate.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `verify`
   */
  verifyCertificate?: pulumi.Input<boolean> | undefined;
  /**
   * Certificates of authorities, on each node.
   *
   * - Default: `/etc/ssl/certs`
   * - Change: live
   * - Proxmox: `capath`
   */
  caPath?: pulumi.Input<string> | undefined;
  /**
   * Certificate that Proxmox shows, a file on each node.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `cert`
   */
  certificate?: pulumi.Input<string> | undefined;
  /**
   * Its key, a file on each node.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `certkey`
   */
  certificateKey?: pulumi.Input<string> | undefined;
  /**
   * Distinguished name that Proxmox signs in with.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `bind_dn`
   */
  bindDn?: pulumi.Input<string> | undefined;
  /**
   * Password of `bindDn`, or a reference to it. Never read back.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `password`
   */
  password?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * LDAP filter of the users.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `filter`
   */
  filter?: pulumi.Input<string> | undefined;
  /**
   * Object classes of users.
   *
   * - Default: `inetorgperson, posixaccount, person, user`
   * - Change: live
   * - Proxmox: `user_classes`
   */
  userClasses?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Which attributes become which fields: `email=mail,firstname=givenName`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sync_attributes`
   */
  syncAttributes?: pulumi.Input<string> | undefined;
  /**
   * Where the groups are.
   *
   * - Default: `baseDn`
   * - Change: live
   * - Proxmox: `group_dn`
   */
  groupDn?: pulumi.Input<string> | undefined;
  /**
   * Attribute that names a group.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `group_name_attr`
   */
  groupNameAttribute?: pulumi.Input<string> | undefined;
  /**
   * LDAP filter of the groups.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `group_filter`
   */
  groupFilter?: pulumi.Input<string> | undefined;
  /**
   * Object classes of groups.
   *
   * - Default: `groupOfNames, group, univentionGroup, ipausergroup`
   * - Change: live
   * - Proxmox: `group_classes`
   */
  groupClasses?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * What a sync does when nothing else is said, the one by hand too.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sync-defaults-options`
   */
  syncDefaults?: pulumi.Input<RealmSyncDefaultsArgs> | undefined;
  /**
   * Syncs users and groups now. Left out, nothing is ever synced by this program.
   *
   * - Default: not set
   * - Change: live
   */
  sync?: pulumi.Input<RealmSyncArgs> | undefined;
}

/** Part of the arguments of a Realm. */
export interface RealmOpenidArgs {
  /**
   * Type of the realm; it decides which other arguments there are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "openid";
  /**
   * Name of the realm, after the @ of its users. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `realm`
   */
  realmId?: pulumi.Input<string> | undefined;
  /**
   * Shown in the log-in.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Chosen in the log-in unless another one is; one realm has it.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `default`
   */
  default?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the realm of this name, which must exist; `pam` and `pve` always do, and are only taken over. Only
   * read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<RealmTimeoutsArgs> | undefined;
  /**
   * Address of the provider.
   *
   * - Change: live
   * - Proxmox: `issuer-url`
   */
  issuerUrl: pulumi.Input<string>;
  /**
   * Id that Proxmox has there.
   *
   * - Change: live
   * - Proxmox: `client-id`
   */
  clientId: pulumi.Input<string>;
  /**
   * Its secret, or a reference to it. Never read back.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `client-key`
   */
  clientKey?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Users are made when they first sign in.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `autocreate`
   */
  autocreate?: pulumi.Input<boolean> | undefined;
  /**
   * Claim that names a user. A change makes the realm anew: the names of all its users change.
   *
   * - Default: `sub`
   * - Change: replace, it is made anew
   * - Proxmox: `username-claim`
   */
  usernameClaim?: pulumi.Input<string> | undefined;
  /**
   * Whether the provider asks again: `login`, `consent`, `none`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `prompt`
   */
  prompt?: pulumi.Input<string> | undefined;
  /**
   * Scopes that are asked for, with blanks between them.
   *
   * - Default: `email profile`
   * - Change: live
   * - Proxmox: `scopes`
   */
  scopes?: pulumi.Input<string> | undefined;
  /**
   * Authentication context classes that are asked for.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `acr-values`
   */
  acrValues?: pulumi.Input<string> | undefined;
  /**
   * Ask the provider for the claims.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `query-userinfo`
   */
  queryUserInfo?: pulumi.Input<boolean> | undefined;
  /**
   * Claim that lists a user's groups.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `groups-claim`
   */
  groupsClaim?: pulumi.Input<string> | undefined;
  /**
   * Groups are made when a user has them.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `groups-autocreate`
   */
  groupsAutocreate?: pulumi.Input<boolean> | undefined;
  /**
   * A user is taken out of groups that the claim does not list.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `groups-overwrite`
   */
  groupsOverwrite?: pulumi.Input<boolean> | undefined;
}

/** Arguments of a Role. */
export interface RoleArgs {
  /**
   * Name of the role. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `roleid`
   */
  roleId?: pulumi.Input<string> | undefined;
  /**
   * What the role allows, all of it: `VM.Audit`, `Datastore.AllocateSpace`. `VM.Monitor` stands for `Sys.Audit`
   * and `VM.GuestAgent.Audit` on Proxmox VE 9, which has it no more.
   *
   * - Change: live
   * - Proxmox: `privs`
   */
  privileges: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Take over the role of this name, which must exist; its privileges become those that are written here. Only
   * read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<RoleTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Role. */
export interface RoleTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a SshKey. */
export interface SshKeyArgs {
  /**
   * Algorithm of the key. A change replaces: another key is made.
   *
   * - Default: `"ed25519"`
   * - Change: replace, it is made anew
   */
  type?: "ed25519" | "rsa" | undefined;
  /**
   * Length of an RSA key. A change replaces.
   *
   * - Default: 4096 for `rsa`
   * - Change: replace, it is made anew
   */
  bits?: pulumi.Input<number> | undefined;
  /**
   * Stands behind the public key, to tell it from others. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Any text; with each new one another key is made.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  rotationTrigger?: pulumi.Input<string> | undefined;
  /**
   * A secret in Infisical that gets the private half: then no state has it, and `reference` leads to it. What
   * makes another pair then writes that in its place.
   *
   * - Default: not set
   * - Change: live
   */
  writeTo?: pulumi.Input<SshKeyWriteToArgs> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<SshKeyTimeoutsArgs> | undefined;
}

/** Part of the arguments of a SshKey. */
export interface SshKeyWriteToArgs {
  /**
   * Name of the secret.
   *
   * - Change: live
   */
  secretName: pulumi.Input<string>;
  /**
   * Folder in Infisical: `/pve`.
   *
   * - Default: `proxmox:infisicalPath`
   * - Change: live
   */
  path?: pulumi.Input<string> | undefined;
  /**
   * Environment in Infisical, by its slug.
   *
   * - Default: `proxmox:infisicalEnvironment`
   * - Change: live
   */
  environment?: pulumi.Input<string> | undefined;
  /**
   * Project in Infisical, by its id.
   *
   * - Default: `proxmox:infisicalProjectId`
   * - Change: live
   */
  projectId?: pulumi.Input<string> | undefined;
  /**
   * Make the folder when it is missing; it stays on `destroy`.
   *
   * - Default: `false`
   * - Change: live
   */
  createFolders?: pulumi.Input<boolean> | undefined;
  /**
   * Write over a secret of this name that is somebody else's.
   *
   * - Default: `false`
   * - Change: live
   */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a SshKey. */
export interface SshKeyTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"1m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a SystemUser. */
export interface SystemUserArgs {
  /**
   * Name of the node; else write `guest` or `vmid`. A change replaces: the account of the old node is deleted.
   *
   * - Default: none
   * - Change: replace, it is made anew
   */
  node?: pulumi.Input<string> | undefined;
  /**
   * A guest instead of a node, by the name under which `proxmox:sshAddresses` has its address and
   * `proxmox:sshKnownHosts` its host key. The stack signs in by its key, as it does to the nodes, and sends no
   * password. A change replaces.
   *
   * - Default: none
   * - Change: replace, it is made anew
   */
  guest?: pulumi.Input<string> | undefined;
  /**
   * A VM instead of a node, by its VMID: by its guest agent, or over `ssh`. A change replaces.
   *
   * - Default: none
   * - Change: replace, it is made anew
   */
  vmid?: pulumi.Input<number> | undefined;
  /**
   * The way into the guest by SSH, in place of the guest agent. It is used once the machine there has the uuid of
   * this VM.
   *
   * - Default: the guest agent
   * - Change: none, nothing happens to what is there
   */
  ssh?: pulumi.Input<SystemUserSshArgs> | undefined;
  /**
   * Longest wait for the guest agent, or SSH.
   *
   * - Default: `"10m"`
   * - Change: none, nothing happens to what is there
   */
  agentTimeout?: pulumi.Input<string> | undefined;
  /**
   * Name of the account. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Number of the account. It cannot change.
   *
   * - Default: the next that is free
   * - Change: live
   */
  uid?: pulumi.Input<number> | undefined;
  /**
   * It is an account of a service: its number is one of the system's, 100 to 999, as `useradd --system` gives
   * them. Read when it is made.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  system?: pulumi.Input<boolean> | undefined;
  /**
   * Full name or purpose, shown beside the account.
   *
   * - Default: none
   * - Change: live
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Program that a login starts: `/usr/sbin/nologin` for none.
   *
   * - Default: `/bin/bash` for a new account, else left as it is
   * - Change: live
   */
  shell?: pulumi.Input<string> | undefined;
  /**
   * Home directory. It cannot change: files in it would stay behind.
   *
   * - Default: `/home/` and the name
   * - Change: live
   */
  home?: pulumi.Input<string> | undefined;
  /**
   * Groups that the account is in beside its own. A group must be there.
   *
   * - Default: left as they are
   * - Change: live
   */
  groups?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * The account is in no other groups than `groups`.
   *
   * - Default: `false`
   * - Change: live
   */
  exclusiveGroups?: pulumi.Input<boolean> | undefined;
  /**
   * Public keys that may sign in by SSH, one a text, as a `.pub` file has them; options may stand before them.
   *
   * - Default: left as they are
   * - Change: live
   */
  authorizedKeys?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Keys that somebody else has put into `~/.ssh/authorized_keys` are taken out.
   *
   * - Default: `false`
   * - Change: live
   */
  exclusiveKeys?: pulumi.Input<boolean> | undefined;
  /**
   * What it may do as root without a password, all of it: each a command by its absolute path, alone (with any
   * arguments), with its arguments, with `""` for none, or with one regular expression for all arguments:
   * `/usr/bin/tee ^/var/lib/vz/snippets/[a-zA-Z0-9_][a-zA-Z0-9_.-]*$`. Wildcards are refused, for sudo's match
   * blanks and slashes.
   *
   * - Default: no rules are managed
   * - Change: live
   * - Proxmox: `/etc/sudoers.d/<name>`
   */
  sudoRules?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * It may do everything as root without a password, in place of rules.
   *
   * - Default: `false`
   * - Change: live
   */
  sudoNoPassword?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the account of this name, and its file in /etc/sudoers.d.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Deleting the resource deletes the home directory and all that is in it.
   *
   * - Default: `false`
   * - Change: live
   */
  removeHome?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<SystemUserTimeoutsArgs> | undefined;
}

/** Part of the arguments of a SystemUser. */
export interface SystemUserSshArgs {
  /**
   * Where its SSH server is: `host`, `host:port` or `[2001:db8::1]:22`.
   *
   * - Change: none, nothing happens to what is there
   */
  address: pulumi.Input<string>;
  /**
   * Who signs in: root, or somebody who may do everything by `sudo` without a password.
   *
   * - Default: `"root"`
   * - Change: none, nothing happens to what is there
   */
  user?: pulumi.Input<string> | undefined;
  /**
   * Private key, or a reference to it; encrypted in the state.
   *
   * - Default: that of an ssh-agent (`SSH_AUTH_SOCK`)
   * - Change: none, nothing happens to what is there
   */
  privateKey?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Fingerprints of its host keys, as `ssh-keygen -lf` prints them. Required, unless `insecure` is set.
   *
   * - Default: none
   * - Change: none, nothing happens to what is there
   */
  hostKeys?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Any host key is trusted: whoever is in between gets root in the guest. Every run warns of it.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  insecure?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a SystemUser. */
export interface SystemUserTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"3m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a User. */
export interface UserArgs {
  /**
   * Name and realm: `terraform@pve`. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `userid`
   */
  userId?: pulumi.Input<string> | undefined;
  /**
   * Shown beside the name.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Address that Proxmox writes to.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `email`
   */
  email?: pulumi.Input<string> | undefined;
  /**
   * First name.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `firstname`
   */
  firstName?: pulumi.Input<string> | undefined;
  /**
   * Last name.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `lastname`
   */
  lastName?: pulumi.Input<string> | undefined;
  /**
   * May sign in; its tokens may too.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `enable`
   */
  enabled?: pulumi.Input<boolean> | undefined;
  /**
   * From when on it may not sign in any more, and its tokens neither.
   *
   * - Default: never
   * - Change: live
   * - Proxmox: `expire`
   */
  expiresAt?: pulumi.Input<string> | undefined;
  /**
   * Groups that it is in, all of them.
   *
   * - Default: left as they are
   * - Change: live
   * - Proxmox: `groups`
   */
  groups?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Password, or a reference to it; of a user of the realm `pve` only. 8 to 64 characters. Never read back. A new
   * one is set by root@pam with its password alone.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `password`
   */
  password?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * The provider makes the password of a user of the realm `pve`, writes it to Infisical alone and sets it: no
   * state, no output and no preview has it. A new one is made when this is changed, and set by root@pam with its
   * password alone.
   *
   * - Default: not set
   * - Change: live
   */
  generatedPassword?: pulumi.Input<UserGeneratedPasswordArgs> | undefined;
  /**
   * Take over the user of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<UserTimeoutsArgs> | undefined;
}

/** Part of the arguments of a User. */
export interface UserGeneratedPasswordWriteToArgs {
  /**
   * Name of the secret.
   *
   * - Change: live
   */
  secretName: pulumi.Input<string>;
  /**
   * Folder in Infisical: `/pve`.
   *
   * - Default: `proxmox:infisicalPath`
   * - Change: live
   */
  path?: pulumi.Input<string> | undefined;
  /**
   * Environment in Infisical, by its slug.
   *
   * - Default: `proxmox:infisicalEnvironment`
   * - Change: live
   */
  environment?: pulumi.Input<string> | undefined;
  /**
   * Project in Infisical, by its id.
   *
   * - Default: `proxmox:infisicalProjectId`
   * - Change: live
   */
  projectId?: pulumi.Input<string> | undefined;
  /**
   * Make the folder when it is missing; it stays on `destroy`.
   *
   * - Default: `false`
   * - Change: live
   */
  createFolders?: pulumi.Input<boolean> | undefined;
  /**
   * Write over a secret of this name that is somebody else's.
   *
   * - Default: `false`
   * - Change: live
   */
  adopt?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a User. */
export interface UserGeneratedPasswordArgs {
  /**
   * How many characters.
   *
   * - Default: `32`
   * - Change: live
   */
  length?: pulumi.Input<number> | undefined;
  /**
   * Symbols too, beside letters and digits.
   *
   * - Default: `false`
   * - Change: live
   */
  symbols?: pulumi.Input<boolean> | undefined;
  /**
   * Any text; with each new one a new password is made and set.
   *
   * - Default: not set
   * - Change: live
   */
  rotationTrigger?: pulumi.Input<string> | undefined;
  /**
   * The secret in Infisical that gets it; `reference` leads to it.
   *
   * - Change: live
   */
  writeTo: pulumi.Input<UserGeneratedPasswordWriteToArgs>;
}

/** Part of the arguments of a User. */
export interface UserTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}
