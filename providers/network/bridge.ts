import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { BridgeArgs } from "./arguments.generated";

/**
 * A Linux bridge of a node: what guests plug their network devices into. All changes of a node's network in one `up`
 * are applied by one reload of it, and put back by the node itself unless it was found in order from outside; see
 * docs/networks.md. The installer's `vmbr0` is taken over with `adopt: true`.
 *
 * A deletion is refused while guests use the bridge, and for the one by which the node is reached.
 *
 * ```ts
 * new Bridge("foxtrot-vmbr0", {
 *   node: "foxtrot", name: "vmbr0", adopt: true, ports: ["enp4s0"],
 *   address: "192.168.3.5/24", gateway: "192.168.3.1", vlanAware: true, vlanIds: [9],
 * });
 * ```
 */
export class Bridge extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Name of the interface, for what stands on it. */
  declare readonly name: pulumi.Output<string>;
  /** Interfaces that it joins. */
  declare readonly ports: pulumi.Output<string[] | undefined>;
  /** Whether guests may choose a VLAN. */
  declare readonly vlanAware: pulumi.Output<boolean | undefined>;
  /** VLANs that pass. */
  declare readonly vlanIds: pulumi.Output<(number | string)[] | undefined>;
  /** IPv4 address with the length of its network's prefix. */
  declare readonly address: pulumi.Output<string | undefined>;
  /** IPv6 address with the length of its network's prefix. */
  declare readonly address6: pulumi.Output<string | undefined>;

  /** One that is there, only read and never changed; `id`: node and name, such as `foxtrot/vmbr0`. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Bridge {
    return new Bridge(name, {} as BridgeArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: BridgeArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Bridge",
        outputs: ["node", "name", "ports", "vlanAware", "vlanIds", "address", "address6"],
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
