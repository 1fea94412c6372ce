import * as pulumi from "@pulumi/pulumi";
import { Acl, type AclArgs } from "../providers/access/acl";
import { ApiToken, type ApiTokenArgs } from "../providers/access/api-token";
import { EnvironmentFile, type EnvironmentFileArgs } from "../providers/access/environment-file";
import { Group, type GroupArgs } from "../providers/access/group";
import { Role, type RoleArgs } from "../providers/access/role";
import { User, type UserArgs } from "../providers/access/user";
import { mistake } from "../providers/kernel/program/mistake";

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

/** Inputs of {@link TerraformUser}. */
export interface TerraformUserArgs {
  /**
   * Where the API is, as the file tells it: `https://192.168.3.5:8006`.
   *
   * - Change: live, the file is written again
   */
  readonly endpoint: pulumi.Input<string>;
  /**
   * The user, of the realm `pve`.
   *
   * - Default: `terraform@pve`
   * - Change: replace
   */
  readonly userId?: string;
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

/** What the role allows; `VM.Monitor` is what the version of Proxmox VE calls it. */
const privileges = [
  ...["Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.AllocateTemplate", "Datastore.Audit"],
  ...["Pool.Allocate", "Sys.Audit", "Sys.Console", "Sys.Modify", "SDN.Use"],
  ...["VM.Allocate", "VM.Audit", "VM.Clone", "VM.Config.CDROM", "VM.Config.Cloudinit", "VM.Config.CPU"],
  ...["VM.Config.Disk", "VM.Config.HWType", "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options"],
  ...["VM.Migrate", "VM.Monitor", "VM.PowerMgmt", "User.Modify"],
];

/**
 * A user for Terraform: a role with 24 privileges, a group that has it, a user without a password in that group, an API
 * token with separated privileges and the same role, and the environment file that hands the token on. It is never an
 * Administrator.
 *
 * ```ts
 * const terraform = new TerraformUser("terraform", { endpoint: "https://192.168.3.5:8006", clusterName: "matrix" });
 * export const file = terraform.file;
 * ```
 * then `source ~/tmp/.proxmox-terraform/proxmox-matrix`.
 */
export class TerraformUser extends pulumi.ComponentResource {
  /** The user, with its realm. */
  readonly userId: pulumi.Output<string>;
  /** Id of the token, `user@realm!name`. */
  readonly tokenId: pulumi.Output<string>;
  /** The token's value, a UUID; a secret. */
  readonly tokenValue: pulumi.Output<string>;
  /** Absolute path of the environment file. */
  readonly file: pulumi.Output<string>;

  constructor(name: string, args: TerraformUserArgs, opts?: pulumi.ComponentResourceOptions) {
    const { transform = {}, paths = ["/"], clusterName, format } = args;
    const wanted: UserArgs = { userId: args.userId ?? "terraform@pve", comment: "Terraform" };
    const wrong = (field: string, problem: string) => mistake(`TerraformUser "${name}": ${field}: ${problem}`);
    if (paths.length === 0) throw wrong("paths", 'write at least one path, or leave it out for "/"');
    const twice = paths.find((one, i) => paths.indexOf(one) !== i);
    if (twice !== undefined) throw wrong("paths", `${twice} is there twice`);
    // The parts are worked out before anything is registered: a mistake leaves none of them.
    const roleArgs = changed(transform.role, { roleId: args.roleId ?? "TerraformUser", privileges });
    const userArgs = changed(transform.user, wanted);
    refuseRealm(userArgs.userId, (problem) => wrong("userId", problem));
    refuseAdministrator(roleArgs.roleId, (problem) => wrong("roleId", problem));
    for (const path of paths)
      refuseAdministrator(changed<AclArgs>(transform.acl, { path, role: "" }).role, (problem) =>
        wrong("transform.acl", problem),
      );
    const tried = changed<ApiTokenArgs>(transform.token, { user: "", rights: [] });
    for (const role of rolesIn(tried.rights)) refuseAdministrator(role, (problem) => wrong("transform.token", problem));
    super("proxmox:index:TerraformUser", name, {}, opts);
    const child = { parent: this };

    const role = new Role(name, roleArgs, child);
    const group = new Group(
      name,
      changed(transform.group, { groupId: args.groupId ?? "terraform-users", comment: "Terraform" }),
      child,
    );
    const user = new User(name, { groups: [group.groupId], ...userArgs }, child);
    const entries = paths.map(
      (path) =>
        new Acl(
          `${name}:${path}`,
          changed<AclArgs>(transform.acl, { path, role: role.roleId, group: group.groupId }),
          child,
        ),
    );
    const tokenArgs = changed<ApiTokenArgs>(transform.token, {
      user: user.userId,
      tokenId: args.tokenId ?? "token",
      rights: paths.map((path) => ({ path, role: role.roleId })),
    });
    // A token has no more than its user: whose rights go last, and come first.
    const token = new ApiToken(name, tokenArgs, { ...child, dependsOn: entries });
    const file = new EnvironmentFile(
      name,
      changed<EnvironmentFileArgs>(transform.environmentFile, {
        path: args.path ?? `~/tmp/.proxmox-terraform/proxmox-${clusterName ?? name}`,
        endpoint: args.endpoint,
        tokenId: token.fullTokenId,
        tokenValue: token.value,
        ...(format === undefined ? {} : { format }),
        ...(format === "proxspray" && clusterName !== undefined ? { clusterName } : {}),
      }),
      child,
    );
    this.userId = user.userId;
    this.tokenId = token.fullTokenId;
    this.tokenValue = pulumi.secret(token.value);
    this.file = file.file;
    const { userId, tokenId, tokenValue } = this;
    this.registerOutputs({ userId, tokenId, tokenValue, file: this.file });
  }
}

const changed = <Args extends object>(transform: ((args: Args) => Args) | undefined, args: Args): Args =>
  transform ? transform(args) : args;

function refuseRealm(userId: pulumi.Input<string> | undefined, wrong: (problem: string) => Error): void {
  if (typeof userId !== "string") throw wrong("write it as plain text: its realm is checked before anything is made");
  if (userId.endsWith("@pam"))
    throw wrong(
      "a user of the realm pam needs a Linux account on every node, which this library does not make yet; write " +
        `${userId.slice(0, -"@pam".length)}@pve`,
    );
  if (!/[^@]@pve$/.test(userId)) throw wrong("write a user of the realm pve, such as terraform@pve");
}

function refuseAdministrator(role: pulumi.Input<string> | undefined, wrong: (problem: string) => Error): void {
  if (role === "Administrator")
    throw wrong("Terraform is never given the role Administrator; write privileges that it needs");
}

/** The roles of rights that are written down; what only the engine knows is not looked into. */
const rolesIn = (rights: unknown): pulumi.Input<string>[] =>
  Array.isArray(rights) ? rights.map((right) => (right as { role: pulumi.Input<string> }).role) : [];
