import * as pulumi from "../providers/kernel/program/sdk";
import { Component } from "../providers/kernel/program/component";
import { Acl, type AclArgs } from "../providers/access/acl";
import { ApiToken, type ApiTokenArgs } from "../providers/access/api-token";
import { EnvironmentFile, type EnvironmentFileArgs } from "../providers/access/environment-file";
import { Group, type GroupArgs } from "../providers/access/group";
import { presets, terraformSudoRules } from "../providers/access/presets";
import { Role, type RoleArgs } from "../providers/access/role";
import { SystemUser, type SystemUserArgs } from "../providers/access/system-user";
import { User, type UserArgs } from "../providers/access/user";
import type { SystemPackageArgs } from "../providers/host/arguments.generated";
import { SystemPackage } from "../providers/host/system-package";
import { mistake } from "../providers/kernel/program/mistake";
import { dependencies } from "./child";

/** The arguments of each part as they would be, for those that shall be. */
export interface TerraformUserTransforms {
  /**
   * Arguments of the role.
   *
   * - Default: as they are
   * - Change: that of the Role
   */
  readonly role?: (args: RoleArgs) => RoleArgs;
  /**
   * Arguments of the group.
   *
   * - Default: as they are
   * - Change: that of the Group
   */
  readonly group?: (args: GroupArgs) => GroupArgs;
  /**
   * Arguments of the user.
   *
   * - Default: as they are
   * - Change: that of the User
   */
  readonly user?: (args: UserArgs) => UserArgs;
  /**
   * Arguments of the Linux account of each node: `(args) => ({ ...args, sudoRules: ["/usr/sbin/qm list"] })`.
   *
   * - Default: as they are
   * - Change: that of the SystemUser
   */
  readonly systemUser?: (args: SystemUserArgs) => SystemUserArgs;
  /**
   * Arguments of the package sudo of each node.
   *
   * - Default: as they are
   * - Change: that of the SystemPackage
   */
  readonly systemPackage?: (args: SystemPackageArgs) => SystemPackageArgs;
  /**
   * Arguments of the entry of the access control list of each path.
   *
   * - Default: as they are
   * - Change: that of the Acl
   */
  readonly acl?: (args: AclArgs) => AclArgs;
  /**
   * Arguments of the token: `(args) => ({ ...args, rotateAfter: "30d" })`.
   *
   * - Default: as they are
   * - Change: that of the ApiToken
   */
  readonly token?: (args: ApiTokenArgs) => ApiTokenArgs;
  /**
   * Arguments of the file: `(args) => ({ ...args, insecure: true })`.
   *
   * - Default: as they are
   * - Change: that of the EnvironmentFile
   */
  readonly environmentFile?: (args: EnvironmentFileArgs) => EnvironmentFileArgs;
}

/** What a {@link TerraformUser} is made of. */
export interface TerraformUserParts {
  /** The role. */
  readonly role: Role;
  /** The group. */
  readonly group: Group;
  /** The user. */
  readonly user: User;
  /** Linux accounts by node. */
  readonly systemUsers: Readonly<Record<string, SystemUser>>;
  /** The package sudo by node. */
  readonly packages: Readonly<Record<string, SystemPackage>>;
  /** Entries of the access control list by path. */
  readonly acl: Readonly<Record<string, Acl>>;
  /** The token. */
  readonly token: ApiToken;
  /** The file; with `nodeEndpoints`, that of the first node. */
  readonly environmentFile: EnvironmentFile;
  /** With `nodeEndpoints`: the files by node, that of the first one among them. */
  readonly nodeFiles: Readonly<Record<string, EnvironmentFile>>;
}

