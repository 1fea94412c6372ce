import * as pulumi from "../providers/kernel/program/sdk";
import { Component } from "../providers/kernel/program/component";
import type {
  BondArgs,
  BridgeArgs,
  NetworkPortArgs,
  OvsBondArgs,
  OvsBridgeArgs,
  OvsPortArgs,
  VlanArgs,
} from "../providers/network/arguments.generated";
import { Bond } from "../providers/network/bond";
import { Bridge } from "../providers/network/bridge";
import { NetworkPort } from "../providers/network/network-port";
import { OvsBond } from "../providers/network/ovs-bond";
import { OvsBridge } from "../providers/network/ovs-bridge";
import { OvsPort } from "../providers/network/ovs-port";
import { Vlan } from "../providers/network/vlan";
import { mistake } from "../providers/kernel/program/mistake";
import { child, dependencies, type Transform } from "./child";
import type { PlannedInterface } from "./cluster-network.plan";
import type { ByNode } from "./host-base";
import type { NodeVariables } from "./node-variables.plan";

/** An interface on all nodes, or what is different on one of them. */
type Interface<Args> = Partial<Omit<Args, "node" | "name">> & {
  /**
   * After a change, the node must reach the same interface of the nodes before it in the list: these are its `peers`.
   *
   * - Default: `peers`, if written
   * - Change: live
   */
  readonly probeOthers?: boolean;
};

type Interfaces<Args> = Readonly<Record<string, Interface<Args> | null>>;

/** Interfaces by their names. Texts may hold `{{name}}`, and the variables of the node. `null` takes one away. */
export interface NetworkSettings {
  /**
   * Cards.
   *
   * - Default: as they are
   * - Change: that of each NetworkPort
   */
  readonly ports?: Interfaces<NetworkPortArgs>;
  /**
   * Bonds.
   *
   * - Default: none
   * - Change: that of each Bond
   */
  readonly bonds?: Interfaces<BondArgs>;
  /**
   * Bridges; the installer's `vmbr0` with `adopt: true` in the stack.
   *
   * - Default: none
   * - Change: that of each Bridge
   */
  readonly bridges?: Interfaces<BridgeArgs>;
  /**
   * VLANs.
   *
   * - Default: none
   * - Change: that of each Vlan
   */
  readonly vlans?: Interfaces<VlanArgs>;
  /**
   * Bridges of Open vSwitch.
   *
   * - Default: none
   * - Change: that of each OvsBridge
   */
  readonly ovsBridges?: Interfaces<OvsBridgeArgs>;
  /**
   * Bonds of Open vSwitch.
   *
   * - Default: none
   * - Change: that of each OvsBond
   */
  readonly ovsBonds?: Interfaces<OvsBondArgs>;
  /**
   * Ports of Open vSwitch.
   *
   * - Default: none
   * - Change: that of each OvsPort
   */
  readonly ovsPorts?: Interfaces<OvsPortArgs>;
}

/** A node with what is different on it. */
export interface NetworkNode {
  /**
   * What `{{…}}` stands for on it: `{ hostOctet: 5 }`. `{{name}}` is its name.
   *
   * - Default: none but `name`
   * - Change: that of the values that hold them
   */
  readonly variables?: NodeVariables;
  /**
   * Its own interfaces, or what is different of those of all nodes.
   *
   * - Default: as the others
   * - Change: that of each interface
   */
  readonly network?: NetworkSettings;
}

/** Changes of interfaces; `name` is that of the resource, `golf-vmbr0`. */
export interface NetworkTransforms {
  /**
   * Of cards.
   *
   * - Default: as they are
   * - Change: that of the NetworkPort
   */
  readonly port?: Transform<NetworkPortArgs>;
  /**
   * Of bonds.
   *
   * - Default: as they are
   * - Change: that of the Bond
   */
  readonly bond?: Transform<BondArgs>;
  /**
   * Of bridges.
   *
   * - Default: as they are
   * - Change: that of the Bridge
   */
  readonly bridge?: Transform<BridgeArgs>;
  /**
   * Of VLANs.
   *
   * - Default: as they are
   * - Change: that of the Vlan
   */
  readonly vlan?: Transform<VlanArgs>;
  /**
   * Of bridges of Open vSwitch.
   *
   * - Default: as they are
   * - Change: that of the OvsBridge
   */
  readonly ovsBridge?: Transform<OvsBridgeArgs>;
  /**
   * Of bonds of Open vSwitch.
   *
   * - Default: as they are
   * - Change: that of the OvsBond
   */
  readonly ovsBond?: Transform<OvsBondArgs>;
  /**
   * Of ports of Open vSwitch.
   *
   * - Default: as they are
   * - Change: that of the OvsPort
   */
  readonly ovsPort?: Transform<OvsPortArgs>;
}

