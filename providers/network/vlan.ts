import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { VlanArgs } from "./arguments.generated";

/**
 * A node's own place in a VLAN: an interface whose frames are tagged on another one. Guests need none; they have `vlan`.
 *
 * ```ts
 * new Vlan("foxtrot-vlan9", { node: "foxtrot", name: "vlan9", parent: "vmbr0", vlanId: 9, address: "192.168.8.5/24" });
 * ```
 */
export class Vlan extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Name of the interface, for what stands on it. */
  declare readonly name: pulumi.Output<string>;
  /** Interface that carries its frames. */
  declare readonly parent: pulumi.Output<string>;
  /** The VLAN's id. */
  declare readonly vlanId: pulumi.Output<number>;
  /** IPv4 address with the length of its network's prefix. */
  declare readonly address: pulumi.Output<string | undefined>;
  /** IPv6 address with the length of its network's prefix. */
  declare readonly address6: pulumi.Output<string | undefined>;

  /** One that is there, only read and never changed; `id`: node and name, such as `foxtrot/vlan9`. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Vlan {
    return new Vlan(name, {} as VlanArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: VlanArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Vlan",
        outputs: ["node", "name", "parent", "vlanId", "address", "address6"],
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