/** Inputs of {@link TerraformUser}. */
export interface TerraformUserArgs {
  /**
   * Where the API is, as the file tells it: `https://192.168.3.5:8006`. Or write `nodeEndpoints`.
   *
   * - Default: not set
   * - Change: live, the file is written again
   */
  readonly endpoint?: pulumi.Input<string>;
  /**
   * The same by node, in place of `endpoint` and `path`: each node gets a file of its own, `proxmox-` and its name, and
   * `proxmox-` and `clusterName` is a symbolic link to that of the first one.
   *
   * - Default: one file
   * - Change: makes, replaces or deletes exactly the files of the nodes that come or go
   */
  readonly nodeEndpoints?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * The user, of the realm `pve`, or of the realm `pam` where it also signs in to nodes by SSH.
   *
   * - Default: `terraform@pve`
   * - Change: replace
   */
  readonly userId?: string;
  /**
   * Nodes on which a user of the realm `pam` gets its Linux account, with sudo for `pvesm`, `qm` and snippets.
   *
   * - Default: none; the realm `pam` needs at least one, and `pve` takes none
   * - Change: makes or deletes exactly the accounts of the nodes that come or go
   */
  readonly nodes?: readonly string[];
  /**
   * Public keys by which the Linux account signs in.
   *
   * - Default: left as they are
   * - Change: live
   */
  readonly authorizedKeys?: readonly pulumi.Input<string>[];
  /**
   * What the role allows.
   *
   * - Default: `presets.terraform`, 24 privileges
   * - Change: live
   */
  readonly privileges?: readonly string[];
  /**
   * Name of the role.
   *
   * - Default: `TerraformUser`
   * - Change: replace
   */
  readonly roleId?: string;
  /**
   * Name of the group.
   *
   * - Default: `terraform-users`
   * - Change: replace
   */
  readonly groupId?: string;
  /**
   * Name of the token, after the `!`.
   *
   * - Default: `token`
   * - Change: replace
   */
  readonly tokenId?: string;
  /**
   * Where user and token get the role: `/pool/web`, `/storage/local`.
   *
   * - Default: `/`, everywhere
   * - Change: makes or deletes exactly the entries of the paths that come or go
   */
  readonly paths?: readonly string[];
  /**
   * The environment file on the machine that runs Pulumi.
   *
   * - Default: `~/tmp/.proxmox-terraform/proxmox-` and `clusterName`, or the resource's name without that
   * - Change: replace
   */
  readonly path?: pulumi.Input<string>;
  /**
   * Names of the variables in the file.
   *
   * - Default: `virgo`
   * - Change: live
   */
  readonly format?: "virgo" | "proxspray";
  /**
   * The cluster's name, for the file.
   *
   * - Default: not set; the format `proxspray` needs it
   * - Change: live; replace where the path follows from it
   */
  readonly clusterName?: string;
  /**
   * Changes the arguments of a part.
   *
   * - Default: none
   * - Change: that of the part
   */
  readonly transform?: TerraformUserTransforms;
}

/**
 * A user for Terraform: a role with 24 privileges, a group that has it, a user without a password in that group, an API
 * token with separated privileges and the same role, and the environment file that hands the token on. It is never an
 * Administrator. A user of the realm `pam` gets a Linux account on each of `nodes` as well, with few rules for sudo; without
 * `nodes` it is refused.
 *
 * ```ts
 * const terraform = new TerraformUser("terraform", { endpoint: "https://192.168.3.5:8006", clusterName: "matrix" });
 * export const file = terraform.file;
 * ```
 * then `source ~/tmp/.proxmox-terraform/proxmox-matrix`.
 */
export class TerraformUser extends Component {
  /** The user, with its realm. */
  readonly userId: pulumi.Output<string>;
  /** Id of the token, `user@realm!name`. */
  readonly tokenId: pulumi.Output<string>;
  /** The token's value, a UUID; a secret. */
  readonly tokenValue: pulumi.Output<string>;
  /** Absolute path of the environment file; with `nodeEndpoints`, of the first node's. */
  readonly file: pulumi.Output<string>;
  /** Its parts, each a resource of its own. */
  readonly parts: TerraformUserParts;

