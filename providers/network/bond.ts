import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { BondArgs } from "./arguments.generated";

/**
 * Several cards of a node as one, for what stands on it: a bridge, a VLAN. Changed and deleted as a `Bridge` is.
 *
 * ```ts
 * new Bond("foxtrot-bond0", { node: "foxtrot", name: "bond0", ports: ["eno1", "eno2"], mode: "802.3ad", hashPolicy: "layer3+4" });
 * ```
 */
export class Bond extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Name of the interface, for what stands on it. */
  declare readonly name: pulumi.Output<string>;
  /** Interfaces that it joins. */
  declare readonly ports: pulumi.Output<string[]>;
  /** How frames are spread over the cards. */
  declare readonly mode: pulumi.Output<string | undefined>;
  /** IPv4 address with the length of its network's prefix. */
  declare readonly address: pulumi.Output<string | undefined>;
  /** IPv6 address with the length of its network's prefix. */
  declare readonly address6: pulumi.Output<string | undefined>;

  /** One that is there, only read and never changed; `id`: node and name, such as `foxtrot/bond0`. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Bond {
    return new Bond(name, {} as BondArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: BondArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Bond",
        outputs: ["node", "name", "ports", "mode", "address", "address6"],
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
