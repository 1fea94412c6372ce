import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { FirewallRulesArgs, FirewallRulesPlaceArgs, FirewallRulesRuleArgs } from "./arguments.generated";

/**
 * The rules of one place, the first one first: of the datacenter, a node, a guest, a security group or a vnet. The list
 * is owned as a whole: what others have written there is shown before it goes, or stays below these (`foreign: "keep"`).
 * On the way from one list to another no packet meets anything but what the old or the new one says (decision 0035). A
 * deletion takes away these rules, and leaves those of others.
 *
 * ```ts
 * new FirewallRules("datacenter", {
 *   place: { datacenter: true },
 *   rules: [
 *     { direction: "in", action: "ACCEPT", protocol: "tcp", destinationPort: "22,8006", source: "+management" },
 *     { direction: "in", action: "ACCEPT", macro: "Ping" },
 *   ],
 * });
 * ```
 */
export class FirewallRules extends ProxmoxResource {
  /** Whose rules they are. */
  declare readonly place: pulumi.Output<FirewallRulesPlaceArgs>;
  /** The rules, the first one first. */
  declare readonly rules: pulumi.Output<FirewallRulesRuleArgs[]>;

  /** The rules of a place as they are (`datacenter`, `node/NAME`, `guest/VMID`, ...), only read and never changed. */
  static get(name: string, place: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): FirewallRules {
    return new FirewallRules(name, {} as FirewallRulesArgs, { ...opts, id: pulumi.output(place) });
  }

  constructor(name: string, args: FirewallRulesArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "FirewallRules", outputs: ["place", "rules"], oldGoesFirst: true, marked: true, beside: "kind:Firewall" },
      name,
      args,
      opts,
    );
  }
}
