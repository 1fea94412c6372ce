import * as pulumi from "../providers/kernel/program/sdk";
import { Component } from "../providers/kernel/program/component";
import { mistake } from "../providers/kernel/program/mistake";
import type { SdnSubnetArgs, SdnVnetArgs, SdnZoneArgs } from "../providers/sdn/arguments.generated";
import { SdnSubnet } from "../providers/sdn/sdn-subnet";
import { SdnVnet } from "../providers/sdn/sdn-vnet";
import { SdnZone } from "../providers/sdn/sdn-zone";
import { child, dependencies, type Transform } from "./child";

/** A network of guests: a vnet with one subnet. */
export interface DhcpNatNetwork {
  /**
   * The network with the length of its prefix, as plain text: `10.80.0.0/24`.
   *
   * - Change: replaces the subnet, the old one first; refused while guests have addresses in it
   */
  readonly cidr: string;
  /**
   * Address that is the gateway of guests; each node of the zone has it.
   *
   * - Default: the first address of the network
   * - Change: reload
   */
  readonly gateway?: pulumi.Input<string>;
  /**
   * Addresses that DHCP gives out. What is outside is free for fixed ones: `cloudInit.addresses` of a Vm.
   *
   * - Default: the upper half of the network; IPv6, and networks smaller than /29, have to write it
   * - Change: reload
   */
  readonly dhcpRanges?: SdnSubnetArgs["dhcpRanges"];
  /**
   * Name server that DHCP tells guests.
   *
   * - Default: what Proxmox's DHCP server tells by itself
   * - Change: reload
   */
  readonly dhcpDnsServer?: pulumi.Input<string>;
  /**
   * Guests reach other networks under the address of their node.
   *
   * - Default: `true`
   * - Change: reload
   */
  readonly snat?: pulumi.Input<boolean>;
  /**
   * Shown beside the vnet's name.
   *
   * - Default: none
   * - Change: reload
   */
  readonly alias?: pulumi.Input<string>;
  /**
   * Guests on it do not reach each other.
   *
   * - Default: `false`
   * - Change: reload
   */
  readonly isolatePorts?: pulumi.Input<boolean>;
}

/** Changes of the parts before they are made. */
export interface DhcpNatTransforms {
  /**
   * Of the zone.
   *
   * - Default: as it is
   * - Change: that of the SdnZone
   */
  readonly zone?: Transform<SdnZoneArgs>;
  /**
   * Of vnets.
   *
   * - Default: as they are
   * - Change: that of the SdnVnet
   */
  readonly vnet?: Transform<SdnVnetArgs>;
  /**
   * Of subnets.
   *
   * - Default: as they are
   * - Change: that of the SdnSubnet
   */
  readonly subnet?: Transform<SdnSubnetArgs>;
}

/** Inputs of {@link DhcpNat}. */
export interface DhcpNatArgs<Network extends string = string> {
  /**
   * The networks by the names of their vnets: 2 to 8 letters and digits, a letter first.
   *
   * - Change: makes or deletes exactly those that come or go; with one reload
   */
  readonly networks: Readonly<Record<Network, DhcpNatNetwork>>;
  /**
   * Name of the zone: 2 to 8 letters and digits, a letter first.
   *
   * - Default: the resource's name
   * - Change: replaces all of it, the old one first
   */
  readonly zone?: string;
  /**
   * Nodes that the networks are on. Each has the package `dnsmasq`, whose own service does not run.
   *
   * - Default: all nodes of the cluster
   * - Change: reload
   */
  readonly nodes?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * MTU of the networks, in bytes.
   *
   * - Default: 1500
   * - Change: reload
   */
  readonly mtu?: pulumi.Input<number>;
  /**
   * Changes parts before they are made.
   *
   * - Default: none
   * - Change: that of the part
   */
  readonly transform?: DhcpNatTransforms;
}

