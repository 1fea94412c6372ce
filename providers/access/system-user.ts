import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SystemUserArgs } from "./arguments.generated";

export type { SystemUserArgs };

/**
 * A Linux account of a node, or of a guest: shell, groups, keys for SSH and sudo rules. It goes over SSH, for Proxmox's API has none of
 * it. sudo's rules are proved by `visudo -cf` on the node before they take the place of the old ones at once, in
 * `/etc/sudoers.d/<name>` with mode 0440. root and accounts of the system (numbers below 1000) are refused. An account that
 * is there already is an error, unless `adopt` is set. What is left out stays as it is.
 *
 * Deleting the resource deletes the account, its keys and its sudo rules. The home directory stays, unless `removeHome` is
 * set. While processes of the account run nothing is deleted; the error names them.
 *
 * ```ts
 * new SystemUser("bob", {
 *   node: "echo",
 *   comment: "System Administrator",
 *   groups: ["sudo"],
 *   authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy bob@admin"],
 *   sudoRules: ["/usr/sbin/pvesm", "/usr/sbin/qm list"],
 * });
 * ```
 */
export class SystemUser extends ProxmoxResource {
  /** Name of the node, if it is an account of one. */
  declare readonly node: pulumi.Output<string | undefined>;
  /** Name of the guest by which the config knows it, if it is an account of such a one. */
  declare readonly guest: pulumi.Output<string | undefined>;
  /** VMID of the VM, if it is an account of such a one. */
  declare readonly vmid: pulumi.Output<number | undefined>;
  /** Name of the account. */
  declare readonly name: pulumi.Output<string>;
  /** Its number. */
  declare readonly uid: pulumi.Output<number>;
  /** Its home directory. */
  declare readonly home: pulumi.Output<string>;

  /** An account as it is, by `node/name`, `guest:name/name` or `vm:100/name`, only read and never changed. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): SystemUser {
    return new SystemUser(name, {}, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: SystemUserArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        ...{ kind: "SystemUser", outputs: ["node", "guest", "vmid", "name", "uid", "home"], marked: true },
        sensitive: ["ssh.privateKey"],
      },
      name,
      args,
      opts,
    );
  }
}