  constructor(name: string, args: TerraformUserArgs, opts?: pulumi.ComponentResourceOptions) {
    const { transform = {}, paths = ["/"], clusterName, format } = args;
    const wanted: UserArgs = { userId: args.userId ?? "terraform@pve", comment: "Terraform" };
    const wrong = (field: string, problem: string) => mistake(`TerraformUser "${name}": ${field}: ${problem}`);
    if (paths.length === 0) throw wrong("paths", 'write at least one path, or leave it out for "/"');
    const twice = paths.find((one, i) => paths.indexOf(one) !== i);
    if (twice !== undefined) throw wrong("paths", `${twice} is there twice`);
    // The parts are worked out before anything is registered: a mistake leaves none of them.
    const roleArgs = changed(transform.role, {
      roleId: args.roleId ?? "TerraformUser",
      privileges: [...(args.privileges ?? presets.terraform)],
    });
    const userArgs = changed(transform.user, wanted);
    const files = filesOf(name, args, wrong);
    const account = accountOf(userArgs.userId, args, wrong);
    refuseAdministrator(roleArgs.roleId, (problem) => wrong("roleId", problem));
    for (const path of paths)
      refuseAdministrator(changed<AclArgs>(transform.acl, { path, role: "" }).role, (problem) =>
        wrong("transform.acl", problem),
      );
    const tried = changed<ApiTokenArgs>(transform.token, { user: "", rights: [] });
    for (const role of rolesIn(tried.rights)) refuseAdministrator(role, (problem) => wrong("transform.token", problem));
    super("proxmox:index:TerraformUser", name, {}, opts);
    const child = { parent: this, dependsOn: dependencies(opts) };

    const role = new Role(name, roleArgs, child);
    const group = new Group(
      name,
      changed(transform.group, { groupId: args.groupId ?? "terraform-users", comment: "Terraform" }),
      child,
    );
    const packages: Record<string, SystemPackage> = {};
    const systemUsers: Record<string, SystemUser> = {};
    for (const node of args.nodes ?? []) {
      const sudo = new SystemPackage(
        `${name}:${node}`,
        changed<SystemPackageArgs>(transform.systemPackage, { node, packages: ["sudo"] }),
        child,
      );
      const accountArgs: SystemUserArgs = {
        ...{ node, name: account, comment: "Terraform", sudoRules: [...terraformSudoRules] },
        ...(args.authorizedKeys === undefined ? {} : { authorizedKeys: [...args.authorizedKeys] }),
      };
      packages[node] = sudo;
      systemUsers[node] = new SystemUser(`${name}:${node}`, changed(transform.systemUser, accountArgs), {
        ...child,
        dependsOn: [...child.dependsOn, sudo],
      });
    }
    const accounts = Object.values(systemUsers);
    const user = new User(
      name,
      { groups: [group.groupId], ...userArgs },
      { ...child, dependsOn: [...child.dependsOn, ...accounts] },
    );
    const acl = Object.fromEntries(
      paths.map((path) => {
        const entry = changed<AclArgs>(transform.acl, { path, role: role.roleId, group: group.groupId });
        return [path, new Acl(`${name}:${path}`, entry, child)];
      }),
    );
    const tokenArgs = changed<ApiTokenArgs>(transform.token, {
      user: user.userId,
      tokenId: args.tokenId ?? "token",
      rights: paths.map((path) => ({ path, role: role.roleId })),
    });
    // A token has no more than its user: whose rights go last, and come first.
    const token = new ApiToken(name, tokenArgs, {
      ...child,
      dependsOn: [...child.dependsOn, ...Object.values(acl)],
    });
    const fileOf = (of: FileOf, called: string) =>
      new EnvironmentFile(
        called,
        changed<EnvironmentFileArgs>(transform.environmentFile, {
          path: of.path,
          ...(of.link === undefined ? {} : { link: of.link }),
          endpoint: of.endpoint,
          tokenId: token.fullTokenId,
          tokenValue: token.value,
          ...(format === undefined ? {} : { format }),
          ...(format === "proxspray" && clusterName !== undefined ? { clusterName } : {}),
        }),
        child,
      );
    const file = fileOf(files.first, name);
    const nodeFiles = Object.fromEntries([
      ...(files.first.node === "" ? [] : [[files.first.node, file] as const]),
      ...files.others.map((each) => [each.node, fileOf(each, `${name}:${each.node}`)] as const),
    ]);
    this.userId = user.userId;
    this.tokenId = token.fullTokenId;
    this.tokenValue = pulumi.secret(token.value);
    this.file = file.file;
    this.parts = { role, group, user, systemUsers, packages, acl, token, environmentFile: file, nodeFiles };
    const { userId, tokenId, tokenValue } = this;
    this.registerOutputs({ userId, tokenId, tokenValue, file: this.file });
  }
}

