import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { DnsArgs } from "./arguments.generated";

/**
 * How a node looks up names: its name servers and its search domain. A node has these settings in any case: creating the
 * resource takes the place of what is there, which the preview shows, and deleting it leaves them as they are.
 *
 * ```ts
 * new Dns("echo", { node: "echo", servers: ["10.0.0.1", "10.0.0.2"], searchDomain: "example.com" });
 * ```
 */
export class Dns extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Addresses of the name servers, in the order in which they are asked. */
  declare readonly servers: pulumi.Output<string[]>;
  /** Domain in which names without one are looked up. */
  declare readonly searchDomain: pulumi.Output<string | undefined>;

  /** The settings of a node as they are, only read and never changed. */
  static get(name: string, node: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Dns {
    return new Dns(name, {} as DnsArgs, { ...opts, id: pulumi.output(node) });
  }

  constructor(name: string, args: DnsArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "Dns", outputs: ["node", "servers", "searchDomain"] }, name, args, opts);
  }
}
