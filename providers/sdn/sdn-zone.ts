import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SdnZoneArgs } from "./arguments.generated";

/**
 * A zone of SDN: a kind of networks for guests, of which vnets are made. All zones, vnets, subnets and controllers that
 * change in one `up` are staged under Proxmox's lock and applied once; then each node is asked for what it really has.
 * Where a node lacks something, everything is put back as it was, and the error says which node lacks what. A change that
 * somebody else has staged is shown, and neither applied nor thrown away.
 *
 * ```ts
 * const zone = new SdnZone("lab", { type: "simple", ipam: "pve", dhcp: "dnsmasq" });
 * const vnet = new SdnVnet("web", { zone: "lab" });
 * const subnet = new SdnSubnet("web", {
 *   vnet: "web", cidr: "10.80.0.0/24", gateway: "10.80.0.1", snat: true,
 *   dhcpRanges: [{ start: "10.80.0.100", end: "10.80.0.199" }],
 * });
 * ```
 *
 * Written by their names, as here, they come together; `zone: zone.zoneId` would wait for the zone to be applied first. A
 * deletion is refused while vnets are in the zone.
 */
export class SdnZone extends ProxmoxResource {
  /** Name of the zone; what `zone` of a vnet takes. */
  declare readonly zoneId: pulumi.Output<string>;

  /** An existing zone by its name, only read and never changed. */
  static get(name: string, zoneId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): SdnZone {
    return new SdnZone(name, {} as SdnZoneArgs, { ...opts, id: pulumi.output(zoneId) });
  }

  constructor(name: string, args: SdnZoneArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "SdnZone", outputs: ["zoneId"], oldGoesFirst: true, marked: true, beside: "kind:Sdn" },
      name,
      args,
      opts,
    );
  }
}