const changed = <Args extends object>(transform: ((args: Args) => Args) | undefined, args: Args): Args =>
  transform ? transform(args) : args;

interface FileOf {
  readonly node: string;
  readonly path: pulumi.Input<string>;
  readonly link?: string;
  readonly endpoint: pulumi.Input<string>;
}

/** The environment files, that with the resource's own name first. */
function filesOf(
  name: string,
  { endpoint, nodeEndpoints, path, clusterName = name }: TerraformUserArgs,
  wrong: (field: string, problem: string) => Error,
): { readonly first: FileOf; readonly others: readonly FileOf[] } {
  const folder = "~/tmp/.proxmox-terraform";
  if (nodeEndpoints === undefined) {
    if (endpoint === undefined) throw wrong("endpoint", "write where the API is, or nodeEndpoints");
    return { first: { node: "", path: path ?? `${folder}/proxmox-${clusterName}`, endpoint }, others: [] };
  }
  if (endpoint !== undefined) throw wrong("endpoint", "nodeEndpoints say it for each node; leave one of them out");
  if (path !== undefined) throw wrong("path", "with nodeEndpoints each node has a file of its own; leave it out");
  const nodes = Object.entries(nodeEndpoints);
  const bad = nodes.find(([node]) => !/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(node));
  if (bad) throw wrong(`nodeEndpoints.${bad[0]}`, "write the name of a node");
  const fileOf = ([node, at]: (typeof nodes)[number]): FileOf => ({
    ...{ node, path: `${folder}/proxmox-${node}`, endpoint: at },
  });
  const [first, ...others] = nodes;
  if (!first) throw wrong("nodeEndpoints", "write at least one node");
  const link = first[0] === clusterName ? {} : { link: `proxmox-${clusterName}` };
  return { first: { ...fileOf(first), ...link }, others: others.map(fileOf) };
}

/** The user's name without its realm, which is that of its Linux accounts; throws where realm and nodes do not fit. */
function accountOf(
  userId: pulumi.Input<string> | undefined,
  { nodes = [], authorizedKeys }: TerraformUserArgs,
  wrong: (field: string, problem: string) => Error,
): string {
  if (typeof userId !== "string")
    throw wrong("userId", "write it as plain text: its realm is checked before anything is made");
  const [, name = "", realm] = /^([^@]+)@(pam|pve)$/.exec(userId) ?? [];
  const twice = nodes.find((one, i) => nodes.indexOf(one) !== i);
  if (twice !== undefined) throw wrong("nodes", `${twice} is there twice`);
  if (realm === "pam") {
    if (nodes.length === 0)
      throw wrong("nodes", `a user of the realm pam has a Linux account: name the nodes, or write ${name}@pve`);
    if (name === "root") throw wrong("userId", "Terraform is never root; write another user");
    return name;
  }
  if (realm !== "pve") throw wrong("userId", "write a user of the realm pve or pam, such as terraform@pve");
  if (nodes.length > 0) throw wrong("nodes", `only a user of the realm pam has Linux accounts; write ${name}@pam`);
  if (authorizedKeys !== undefined)
    throw wrong("authorizedKeys", `only a user of the realm pam signs in by SSH; write ${name}@pam`);
  return name;
}

function refuseAdministrator(role: pulumi.Input<string> | undefined, wrong: (problem: string) => Error): void {
  if (role === "Administrator")
    throw wrong("Terraform is never given the role Administrator; write privileges that it needs");
}

/** The roles of rights that are written down; what only the engine knows is not looked into. */
const rolesIn = (rights: unknown): pulumi.Input<string>[] =>
  Array.isArray(rights) ? rights.map((right) => (right as { role: pulumi.Input<string> }).role) : [];
