import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SdnDnsArgs } from "./arguments.generated";

/**
 * A DNS server of SDN: where guests are registered. Proxmox asks the server before it writes anything down, and changes
 * are in effect at once. A deletion is refused while a zone uses it, and takes nothing away on the server.
 *
 * ```ts
 * new SdnDns("powerdns", {
 *   type: "powerdns", url: "https://dns.lab:8081/api/v1/servers/localhost", apiKey: secret("POWERDNS_KEY"),
 * });
 * ```
 */
export class SdnDns extends ProxmoxResource {
  /** Name of the DNS server; what `dnsServer` of a zone takes. */
  declare readonly dnsId: pulumi.Output<string>;

  /** An existing DNS server by its name, only read and never changed. */
  static get(name: string, dnsId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): SdnDns {
    return new SdnDns(name, {} as SdnDnsArgs, { ...opts, id: pulumi.output(dnsId) });
  }

  constructor(name: string, args: SdnDnsArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "SdnDns", oldGoesFirst: true, outputs: ["dnsId"], sensitive: ["apiKey"], beside: "kind:Sdn" },
      name,
      args,
      opts,
    );
  }
}
