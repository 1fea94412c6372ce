import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SdnVnetArgs } from "./arguments.generated";

/**
 * A vnet of SDN: a network that guests are on, and a bridge of its name on each node of its zone. It is applied together
 * with all other changes of SDN; see {@link SdnZone}. A deletion is refused while guests have devices on it, with their
 * names.
 *
 * ```ts
 * const vnet = new SdnVnet("web", { zone: "lab" });
 * new Vm("web-1", { networks: [{ bridge: vnet.vnetId }], source: { clone: { template: "debian-12" } } });
 * ```
 */
export class SdnVnet extends ProxmoxResource {
  /** Name of the vnet and of its bridge; what `bridge` of a guest's network takes. */
  declare readonly vnetId: pulumi.Output<string>;
  /** Name of the zone that it is in. */
  declare readonly zone: pulumi.Output<string>;

  /** An existing vnet by its name, only read and never changed. */
  static get(name: string, vnetId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): SdnVnet {
    return new SdnVnet(name, {} as SdnVnetArgs, { ...opts, id: pulumi.output(vnetId) });
  }

  constructor(name: string, args: SdnVnetArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "SdnVnet", outputs: ["vnetId", "zone"], oldGoesFirst: true, marked: true, beside: "kind:Sdn" },
      name,
      args,
      opts,
    );
  }
}
