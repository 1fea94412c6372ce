import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephOptionsArgs } from "./arguments.generated";

/**
 * Options of Ceph's daemons, by section, in the database that the monitors keep: so it needs a monitor, other than
 * `CephConfig`. What is set is read back: an option that ceph.conf overrides, or that the daemons take back, is an error.
 * Deleting the resource gives its options Ceph's own values.
 *
 * ```ts
 * new CephOptions("ceph", { node: "echo", options: { osd: { osd_memory_target: "6G" } } });
 * ```
 */
export class CephOptions extends ProxmoxResource {
  /** The Ceph that they belong to. */
  declare readonly fsid: pulumi.Output<string>;

  /** The Ceph whose options a node tells, only read and never changed. */
  static get(name: string, node: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephOptions {
    return new CephOptions(name, {} as CephOptionsArgs, { ...opts, id: pulumi.output(node) });
  }

  constructor(name: string, args: CephOptionsArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephOptions", outputs: ["fsid"] }, name, args, opts);
  }
}
