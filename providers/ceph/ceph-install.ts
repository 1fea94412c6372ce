import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephInstallArgs } from "./arguments.generated";

/**
 * Ceph's packages on a node, by `pveceph install` over SSH. Packages that are there are taken over; another release than
 * the one described is refused, and never upgraded. Deleting the resource leaves the packages, for daemons and data may
 * stand on them.
 *
 * ```ts
 * new CephInstall("echo", { node: "echo", release: "tentacle", repository: "no-subscription" });
 * ```
 */
export class CephInstall extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Version of the packages, such as `20.2.1`. */
  declare readonly version: pulumi.Output<string>;

  /** What is installed on a node, only read and never changed. */
  static get(name: string, node: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephInstall {
    return new CephInstall(name, {} as CephInstallArgs, { ...opts, id: pulumi.output(node) });
  }

  constructor(name: string, args: CephInstallArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephInstall", outputs: ["node", "version"] }, name, args, opts);
  }
}
