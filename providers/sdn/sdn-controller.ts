import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SdnControllerArgs } from "./arguments.generated";

/**
 * A controller of SDN: what exchanges routes between nodes (EVPN) or with routers outside (BGP, IS-IS). It takes the
 * package `frr-pythontools` on the nodes. It is applied together with all other changes of SDN; see {@link SdnZone}. A
 * deletion is refused while a zone uses it.
 *
 * ```ts
 * new SdnController("fabric", { type: "evpn", asn: 65000, peers: ["10.11.0.11", "10.11.0.12", "10.11.0.13"] });
 * new SdnZone("tenants", { type: "evpn", controller: "fabric", vrfVxlan: 1000 });
 * ```
 */
export class SdnController extends ProxmoxResource {
  /** Name of the controller; what `controller` of a zone takes. */
  declare readonly controllerId: pulumi.Output<string>;

  /** An existing controller by its name, only read and never changed. */
  static get(name: string, controllerId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): SdnController {
    return new SdnController(name, {} as SdnControllerArgs, { ...opts, id: pulumi.output(controllerId) });
  }

  constructor(name: string, args: SdnControllerArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "SdnController", outputs: ["controllerId"], oldGoesFirst: true, marked: true, beside: "kind:Sdn" },
      name,
      args,
      opts,
    );
  }
}
