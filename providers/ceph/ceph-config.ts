import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephConfigArgs } from "./arguments.generated";

/**
 * Ceph's configuration, which a cluster has once: `init` with the networks. Where Ceph is initialised already as
 * described it is taken over; where its values differ that is an error, for a second `init` would overwrite the networks
 * that monitors and OSDs work in. Deleting the resource leaves the configuration.
 *
 * ```ts
 * const ceph = new CephConfig("ceph", { node: "echo", publicNetwork: "10.10.5.0/24", clusterNetwork: "10.10.7.0/24" });
 * ```
 */
export class CephConfig extends ProxmoxResource {
  /** Identity of the Ceph cluster. */
  declare readonly fsid: pulumi.Output<string>;
  /** Node on which it was initialised. */
  declare readonly node: pulumi.Output<string>;

  /** The configuration as a node of the cluster has it, only read and never changed. */
  static get(name: string, node: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephConfig {
    return new CephConfig(name, {} as CephConfigArgs, { ...opts, id: pulumi.output(node) });
  }

  constructor(name: string, args: CephConfigArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephConfig", outputs: ["fsid", "node"] }, name, args, opts);
  }
}
