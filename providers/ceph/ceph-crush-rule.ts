import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephCrushRuleArgs } from "./arguments.generated";

/**
 * A rule by which Ceph places the copies of pools. Pools of copies take it by `crushRule`. A rule that is there as
 * described is taken over; one that is there otherwise is refused, for Ceph would leave it as it is. Deleting the resource
 * deletes the rule, unless a pool uses it.
 *
 * ```ts
 * const nvme = new CephCrushRule("nvme", { node: "echo", deviceClass: "nvme" });
 * new CephPool("vm_ssd", { node: "echo", crushRule: nvme.name, pgNum: 128 });
 * ```
 */
export class CephCrushRule extends ProxmoxResource {
  /** Name of the rule; what `crushRule` of a pool takes. */
  declare readonly name: pulumi.Output<string>;
  /** The Ceph that it belongs to. */
  declare readonly fsid: pulumi.Output<string>;

  /** A rule by its name, as in `echo/replicated_rule` with the node that is asked; only read and never changed. */
  static get(name: string, nodeAndName: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephCrushRule {
    return new CephCrushRule(name, {} as CephCrushRuleArgs, { ...opts, id: pulumi.output(nodeAndName) });
  }

  constructor(name: string, args: CephCrushRuleArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephCrushRule", outputs: ["name", "fsid"] }, name, args, opts);
  }
}
