import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephManagerArgs } from "./arguments.generated";

/**
 * The manager of a node. The one that came with the first monitor, and any other that the node has, is taken over. The
 * last manager that runs is never removed: without one Ceph tells neither usage nor what is safe to remove.
 *
 * ```ts
 * const monitor = new CephMonitor("echo", { node: "echo" });
 * new CephManager("echo", { node: "echo" }, { dependsOn: monitor });
 * ```
 */
export class CephManager extends ProxmoxResource {
  /** Name of the node, and of its manager. */
  declare readonly node: pulumi.Output<string>;
  /** `active`, `standby` or `stopped`. */
  declare readonly state: pulumi.Output<string>;

  /** The manager of a node, only read and never changed. */
  static get(name: string, node: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephManager {
    return new CephManager(name, {} as CephManagerArgs, { ...opts, id: pulumi.output(node) });
  }

  constructor(name: string, args: CephManagerArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephManager", outputs: ["node", "state"] }, name, args, opts);
  }
}
