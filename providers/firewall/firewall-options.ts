import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { FirewallOptionsArgs, FirewallOptionsPlaceArgs } from "./arguments.generated";

/**
 * Options of Proxmox's firewall: of the datacenter, where `enable` is the switch of all, of a node, a guest or a vnet.
 * Only the options that are written here are managed; a deletion takes back exactly those.
 * See docs/firewall.md for the order in which to switch it on.
 *
 * ```ts
 * new FirewallOptions("web-1", { place: { guest: 100 }, enable: true, policyIn: "DROP", logLevelIn: "info" });
 * ```
 */
export class FirewallOptions extends ProxmoxResource {
  /** Whose options they are. */
  declare readonly place: pulumi.Output<FirewallOptionsPlaceArgs>;

  /** The options of a place as they are (`datacenter`, `node/NAME`, `guest/VMID`, `vnet/NAME`), only read and never changed. */
  static get(name: string, place: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): FirewallOptions {
    return new FirewallOptions(name, {} as FirewallOptionsArgs, { ...opts, id: pulumi.output(place) });
  }

  constructor(name: string, args: FirewallOptionsArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "FirewallOptions", outputs: ["place"], oldGoesFirst: true, marked: true, beside: "kind:Firewall" },
      name,
      args,
      opts,
    );
  }
}
