import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { FirewallIpSetArgs, FirewallIpSetPlaceArgs } from "./arguments.generated";

/**
 * A set of addresses under a name, for the rules of the whole cluster or of one guest; `management` is the set of those
 * who may reach the nodes. What is in it is owned as a whole. One that rules name, or with entries of others in it, is not
 * deleted.
 *
 * ```ts
 * new FirewallIpSet("management", { place: { datacenter: true }, entries: [{ cidr: "10.0.0.0/24" }] });
 * ```
 */
export class FirewallIpSet extends ProxmoxResource {
  /** Whose rules may name it. */
  declare readonly place: pulumi.Output<FirewallIpSetPlaceArgs>;
  /** Its name; rules name it with a + before it. */
  declare readonly ipSet: pulumi.Output<string>;

  /** An existing set by its place and name (`datacenter/management`, `guest/100/ipfilter-net0`), only read and never changed. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): FirewallIpSet {
    return new FirewallIpSet(name, {} as FirewallIpSetArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: FirewallIpSetArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "FirewallIpSet", outputs: ["place", "ipSet"], oldGoesFirst: true, marked: true, beside: "kind:Firewall" },
      name,
      args,
      opts,
    );
  }
}
