import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { OvsBondArgs } from "./arguments.generated";

/**
 * Several cards of a node as one port of an `OvsBridge`.
 *
 * ```ts
 * new OvsBond("foxtrot-bond0", { node: "foxtrot", name: "bond0", bridge: "vmbr1", ports: ["eno2", "eno3"], mode: "lacp-balance-tcp" });
 * ```
 */
export class OvsBond extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Name of the interface, for what stands on it. */
  declare readonly name: pulumi.Output<string>;
  /** The bridge that it is a port of. */
  declare readonly bridge: pulumi.Output<string>;
  /** Interfaces that it joins. */
  declare readonly ports: pulumi.Output<string[]>;

  /** One that is there, only read and never changed; `id`: node and name, such as `foxtrot/bond0`. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): OvsBond {
    return new OvsBond(name, {} as OvsBondArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: OvsBondArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "OvsBond",
        outputs: ["node", "name", "bridge", "ports"],
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
