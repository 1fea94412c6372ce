import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { RoleArgs } from "./arguments.generated";

export type { RoleArgs };

/**
 * A role: privileges under a name, which an `Acl` gives to somebody on a path. A change of its privileges takes effect
 * at once for all who have it. The roles that Proxmox brings with it are never changed. A role that is still given
 * somewhere is not deleted: the error lists the entries.
 *
 * ```ts
 * const operator = new Role("Operator", { privileges: ["VM.Audit", "VM.PowerMgmt", "VM.Console"] });
 * new Acl("operators", { path: "/pool/web", role: operator.roleId, group: "operators" });
 * ```
 *
 * Needs `Sys.Modify` on `/access`, as all changes of roles do.
 */
export class Role extends ProxmoxResource {
  /** Name of the role; what `role` of an `Acl` takes. */
  declare readonly roleId: pulumi.Output<string>;
  /** What the role allows. */
  declare readonly privileges: pulumi.Output<string[]>;

  /** An existing role by its name, built-in ones too, only read and never changed. */
  static get(name: string, roleId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Role {
    return new Role(name, {} as RoleArgs, { ...opts, id: pulumi.output(roleId) });
  }

  constructor(name: string, args: RoleArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "Role", outputs: ["roleId"] }, name, args, opts);
  }
}
