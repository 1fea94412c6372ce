import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { OvsBridgeArgs } from "./arguments.generated";

/**
 * A bridge of Open vSwitch, whose package `openvswitch-switch` the node must have. Its bonds and ports name it themselves.
 *
 * ```ts
 * const bridge = new OvsBridge("foxtrot-vmbr1", { node: "foxtrot", name: "vmbr1", ports: ["eno2"] });
 * ```
 */
export class OvsBridge extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Name of the interface, for what stands on it. */
  declare readonly name: pulumi.Output<string>;
  /** Interfaces that it joins. */
  declare readonly ports: pulumi.Output<string[] | undefined>;
  /** IPv4 address with the length of its network's prefix. */
  declare readonly address: pulumi.Output<string | undefined>;
  /** IPv6 address with the length of its network's prefix. */
  declare readonly address6: pulumi.Output<string | undefined>;

  /** One that is there, only read and never changed; `id`: node and name, such as `foxtrot/vmbr0`. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): OvsBridge {
    return new OvsBridge(name, {} as OvsBridgeArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: OvsBridgeArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "OvsBridge",
        outputs: ["node", "name", "ports", "address", "address6"],
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
