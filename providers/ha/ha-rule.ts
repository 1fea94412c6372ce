import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { HaRuleArgs } from "./arguments.generated";

/**
 * A rule of Proxmox VE 9's high availability: on which nodes guests run (`node-affinity`), or which run on one node or apart
 * (`resource-affinity`). HA moves guests that run to heed it: the preview says which, and they need `allowMoves`. Rules that
 * contradict each other are refused in the preview. The groups of earlier releases are gone in Proxmox VE 9.
 *
 * ```ts
 * new HaRule("spread", { type: "resource-affinity", affinity: "negative", resources: ["vm:100", "vm:101"] });
 * ```
 */
export class HaRule extends ProxmoxResource {
  /** Name of the rule. */
  declare readonly rule: pulumi.Output<string>;
  /** What it says: where, or with whom. */
  declare readonly type: pulumi.Output<string>;
  /** What it is about. */
  declare readonly resources: pulumi.Output<string[]>;

  /** An existing rule by its name, only read and never changed. */
  static get(name: string, rule: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): HaRule {
    return new HaRule(name, {} as HaRuleArgs, { ...opts, id: pulumi.output(rule) });
  }

  constructor(name: string, args: HaRuleArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "HaRule", outputs: ["rule", "type"], oldGoesFirst: true }, name, args, opts);
  }
}
