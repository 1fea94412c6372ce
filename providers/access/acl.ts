import type * as pulumi from "@pulumi/pulumi";
import { ProxmoxResource } from "../kernel/program/resource";
import type { AclArgs } from "./arguments.generated";

export type { AclArgs };

/**
 * One entry of the access control list: a role, given to a user, a group or a token on a path. A role on a deeper path
 * takes the place of those on the paths above it. Other entries are left alone. The last entry of whom the stack works
 * as is not taken away: nobody would be left who could put it back.
 *
 * ```ts
 * new Acl("auditors", { path: "/", role: "PVEAuditor", group: "auditors" });
 * new Acl("bob", { path: "/vms/100", role: "PVEVMUser", user: "bob@pve", propagate: false });
 * ```
 *
 * Needs `Permissions.Modify` on the path.
 */
export class Acl extends ProxmoxResource {
  /** Where the role is given. */
  declare readonly path: pulumi.Output<string>;
  /** What is given. */
  declare readonly role: pulumi.Output<string>;
  /** Who gets it: a user, a group or a token. */
  declare readonly subject: pulumi.Output<string>;

  constructor(name: string, args: AclArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "Acl", outputs: ["subjectType", "subject"] }, name, args, opts);
  }
}