/** Inputs of {@link ClusterNetwork}. */
export interface ClusterNetworkArgs {
  /**
   * The nodes by their names, in the order in which their networks are changed, each with what is different there.
   *
   * - Change: makes or deletes exactly the interfaces of the nodes that come or go
   */
  readonly nodes: Readonly<Record<string, NetworkNode>>;
  /**
   * The interfaces of all nodes.
   *
   * - Default: nothing but what the nodes say
   * - Change: that of each interface
   */
  readonly network?: NetworkSettings;
  /**
   * What several stacks have in common; `network` and the nodes win over it. Safety switches are refused here.
   *
   * - Default: not set
   * - Change: that of each interface
   */
  readonly shared?: NetworkSettings;
  /**
   * All interfaces are there already, and are taken over.
   *
   * - Default: `false`: those without an `adopt` of their own are made
   * - Change: none, it is read when a resource is created
   */
  readonly adopt?: boolean;
  /**
   * Addresses and networks that something else lives on, such as corosync: interfaces that carry them stay on the node when
   * their resources go, with all that they stand on. So does what has a gateway.
   *
   * - Default: what has a gateway
   * - Change: none, on the nodes
   */
  readonly keep?: readonly string[];
  /**
   * What each node's interfaces wait for, such as its packages.
   *
   * - Default: `dependsOn` alone
   * - Change: none
   */
  readonly after?: ByNode;
  /**
   * Changes interfaces before they are made.
   *
   * - Default: none
   * - Change: that of the interface
   */
  readonly transform?: NetworkTransforms;
}

/** The interfaces of one node, by their names. */
export interface NetworkChildren {
  /** Cards. */
  readonly ports: Readonly<Record<string, NetworkPort>>;
  /** Bonds. */
  readonly bonds: Readonly<Record<string, Bond>>;
  /** Bridges. */
  readonly bridges: Readonly<Record<string, Bridge>>;
  /** VLANs. */
  readonly vlans: Readonly<Record<string, Vlan>>;
  /** Bridges of Open vSwitch. */
  readonly ovsBridges: Readonly<Record<string, OvsBridge>>;
  /** Bonds of Open vSwitch. */
  readonly ovsBonds: Readonly<Record<string, OvsBond>>;
  /** Ports of Open vSwitch. */
  readonly ovsPorts: Readonly<Record<string, OvsPort>>;
}

/**
 * The networks of nodes, members of a cluster or not: the same interfaces on all of them, with each node's own addresses
 * by variables. One node after the other is changed, each by one reload. What is said for one node wins over what is said
 * for all, and that over what several stacks share.
 *
 * ```ts
 * const network = new ClusterNetwork("matrix", {
 *   nodes: { foxtrot: { variables: { hostOctet: 5 } }, golf: { variables: { hostOctet: 6 } } },
 *   network: {
 *     ports: { enp5s0f0np0: { mtu: 9000 } },
 *     bridges: {
 *       vmbr0: { adopt: true, ports: ["enp4s0"], address: "192.168.3.{{hostOctet}}/24", gateway: "192.168.3.1" },
 *       vmbr1: { ports: ["enp5s0f0np0"], address: "192.168.5.{{hostOctet}}/24", mtu: 9000, probeOthers: true, jumbo: true },
 *     },
 *   },
 * });
 * export const storage = network.nodes["golf"]?.bridges["vmbr1"]?.address;
 * ```
 */
export class ClusterNetwork extends Component {
  /** The interfaces by node. */
  readonly nodes: Readonly<Record<string, NetworkChildren>>;
  /** The same as a list of each node, for `dependsOn`. */
  readonly interfaces: ByNode;

  constructor(name: string, args: ClusterNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const planned = plan(name, args);
    super("proxmox:index:ClusterNetwork", name, {}, opts);
    const { transform = {}, after = {} } = args;
    const nodes: Record<string, NetworkChildren> = {};
    const interfaces: Record<string, readonly pulumi.Resource[]> = {};
    let previous: readonly pulumi.Resource[] = [];
    for (const [node, own] of Object.entries(planned)) {
      const dependsOn = [...dependencies(opts), ...(after[node] ?? []), ...previous];
      const of = <Args extends object, Made extends pulumi.Resource>(
        wanted: PlannedInterface["kind"],
        kind: new (name: string, args: Args, opts: pulumi.CustomResourceOptions) => Made,
        change: Transform<Args> | undefined,
      ): Record<string, Made> =>
        Object.fromEntries(
          own
            .filter((one) => one.kind === wanted)
            .map((one) => {
              const options = { parent: this, dependsOn, ...(one.keep ? { retainOnDelete: true } : {}) };
              return [one.name, child(kind, one.resource, one.args, options, change)];
            }),
        );
      nodes[node] = {
        ports: of("ports", NetworkPort, transform.port),
        bonds: of("bonds", Bond, transform.bond),
        bridges: of("bridges", Bridge, transform.bridge),
        vlans: of("vlans", Vlan, transform.vlan),
        ovsBridges: of("ovsBridges", OvsBridge, transform.ovsBridge),
        ovsBonds: of("ovsBonds", OvsBond, transform.ovsBond),
        ovsPorts: of("ovsPorts", OvsPort, transform.ovsPort),
      };
      const made = Object.values(nodes[node]).flatMap((kind: object) => Object.values(kind) as pulumi.Resource[]);
      interfaces[node] = made;
      if (made.length > 0) previous = made;
    }
    this.nodes = nodes;
    this.interfaces = interfaces;
    this.registerOutputs({});
  }
}

function plan(name: string, { nodes, shared, network, adopt, keep }: ClusterNetworkArgs) {
  // Loaded here: programs without components have no use for it.
  const { planNetworks } = require("./cluster-network.plan") as typeof import("./cluster-network.plan");
  const { refusal } = require("./node-layers.plan") as typeof import("./node-layers.plan");
  const problems: string[] = [];
  const described = nodes as Parameters<typeof planNetworks>[0]["nodes"];
  const planned = planNetworks({ nodes: described, shared, stack: network, adopt, keep }, problems);
  const refused = refusal("ClusterNetwork", name, problems);
  if (refused !== undefined) throw mistake(refused);
  return planned;
}
