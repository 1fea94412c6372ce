import * as pulumi from "../providers/kernel/program/sdk";
import { Component } from "../providers/kernel/program/component";
import { Acl } from "../providers/access/acl";
import { ApiToken } from "../providers/access/api-token";
import type {
  AclArgs,
  ApiTokenArgs,
  GroupArgs,
  RealmArgs,
  RoleArgs,
  UserArgs,
} from "../providers/access/arguments.generated";
import { Group } from "../providers/access/group";
import { Realm } from "../providers/access/realm";
import { Role } from "../providers/access/role";
import { User } from "../providers/access/user";
import { mistake } from "../providers/kernel/program/mistake";
import { child, dependencies, type Transform } from "./child";

/** Who may do what in a cluster. */
export interface AccessSettings {
  /**
   * Realms by their names.
   *
   * - Default: none
   * - Change: that of each Realm
   */
  readonly realms?: Readonly<Record<string, RealmArgs>>;
  /**
   * Roles by their names.
   *
   * - Default: none
   * - Change: that of each Role
   */
  readonly roles?: Readonly<Record<string, Omit<RoleArgs, "roleId">>>;
  /**
   * Groups by their names.
   *
   * - Default: none
   * - Change: that of each Group
   */
  readonly groups?: Readonly<Record<string, Omit<GroupArgs, "groupId">>>;
  /**
   * Users by their names with the realm, `bob@pve`.
   *
   * - Default: none
   * - Change: that of each User
   */
  readonly users?: Readonly<Record<string, Omit<UserArgs, "userId">>>;
  /**
   * API tokens by user and name, `bob@pve!ci`.
   *
   * - Default: none
   * - Change: that of each ApiToken
   */
  readonly tokens?: Readonly<Record<string, Omit<ApiTokenArgs, "user" | "tokenId">>>;
  /**
   * Entries of the access control list: path, role, and a group, a user or a token.
   *
   * - Default: none
   * - Change: makes or deletes exactly the entries that come or go
   */
  readonly acl?: readonly AclArgs[];
}

/** Changes of the parts of access. */
export interface AccessTransforms {
  /**
   * Of realms.
   *
   * - Default: as they are
   * - Change: that of the Realm
   */
  readonly realm?: Transform<RealmArgs>;
  /**
   * Of roles.
   *
   * - Default: as they are
   * - Change: that of the Role
   */
  readonly role?: Transform<RoleArgs>;
  /**
   * Of groups.
   *
   * - Default: as they are
   * - Change: that of the Group
   */
  readonly group?: Transform<GroupArgs>;
  /**
   * Of users.
   *
   * - Default: as they are
   * - Change: that of the User
   */
  readonly user?: Transform<UserArgs>;
  /**
   * Of tokens.
   *
   * - Default: as they are
   * - Change: that of the ApiToken
   */
  readonly token?: Transform<ApiTokenArgs>;
  /**
   * Of entries of the access control list.
   *
   * - Default: as they are
   * - Change: that of the Acl
   */
  readonly acl?: Transform<AclArgs>;
}

/** Inputs of {@link ClusterAccess}. */
export interface ClusterAccessArgs {
  /**
   * Who may do what.
   *
   * - Default: nothing but `shared`
   * - Change: that of each resource
   */
  readonly access?: AccessSettings;
  /**
   * What several stacks have in common; `access` wins over it. Safety switches are refused here.
   *
   * - Default: not set
   * - Change: that of each resource
   */
  readonly shared?: AccessSettings;
  /**
   * Changes parts before they are made.
   *
   * - Default: none
   * - Change: that of the part
   */
  readonly transform?: AccessTransforms;
}

/**
 * Realms, roles, groups, users, rights and API tokens of a cluster, each after what it names, and gone before it. Of a
 * cluster, not of a node: what a node has of its own is lost when it joins.
 *
 * ```ts
 * const access = new ClusterAccess("matrix", {
 *   access: {
 *     roles: { Operator: { privileges: ["VM.Audit", "VM.PowerMgmt", "VM.Console"] } },
 *     groups: { team: { comment: "The team" } },
 *     users: { "ci@pve": { groups: ["team"] } },
 *     acl: [{ path: "/pool/web", role: "Operator", group: "team" }],
 *     tokens: { "ci@pve!pipeline": { rights: [{ path: "/pool/web", role: "Operator" }], rotateAfter: "30d" } },
 *   },
 * });
 * export const token = access.tokens["ci@pve!pipeline"]?.value;
 * ```
 */
export class ClusterAccess extends Component {
  /** Realms by name. */
  readonly realms: Readonly<Record<string, Realm>>;
  /** Roles by name. */
  readonly roles: Readonly<Record<string, Role>>;
  /** Groups by name. */
  readonly groups: Readonly<Record<string, Group>>;
  /** Users by name. */
  readonly users: Readonly<Record<string, User>>;
  /** Tokens by user and name. */
  readonly tokens: Readonly<Record<string, ApiToken>>;
  /** Entries by path, subject and role: `/pool/web:team:Operator`. */
  readonly acl: Readonly<Record<string, Acl>>;

  constructor(name: string, args: ClusterAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    const planned = plan(name, args);
    super("proxmox:index:ClusterAccess", name, {}, opts);
    const { transform = {} } = args;
    let before: readonly pulumi.Resource[] = [];
    const all = <Args extends object, Made extends pulumi.Resource>(
      entries: readonly { readonly name: string; readonly args: object }[],
      kind: new (name: string, args: Args, opts: pulumi.CustomResourceOptions) => Made,
      change: Transform<Args> | undefined,
    ): Record<string, Made> => {
      const options = { parent: this, dependsOn: [...dependencies(opts), ...before] };
      const made = Object.fromEntries(
        entries.map((one) => [one.name, child(kind, one.name, one.args, options, change)]),
      );
      before = [...before, ...Object.values(made)];
      return made;
    };
    this.realms = all(planned.realms, Realm, transform.realm);
    this.roles = all(planned.roles, Role, transform.role);
    this.groups = all(planned.groups, Group, transform.group);
    this.users = all(planned.users, User, transform.user);
    const acl = all(planned.acl, Acl, transform.acl);
    // A token has no more than its user: whose rights come first, and go last.
    this.tokens = all(planned.tokens, ApiToken, transform.token);
    this.acl = { ...acl, ...all(planned.tokenAcl, Acl, transform.acl) };
    this.registerOutputs({});
  }
}

function plan(name: string, { shared, access }: ClusterAccessArgs) {
  // Loaded here: programs without components have no use for it.
  const { planAccess } = require("./cluster-access.plan") as typeof import("./cluster-access.plan");
  const { refusal } = require("./node-layers.plan") as typeof import("./node-layers.plan");
  const problems: string[] = [];
  const planned = planAccess({ shared, stack: access }, problems);
  const refused = refusal("ClusterAccess", name, problems);
  if (refused !== undefined) throw mistake(refused);
  return planned;
}
