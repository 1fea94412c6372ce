import { z } from "zod";
import { flag, mappedIn, list, number, word, type Mapped } from "../kernel/fields/codec";
import { fieldOf, fields, optional, required, type Known } from "../kernel/fields/field";
import { part, partsIn, property } from "../kernel/fields/property";
import { sensitiveText } from "../kernel/secrets/sensitive";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { sameComment } from "../kernel/named.model";

type Shape = Readonly<Record<string, Known>>;

/** A field whose value is sent and never looked at again. */
const writeOnly = (key: string) => ({ key, effect: "live", writeOnly: true }) as const;

const text = () => z.string().min(1, "write a text that is not empty");
const server = () => z.string().regex(/^[A-Za-z0-9.:-]+$/, "write a host name or an IP address");
const file = () => z.string().regex(/^\/[^\s]+$/, "write an absolute path");
const attribute = () => z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, "write the name of an attribute");

const scopes = ["users", "groups", "both"] as const;
const vanished = ["acl", "entry", "properties"] as const;

const syncDefaults = fields({
  scope: optional("What is taken over.", z.enum(scopes, "write users, groups or both"), part("scope")),
  removeVanished: optional(
    "What goes of users and groups that the directory no longer has: `acl`, `entry`, `properties` with semicolons, or `none`.",
    z
      .string()
      .regex(
        /^(?:(?:acl|properties|entry)(?:;(?:acl|properties|entry))*|none)$/,
        "write acl, entry and properties with semicolons between them, or none",
      ),
    part("remove-vanished"),
  ),
  enableNew: optional("New users may sign in.", z.boolean(), part("enable-new", "flag")),
});

const sync = fields({
  trigger: required("Any text; each new one syncs users and groups from the directory, at once.", text(), {}),
  scope: optional("What is taken over.", z.enum(scopes, "write users, groups or both"), {
    effect: "none",
    default: "`syncDefaults.scope`, which must be set then",
  }),
  removeVanished: optional(
    "What goes of users and groups that the directory no longer has; nothing for an empty list.",
    z.array(z.enum(vanished, "write acl, entry or properties")),
    { effect: "none", default: "that of `syncDefaults`, else nothing" },
  ),
  enableNew: optional("New users may sign in.", z.boolean(), {
    effect: "none",
    default: "that of `syncDefaults`, else true",
  }),
});

/** What LDAP and Active Directory have in common. */
const directory = {
  server: required("Server of the directory.", server(), word("server1", "live")),
  fallbackServer: optional("Asked when the first one does not answer.", server(), word("server2", "live")),
  port: optional("Its port.", z.int().min(1, "write 1 to 65535").max(65535, "write 1 to 65535"), {
    ...number("port", "live"),
    default: "the protocol's own",
  }),
  mode: optional(
    "How the connection is kept secret.",
    z.enum(["ldap", "ldaps", "ldap+starttls"], "write ldap, ldaps or ldap+starttls"),
    { ...word("mode", "live"), default: "`ldap`, in clear" },
  ),
  verifyCertificate: optional("Check the server's certificate.", z.boolean(), flag("verify", "live", false)),
  caPath: optional("Certificates of authorities, on each node.", file(), {
    ...word("capath", "live"),
    default: "`/etc/ssl/certs`",
  }),
  certificate: optional("Certificate that Proxmox shows, a file on each node.", file(), word("cert", "live")),
  certificateKey: optional("Its key, a file on each node.", file(), word("certkey", "live")),
  bindDn: optional("Distinguished name that Proxmox signs in with.", text(), word("bind_dn", "live")),
  password: optional(
    "Password of `bindDn`, or a reference to it. Never read back.",
    sensitiveText(),
    writeOnly("password"),
  ),
  filter: optional("LDAP filter of the users.", text(), word("filter", "live")),
  userClasses: optional("Object classes of users.", z.array(attribute()).min(1, "name at least one class"), {
    ...list("user_classes", "live"),
    default: "`inetorgperson, posixaccount, person, user`",
  }),
  syncAttributes: optional(
    "Which attributes become which fields: `email=mail,firstname=givenName`.",
    z.string().regex(/^\w+=[^,]+(?:,\s*\w+=[^,]+)*$/, "write field=attribute, with commas between them"),
    word("sync_attributes", "live"),
  ),
  groupDn: optional("Where the groups are.", text(), { ...word("group_dn", "live"), default: "`baseDn`" }),
  groupNameAttribute: optional("Attribute that names a group.", attribute(), word("group_name_attr", "live")),
  groupFilter: optional("LDAP filter of the groups.", text(), word("group_filter", "live")),
  groupClasses: optional("Object classes of groups.", z.array(attribute()).min(1, "name at least one class"), {
    ...list("group_classes", "live"),
    default: "`groupOfNames, group, univentionGroup, ipausergroup`",
  }),
  syncDefaults: optional(
    "What a sync does when nothing else is said, the one by hand too.",
    syncDefaults,
    property("sync-defaults-options", "live", { primary: "scope", bare: false, parts: partsIn(syncDefaults) }),
  ),
  sync: optional("Syncs users and groups now. Left out, nothing is ever synced by this program.", sync, {
    effect: "live",
  }),
};

