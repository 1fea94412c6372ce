import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { NetworkPortArgs } from "./arguments.generated";

/**
 * Settings of a card that a node has: its MTU, a comment, an address. It is neither made nor removed; a deletion takes back
 * what was set.
 *
 * ```ts
 * new NetworkPort("foxtrot-10g", { node: "foxtrot", name: "enp5s0f0np0", mtu: 9000 });
 * ```
 */
export class NetworkPort extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Name of the interface, for what stands on it. */
  declare readonly name: pulumi.Output<string>;
  /** IPv4 address with the length of its network's prefix. */
  declare readonly address: pulumi.Output<string | undefined>;
  /** IPv6 address with the length of its network's prefix. */
  declare readonly address6: pulumi.Output<string | undefined>;

  /** One that is there, only read and never changed; `id`: node and name, such as `foxtrot/eno1`. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): NetworkPort {
    return new NetworkPort(name, {} as NetworkPortArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: NetworkPortArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "NetworkPort",
        outputs: ["node", "name", "address", "address6"],
        oldGoesFirst: true,
        marked: true,
        beside: "node",
      },
      name,
      args,
      opts,
    );
  }
}