/**
 * Networks of guests with DHCP and a way out: a simple zone of SDN whose addresses are kept in Proxmox's own IPAM, and for
 * each network a vnet and a subnet with a gateway, a range and SNAT. All of it comes with one reload. Guests get leases from
 * the range; a fixed address outside of it (`cloudInit.addresses` of a Vm) is reserved for its guest. Networks of a
 * simple zone end at the node: guests on different nodes reach each other only through what routes between the nodes.
 *
 * ```ts
 * const dnsmasq = ["pve1", "pve2"].map((node) => new SystemPackage(`dnsmasq-${node}`, { node, packages: ["dnsmasq"] }));
 * const lab = new DhcpNat("lab", { networks: { web: { cidr: "10.80.0.0/24" } } }, { dependsOn: dnsmasq });
 * const leased = new Vm("web-1", {
 *   source: { clone: { template: "debian-12" } },
 *   networks: [{ bridge: lab.bridges.web }],
 *   cloudInit: { addresses: [{ address: "dhcp" }] },
 * });
 * const fixed = new Vm("web-2", {
 *   source: { clone: { template: "debian-12" } },
 *   networks: [{ bridge: lab.bridges.web }],
 *   cloudInit: { addresses: [{ address: "10.80.0.50/24", gateway: "10.80.0.1" }] },
 * });
 * export const addresses = [leased.ips, fixed.ips];
 * ```
 */
export class DhcpNat<Network extends string = string> extends Component {
  /** The zone. */
  readonly zone: SdnZone;
  /** The vnets by name. */
  readonly vnets: Readonly<Record<Network, SdnVnet>>;
  /** The subnets, by the names of their vnets. */
  readonly subnets: Readonly<Record<Network, SdnSubnet>>;
  /**
   * What `bridge` of a guest's network takes, by the names of the networks. A guest that has it waits until there is DHCP, and
   * is gone before its network.
   */
  readonly bridges: Readonly<Record<Network, pulumi.Output<string>>>;

  constructor(name: string, args: DhcpNatArgs<Network>, opts?: pulumi.ComponentResourceOptions) {
    const planned = plan(name, args);
    super("proxmox:index:DhcpNat", name, {}, opts);
    const { transform = {}, nodes, mtu } = args;
    const options = { parent: this, dependsOn: dependencies(opts) };
    const zone = {
      ...{ zoneId: planned.zone, type: "simple", ipam: "pve", dhcp: "dnsmasq" },
      ...(nodes === undefined ? {} : { nodes }),
      ...(mtu === undefined ? {} : { mtu }),
    };
    this.zone = child(SdnZone, planned.zone, zone, options, transform.zone);
    const made = planned.networks.map(({ name: network, vnet, subnet }) => ({
      network,
      // By their names, not by outputs: so that zone, vnets and subnets come with one reload.
      vnet: child(SdnVnet, network, vnet, options, transform.vnet),
      subnet: child(SdnSubnet, network, subnet, options, transform.subnet),
    }));
    const byName = <T>(of: (one: (typeof made)[number]) => T) =>
      Object.fromEntries(made.map((one) => [one.network, of(one)])) as Record<Network, T>;
    this.vnets = byName(({ vnet }) => vnet);
    this.subnets = byName(({ subnet }) => subnet);
    this.bridges = byName(({ vnet, subnet }) => pulumi.all([vnet.vnetId, subnet.cidr]).apply(([vnetId]) => vnetId));
    this.registerOutputs({ bridges: this.bridges });
  }
}

function plan(name: string, { zone = name, networks }: DhcpNatArgs) {
  // Loaded here: programs without components have no use for it.
  const { planNetworks } = require("./dhcp-nat.plan") as typeof import("./dhcp-nat.plan");
  const { refusal } = require("./node-layers.plan") as typeof import("./node-layers.plan");
  const problems: string[] = [];
  const planned = { zone, networks: planNetworks(zone, networks, problems) };
  const refused = refusal("DhcpNat", name, problems);
  if (refused !== undefined) throw mistake(refused);
  return planned;
}
