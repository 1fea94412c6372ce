import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { OvsPortArgs } from "./arguments.generated";

/**
 * A node's own port of an `OvsBridge`, with an address, in a VLAN if it has a tag (Proxmox: OVSIntPort).
 *
 * ```ts
 * new OvsPort("foxtrot-storage", { node: "foxtrot", name: "storage", bridge: "vmbr1", vlanTag: 20, address: "10.0.20.5/24" });
 * ```
 */
export class OvsPort extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Name of the interface, for what stands on it. */
  declare readonly name: pulumi.Output<string>;
  /** The bridge that it is a port of. */
  declare readonly bridge: pulumi.Output<string>;
  /** VLAN of its untagged frames. */
  declare readonly vlanTag: pulumi.Output<number | undefined>;
  /** IPv4 address with the length of its network's prefix. */
  declare readonly address: pulumi.Output<string | undefined>;
  /** IPv6 address with the length of its network's prefix. */
  declare readonly address6: pulumi.Output<string | undefined>;

  /** One that is there, only read and never changed; `id`: node and name, such as `foxtrot/storage`. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): OvsPort {
    return new OvsPort(name, {} as OvsPortArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: OvsPortArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "OvsPort",
        outputs: ["node", "name", "bridge", "vlanTag", "address", "address6"],
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
