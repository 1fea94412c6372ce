import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SdnIpamArgs } from "./arguments.generated";

/**
 * An IPAM of SDN: where addresses of guests are kept. Proxmox asks the server before it writes anything down, and changes
 * are in effect at once. The built-in one, `pve`, is always there. A deletion is refused while a zone uses it, and takes
 * nothing away on the server.
 *
 * ```ts
 * new SdnIpam("netbox", { type: "netbox", url: "https://netbox.lab/api", token: secret("NETBOX_TOKEN") });
 * ```
 */
export class SdnIpam extends ProxmoxResource {
  /** Name of the IPAM; what `ipam` of a zone takes. */
  declare readonly ipamId: pulumi.Output<string>;

  /** An existing IPAM by its name, only read and never changed. */
  static get(name: string, ipamId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): SdnIpam {
    return new SdnIpam(name, {} as SdnIpamArgs, { ...opts, id: pulumi.output(ipamId) });
  }

  constructor(name: string, args: SdnIpamArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "SdnIpam", oldGoesFirst: true, outputs: ["ipamId"], sensitive: ["token"], beside: "kind:Sdn" },
      name,
      args,
      opts,
    );
  }
}
