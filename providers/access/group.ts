import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { GroupArgs } from "./arguments.generated";

export type { GroupArgs };

/**
 * A group of users. A user says itself in which groups it is (`groups` of `User`); members that others put there are
 * left alone. A group that still has members is not deleted: the error lists them. With an empty group its entries in
 * the access control list go, as Proxmox does it.
 *
 * ```ts
 * const team = new Group("team", { comment: "who runs the web servers" });
 * new User("bob@pve", { groups: [team.groupId], password: secret("BOB_PASSWORD") });
 * ```
 *
 * Needs `Group.Allocate` on `/access/groups`.
 */
export class Group extends ProxmoxResource {
  /** Name of the group; what `groups` of a `User` and `group` of an `Acl` take. */
  declare readonly groupId: pulumi.Output<string>;
  /** Shown beside the name. */
  declare readonly comment: pulumi.Output<string | undefined>;

  /** An existing group by its name, only read and never changed. */
  static get(name: string, groupId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Group {
    return new Group(name, {}, { ...opts, id: pulumi.output(groupId) });
  }

  constructor(name: string, args: GroupArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "Group", outputs: ["groupId"] }, name, args, opts);
  }
}