/** What each type of realm has beside what all have. */
const kinds = {
  pam: {},
  pve: {},
  ldap: {
    baseDn: required("Where the users are.", text(), word("base_dn", "live")),
    userAttribute: required(
      "Attribute that names a user, such as `uid`.",
      z.string().regex(/^\S{2,}$/, "write the name of an attribute, at least two characters"),
      word("user_attr", "live"),
    ),
    ...directory,
  },
  ad: {
    domain: required("Domain of the directory.", text(), word("domain", "live")),
    baseDn: optional("Where the users are.", text(), word("base_dn", "live")),
    userAttribute: optional("Attribute that names a user.", text(), {
      ...word("user_attr", "live"),
      default: "`sAMAccountName`",
    }),
    caseSensitive: optional("Names differ by case.", z.boolean(), flag("case-sensitive", "live", true)),
    ...directory,
  },
  openid: {
    issuerUrl: required(
      "Address of the provider.",
      z.url({ protocol: /^https?$/, error: "write an address, https://…" }),
      word("issuer-url", "live"),
    ),
    clientId: required("Id that Proxmox has there.", text(), word("client-id", "live")),
    clientKey: optional("Its secret, or a reference to it. Never read back.", sensitiveText(), writeOnly("client-key")),
    autocreate: optional("Users are made when they first sign in.", z.boolean(), flag("autocreate", "live", false)),
    usernameClaim: optional(
      "Claim that names a user. A change makes the realm anew: the names of all its users change.",
      text(),
      { ...word("username-claim", "replace"), default: "`sub`" },
    ),
    prompt: optional("Whether the provider asks again: `login`, `consent`, `none`.", text(), word("prompt", "live")),
    scopes: optional("Scopes that are asked for, with blanks between them.", text(), {
      ...word("scopes", "live"),
      default: "`email profile`",
    }),
    acrValues: optional(
      "Authentication context classes that are asked for.",
      z.string().regex(/^[^\s<>#"]+$/, 'write a text without blanks, <, >, # and "'),
      word("acr-values", "live"),
    ),
    queryUserInfo: optional("Ask the provider for the claims.", z.boolean(), flag("query-userinfo", "live", true)),
    groupsClaim: optional(
      "Claim that lists a user's groups.",
      z.string().regex(/^[A-Za-z0-9._-]+$/, "write letters, digits, . _ and -"),
      word("groups-claim", "live"),
    ),
    groupsAutocreate: optional(
      "Groups are made when a user has them.",
      z.boolean(),
      flag("groups-autocreate", "live", false),
    ),
    groupsOverwrite: optional(
      "A user is taken out of groups that the claim does not list.",
      z.boolean(),
      flag("groups-overwrite", "live", false),
    ),
  },
} satisfies Readonly<Record<string, Shape>>;

/** What every type of realm has. */
const common = {
  realmId: required(
    "Name of the realm, after the @ of its users. A change replaces.",
    z
      .string()
      .max(32, "write at most 32 characters")
      .regex(/^[A-Za-z][A-Za-z0-9._-]+$/, "write letters, digits, . _ and -, first a letter, at least two"),
    { key: "realm", effect: "replace", default: "the resource's name" },
  ),
  comment: optional("Shown in the log-in.", z.string(), { ...word("comment", "live"), same: sameComment }),
  default: optional(
    "Chosen in the log-in unless another one is; one realm has it.",
    z.boolean(),
    flag("default", "live", false),
  ),
  adopt: optional(
    "Take over the realm of this name, which must exist; `pam` and `pve` always do, and are only taken over. Only read " +
      "when the resource is created.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
};

type RealmType = keyof typeof kinds;
export const realmTypes = Object.keys(kinds) as RealmType[];

const held = new Map<string, Readonly<Record<string, Mapped>>>(
  Object.entries(kinds).map(([type, shape]) => [type, mappedIn<Shape>({ ...common, ...shape })]),
);

/** What domains.cfg holds of a realm of a type, by the names of the fields. */
export const heldOfRealm = (type: string): Readonly<Record<string, Mapped>> => held.get(type) ?? {};

/** Proxmox's keys of what is sent and not compared, by the names of the fields. */
export const sentOnly = (type: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries<Known>((kinds[type as RealmType] as Shape | undefined) ?? {}).flatMap(([name, schema]) => {
      const field = fieldOf(schema);
      return field?.key !== undefined && "writeOnly" in field ? [[name, field.key]] : [];
    }),
  );

export const realmOfType = <T extends RealmType>(type: T) =>
  z.strictObject({
    type: required("Type of the realm; it decides which other arguments there are.", z.literal(type), {
      key: "type",
      effect: "replace",
    }),
    ...common,
    ...kinds[type],
  });
