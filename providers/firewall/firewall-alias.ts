import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { FirewallAliasArgs, FirewallAliasPlaceArgs } from "./arguments.generated";

/**
 * An alias: a name for an address or a network, for the rules of the whole cluster or of one guest. One that rules or
 * IP sets name is not deleted: Proxmox would pass over those rules from then on.
 *
 * ```ts
 * const lan = new FirewallAlias("lan", { place: { datacenter: true }, cidr: "10.0.0.0/24" });
 * ```
 */
export class FirewallAlias extends ProxmoxResource {
  /** Whose rules may name it. */
  declare readonly place: pulumi.Output<FirewallAliasPlaceArgs>;
  /** Its name; what `source` and `destination` of a rule take. */
  declare readonly alias: pulumi.Output<string>;

  /** An existing alias by its place and name (`datacenter/lan`, `guest/100/peer`), only read and never changed. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): FirewallAlias {
    return new FirewallAlias(name, {} as FirewallAliasArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: FirewallAliasArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "FirewallAlias", outputs: ["place", "alias"], oldGoesFirst: true, marked: true, beside: "kind:Firewall" },
      name,
      args,
      opts,
    );
  }
}
