import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephMonitorArgs } from "./arguments.generated";

/**
 * The monitor of a node. Monitors are made one after the other, and each is in the quorum before its resource is done; the
 * first one brings the manager of its node. A monitor that the node has is taken over. The last monitor is never removed,
 * and none without which the others would have no quorum.
 *
 * ```ts
 * const ceph = new CephConfig("ceph", { node: "echo", publicNetwork: "10.10.5.0/24" });
 * const first = new CephMonitor("echo", { node: "echo" }, { dependsOn: ceph });
 * ```
 */
export class CephMonitor extends ProxmoxResource {
  /** Name of the node, and of its monitor. */
  declare readonly node: pulumi.Output<string>;
  /** Address of the monitor. */
  declare readonly address: pulumi.Output<string | undefined>;
  /** Whether it is in the quorum. */
  declare readonly inQuorum: pulumi.Output<boolean>;

  /** The monitor of a node, only read and never changed. */
  static get(name: string, node: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephMonitor {
    return new CephMonitor(name, {} as CephMonitorArgs, { ...opts, id: pulumi.output(node) });
  }

  constructor(name: string, args: CephMonitorArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephMonitor", outputs: ["node", "address", "inQuorum"] }, name, args, opts);
  }
}
