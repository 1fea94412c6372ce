import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SdnSubnetArgs } from "./arguments.generated";

/**
 * A subnet of a vnet: its addresses, gateway, DHCP ranges and the way out. It is applied together with all other changes
 * of SDN; see {@link SdnZone}. The built-in IPAM knows the subnet and its gateway as soon as they are staged, and a
 * deletion is refused while it has addresses of guests.
 *
 * ```ts
 * new SdnSubnet("web", {
 *   vnet: "web", cidr: "10.80.0.0/24", gateway: "10.80.0.1", snat: true,
 *   dhcpRanges: [{ start: "10.80.0.100", end: "10.80.0.199" }],
 * });
 * ```
 */
export class SdnSubnet extends ProxmoxResource {
  /** Name of the vnet. */
  declare readonly vnet: pulumi.Output<string>;
  /** Network with the length of its prefix. */
  declare readonly cidr: pulumi.Output<string>;
  /** Address that is the gateway of guests. */
  declare readonly gateway: pulumi.Output<string | undefined>;

  /** One that is there, only read and never changed; `id`: vnet and network, such as `web/10.80.0.0/24`. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): SdnSubnet {
    return new SdnSubnet(name, {} as SdnSubnetArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: SdnSubnetArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "SdnSubnet", outputs: ["vnet", "cidr", "gateway"], oldGoesFirst: true, marked: true, beside: "kind:Sdn" },
      name,
      args,
      opts,
    );
  }
}
