// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";

/**
 * Arguments of a {@link SdnController}; `type` tells which others there are.
 */
export type SdnControllerArgs =
  | SdnControllerEvpnArgs
  | SdnControllerBgpArgs
  | SdnControllerIsisArgs;

/** Part of the arguments of a SdnController. */
export interface SdnControllerTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a SdnController. */
export interface SdnControllerEvpnArgs {
  /**
   * Exchanges addresses of EVPN zones between all nodes; a cluster has one. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "evpn";
  /**
   * Name of the controller. 2 to 64 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `controller`
   */
  controllerId?: pulumi.Input<string> | undefined;
  /**
   * Take over the controller of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnControllerTimeoutsArgs> | undefined;
  /**
   * Number of the autonomous system.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `asn`
   */
  asn: pulumi.Input<number>;
  /**
   * Addresses of all nodes; else a `fabric`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `peers`
   */
  peers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Name of the SDN fabric that connects the nodes.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `fabric`
   */
  fabric?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a SdnController. */
export interface SdnControllerBgpArgs {
  /**
   * Speaks BGP with routers outside, on one node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "bgp";
  /**
   * Name of the controller. 2 to 64 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `controller`
   */
  controllerId?: pulumi.Input<string> | undefined;
  /**
   * Take over the controller of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnControllerTimeoutsArgs> | undefined;
  /**
   * Name of the node that it is for.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `node`
   */
  node: pulumi.Input<string>;
  /**
   * Number of the autonomous system.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `asn`
   */
  asn: pulumi.Input<number>;
  /**
   * Interface whose address names the router.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `loopback`
   */
  loopback?: pulumi.Input<string> | undefined;
  /**
   * Addresses of the routers.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `peers`
   */
  peers: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The routers are of another autonomous system.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ebgp`
   */
  ebgp?: pulumi.Input<boolean> | undefined;
  /**
   * So many hops to them.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ebgp-multihop`
   */
  ebgpMultihop?: pulumi.Input<number> | undefined;
  /**
   * Use several ways of the same length through other autonomous systems.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bgp-multipath-as-path-relax`
   */
  multipathAsPathRelax?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a SdnController. */
export interface SdnControllerIsisArgs {
  /**
   * Speaks IS-IS with routers outside, on one node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "isis";
  /**
   * Name of the controller. 2 to 64 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `controller`
   */
  controllerId?: pulumi.Input<string> | undefined;
  /**
   * Take over the controller of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnControllerTimeoutsArgs> | undefined;
  /**
   * Name of the node that it is for.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `node`
   */
  node: pulumi.Input<string>;
  /**
   * Interface whose address names the router.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `loopback`
   */
  loopback?: pulumi.Input<string> | undefined;
  /**
   * Name of the IS-IS domain.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `isis-domain`
   */
  domain: pulumi.Input<string>;
  /**
   * Network entity title, such as `49.0001.1921.6800.1002.00`.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `isis-net`
   */
  net: pulumi.Input<string>;
  /**
   * Interfaces that speak IS-IS.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `isis-ifaces`
   */
  interfaces: pulumi.Input<pulumi.Input<string>[]>;
}

/** Arguments of a SdnDns. */
export interface SdnDnsArgs {
  /**
   * Name of the DNS server. 2 to 64 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `dns`
   */
  dnsId?: pulumi.Input<string> | undefined;
  /**
   * A PowerDNS server. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "powerdns";
  /**
   * URL of its API.
   *
   * - Change: live
   * - Proxmox: `url`
   */
  url: pulumi.Input<string>;
  /**
   * Key for its API.
   *
   * - Change: live
   * - Proxmox: `key`
   */
  apiKey: pulumi.Input<string | SecretReference>;
  /**
   * Time to live of the records, in seconds.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `ttl`
   */
  ttl?: pulumi.Input<number> | undefined;
  /**
   * Length of the prefix in names of reverse zones for IPv6.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `reversemaskv6`
   */
  reverseMaskV6?: pulumi.Input<number> | undefined;
  /**
   * SHA-256 fingerprint of its certificate, where no known authority has signed it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `fingerprint`
   */
  fingerprint?: pulumi.Input<string> | undefined;
  /**
   * Take over the DNS server of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnDnsTimeoutsArgs> | undefined;
}

/** Part of the arguments of a SdnDns. */
export interface SdnDnsTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/**
 * Arguments of a {@link SdnIpam}; `type` tells which others there are.
 */
export type SdnIpamArgs =
  | SdnIpamPveArgs
  | SdnIpamNetboxArgs
  | SdnIpamPhpipamArgs;

/** Part of the arguments of a SdnIpam. */
export interface SdnIpamTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a SdnIpam. */
export interface SdnIpamPveArgs {
  /**
   * In the cluster itself, as the one that every cluster has. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "pve";
  /**
   * Name of the IPAM. 2 to 64 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `ipam`
   */
  ipamId?: pulumi.Input<string> | undefined;
  /**
   * Take over the IPAM of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnIpamTimeoutsArgs> | undefined;
}

/** Part of the arguments of a SdnIpam. */
export interface SdnIpamNetboxArgs {
  /**
   * A NetBox server. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "netbox";
  /**
   * Name of the IPAM. 2 to 64 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `ipam`
   */
  ipamId?: pulumi.Input<string> | undefined;
  /**
   * Take over the IPAM of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnIpamTimeoutsArgs> | undefined;
  /**
   * URL of its API.
   *
   * - Change: live
   * - Proxmox: `url`
   */
  url: pulumi.Input<string>;
  /**
   * Token for its API.
   *
   * - Change: live
   * - Proxmox: `token`
   */
  token: pulumi.Input<string | SecretReference>;
  /**
   * SHA-256 fingerprint of its certificate, where no known authority has signed it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `fingerprint`
   */
  fingerprint?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a SdnIpam. */
export interface SdnIpamPhpipamArgs {
  /**
   * A phpIPAM server. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "phpipam";
  /**
   * Name of the IPAM. 2 to 64 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `ipam`
   */
  ipamId?: pulumi.Input<string> | undefined;
  /**
   * Take over the IPAM of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnIpamTimeoutsArgs> | undefined;
  /**
   * URL of its API.
   *
   * - Change: live
   * - Proxmox: `url`
   */
  url: pulumi.Input<string>;
  /**
   * Token for its API.
   *
   * - Change: live
   * - Proxmox: `token`
   */
  token: pulumi.Input<string | SecretReference>;
  /**
   * SHA-256 fingerprint of its certificate, where no known authority has signed it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `fingerprint`
   */
  fingerprint?: pulumi.Input<string> | undefined;
  /**
   * Number of the section.
   *
   * - Change: live
   * - Proxmox: `section`
   */
  section: pulumi.Input<number>;
}

/** Arguments of a SdnSubnet. */
export interface SdnSubnetArgs {
  /**
   * Name of the vnet. A change replaces, the old one first.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `vnet`
   */
  vnet: pulumi.Input<string>;
  /**
   * Network with the length of its prefix, such as `10.80.0.0/24`. A change replaces, the old one first.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `subnet`
   */
  cidr: pulumi.Input<string>;
  /**
   * Address that is the gateway of guests; in simple and EVPN zones each node has it.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway`
   */
  gateway?: pulumi.Input<string> | undefined;
  /**
   * Guests reach other networks under the address of their node; in simple and EVPN zones.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `snat`
   */
  snat?: pulumi.Input<boolean> | undefined;
  /**
   * Addresses that DHCP gives out, in a zone with `dhcp`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dhcp-range`
   */
  dhcpRanges?: pulumi.Input<pulumi.Input<SdnSubnetDhcpRangeArgs>[]> | undefined;
  /**
   * Name server that DHCP tells guests.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dhcp-dns-server`
   */
  dhcpDnsServer?: pulumi.Input<string> | undefined;
  /**
   * Put before the zone's `dnsZone`: `web` makes `guest.web.lab.example`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dnszoneprefix`
   */
  dnsZonePrefix?: pulumi.Input<string> | undefined;
  /**
   * Take over the subnet of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnSubnetTimeoutsArgs> | undefined;
}

/** Part of the arguments of a SdnSubnet. */
export interface SdnSubnetDhcpRangeArgs {
  /**
   * First address.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   */
  start: pulumi.Input<string>;
  /**
   * Last address.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   */
  end: pulumi.Input<string>;
}

/** Part of the arguments of a SdnSubnet. */
export interface SdnSubnetTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a SdnVnet. */
export interface SdnVnetArgs {
  /**
   * Name of the vnet, and of the bridge that it is on each node: what `bridge` of a guest's network takes. 2 to 8
   * letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `vnet`
   */
  vnetId?: pulumi.Input<string> | undefined;
  /**
   * Name of the zone.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `zone`
   */
  zone: pulumi.Input<string>;
  /**
   * VLAN id in a VLAN or QinQ zone (up to 4094), VXLAN id in a VXLAN or EVPN zone; none in a simple one.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `tag`
   */
  tag?: pulumi.Input<number> | undefined;
  /**
   * Shown beside the name.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `alias`
   */
  alias?: pulumi.Input<string> | undefined;
  /**
   * Guests may use VLANs of their own on it; it then has no subnets.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `vlanaware`
   */
  vlanAware?: pulumi.Input<boolean> | undefined;
  /**
   * Guests on it do not reach each other.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `isolate-ports`
   */
  isolatePorts?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the vnet of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnVnetTimeoutsArgs> | undefined;
}

/** Part of the arguments of a SdnVnet. */
export interface SdnVnetTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/**
 * Arguments of a {@link SdnZone}; `type` tells which others there are.
 */
export type SdnZoneArgs =
  | SdnZoneSimpleArgs
  | SdnZoneVlanArgs
  | SdnZoneQinqArgs
  | SdnZoneVxlanArgs
  | SdnZoneEvpnArgs;

/** Part of the arguments of a SdnZone. */
export interface SdnZoneTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"15m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a SdnZone. */
export interface SdnZoneSimpleArgs {
  /**
   * A bridge of its own on each node; nodes are apart unless something routes between them. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "simple";
  /**
   * Name of the zone. 2 to 8 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `zone`
   */
  zoneId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that the zone is on.
   *
   * - Default: all nodes
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * MTU of the vnets, in bytes.
   *
   * - Default: 1500, or of VXLAN 50 less than what is below
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Name of the IPAM that addresses of guests are in; `pve` is the built-in one. Proxmox lets it change only while
   * the zone has no subnets.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ipam`
   */
  ipam?: pulumi.Input<string> | undefined;
  /**
   * Name of the SdnDns in which guests are registered.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dns`
   */
  dnsServer?: pulumi.Input<string> | undefined;
  /**
   * Name of the SdnDns in which addresses of guests are registered.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `reversedns`
   */
  reverseDnsServer?: pulumi.Input<string> | undefined;
  /**
   * DNS zone in which guests are registered, such as `lab.example`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dnszone`
   */
  dnsZone?: pulumi.Input<string> | undefined;
  /**
   * Take over the zone of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnZoneTimeoutsArgs> | undefined;
  /**
   * DHCP server for the vnets, on each node of the zone; it takes the package `dnsmasq` there, and an `ipam`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dhcp`
   */
  dhcp?: pulumi.Input<"dnsmasq"> | undefined;
}

/** Part of the arguments of a SdnZone. */
export interface SdnZoneVlanArgs {
  /**
   * A VLAN of a bridge for each vnet. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "vlan";
  /**
   * Name of the zone. 2 to 8 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `zone`
   */
  zoneId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that the zone is on.
   *
   * - Default: all nodes
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * MTU of the vnets, in bytes.
   *
   * - Default: 1500, or of VXLAN 50 less than what is below
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Name of the IPAM that addresses of guests are in; `pve` is the built-in one. Proxmox lets it change only while
   * the zone has no subnets.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ipam`
   */
  ipam?: pulumi.Input<string> | undefined;
  /**
   * Name of the SdnDns in which guests are registered.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dns`
   */
  dnsServer?: pulumi.Input<string> | undefined;
  /**
   * Name of the SdnDns in which addresses of guests are registered.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `reversedns`
   */
  reverseDnsServer?: pulumi.Input<string> | undefined;
  /**
   * DNS zone in which guests are registered, such as `lab.example`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dnszone`
   */
  dnsZone?: pulumi.Input<string> | undefined;
  /**
   * Take over the zone of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnZoneTimeoutsArgs> | undefined;
  /**
   * Bridge that carries the VLANs, on each node of the zone.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bridge`
   */
  bridge: pulumi.Input<string>;
  /**
   * The bridge learns no addresses; Proxmox writes down those of guests.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bridge-disable-mac-learning`
   */
  disableMacLearning?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a SdnZone. */
export interface SdnZoneQinqArgs {
  /**
   * VLANs within a VLAN of a bridge. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "qinq";
  /**
   * Name of the zone. 2 to 8 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `zone`
   */
  zoneId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that the zone is on.
   *
   * - Default: all nodes
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * MTU of the vnets, in bytes.
   *
   * - Default: 1500, or of VXLAN 50 less than what is below
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Name of the IPAM that addresses of guests are in; `pve` is the built-in one. Proxmox lets it change only while
   * the zone has no subnets.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ipam`
   */
  ipam?: pulumi.Input<string> | undefined;
  /**
   * Name of the SdnDns in which guests are registered.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dns`
   */
  dnsServer?: pulumi.Input<string> | undefined;
  /**
   * Name of the SdnDns in which addresses of guests are registered.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `reversedns`
   */
  reverseDnsServer?: pulumi.Input<string> | undefined;
  /**
   * DNS zone in which guests are registered, such as `lab.example`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dnszone`
   */
  dnsZone?: pulumi.Input<string> | undefined;
  /**
   * Take over the zone of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnZoneTimeoutsArgs> | undefined;
  /**
   * Bridge that carries the VLANs, on each node of the zone.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bridge`
   */
  bridge: pulumi.Input<string>;
  /**
   * The bridge learns no addresses; Proxmox writes down those of guests.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bridge-disable-mac-learning`
   */
  disableMacLearning?: pulumi.Input<boolean> | undefined;
  /**
   * Outer VLAN id.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `tag`
   */
  tag: pulumi.Input<number>;
  /**
   * Protocol of the outer VLAN.
   *
   * - Default: `"802.1q"`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `vlan-protocol`
   */
  vlanProtocol?: pulumi.Input<"802.1q" | "802.1ad"> | undefined;
}

/** Part of the arguments of a SdnZone. */
export interface SdnZoneVxlanArgs {
  /**
   * VXLAN tunnels between the nodes. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "vxlan";
  /**
   * Name of the zone. 2 to 8 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `zone`
   */
  zoneId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that the zone is on.
   *
   * - Default: all nodes
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * MTU of the vnets, in bytes.
   *
   * - Default: 1500, or of VXLAN 50 less than what is below
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Name of the IPAM that addresses of guests are in; `pve` is the built-in one. Proxmox lets it change only while
   * the zone has no subnets.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ipam`
   */
  ipam?: pulumi.Input<string> | undefined;
  /**
   * Name of the SdnDns in which guests are registered.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dns`
   */
  dnsServer?: pulumi.Input<string> | undefined;
  /**
   * Name of the SdnDns in which addresses of guests are registered.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `reversedns`
   */
  reverseDnsServer?: pulumi.Input<string> | undefined;
  /**
   * DNS zone in which guests are registered, such as `lab.example`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dnszone`
   */
  dnsZone?: pulumi.Input<string> | undefined;
  /**
   * Take over the zone of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnZoneTimeoutsArgs> | undefined;
  /**
   * UDP port.
   *
   * - Default: `4789`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `vxlan-port`
   */
  vxlanPort?: pulumi.Input<number> | undefined;
  /**
   * Addresses of all nodes of the zone, by which they reach each other; else a `fabric`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `peers`
   */
  peers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Name of the SDN fabric that connects the nodes.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `fabric`
   */
  fabric?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a SdnZone. */
export interface SdnZoneEvpnArgs {
  /**
   * VXLAN tunnels with addresses exchanged by BGP, and a router of the zone on each node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "evpn";
  /**
   * Name of the zone. 2 to 8 letters and digits, a letter first. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `zone`
   */
  zoneId?: pulumi.Input<string> | undefined;
  /**
   * Nodes that the zone is on.
   *
   * - Default: all nodes
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * MTU of the vnets, in bytes.
   *
   * - Default: 1500, or of VXLAN 50 less than what is below
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Name of the IPAM that addresses of guests are in; `pve` is the built-in one. Proxmox lets it change only while
   * the zone has no subnets.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ipam`
   */
  ipam?: pulumi.Input<string> | undefined;
  /**
   * Name of the SdnDns in which guests are registered.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dns`
   */
  dnsServer?: pulumi.Input<string> | undefined;
  /**
   * Name of the SdnDns in which addresses of guests are registered.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `reversedns`
   */
  reverseDnsServer?: pulumi.Input<string> | undefined;
  /**
   * DNS zone in which guests are registered, such as `lab.example`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `dnszone`
   */
  dnsZone?: pulumi.Input<string> | undefined;
  /**
   * Take over the zone of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<SdnZoneTimeoutsArgs> | undefined;
  /**
   * UDP port.
   *
   * - Default: `4789`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `vxlan-port`
   */
  vxlanPort?: pulumi.Input<number> | undefined;
  /**
   * Name of the EVPN SdnController.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `controller`
   */
  controller: pulumi.Input<string>;
  /**
   * VXLAN id of the zone's router.
   *
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `vrf-vxlan`
   */
  vrfVxlan: pulumi.Input<number>;
  /**
   * MAC address of the gateways.
   *
   * - Default: a random one
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mac`
   */
  mac?: pulumi.Input<string> | undefined;
  /**
   * Nodes that lead out of the zone.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `exitnodes`
   */
  exitNodes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Exit node that is used as long as it is there.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `exitnodes-primary`
   */
  primaryExitNode?: pulumi.Input<string> | undefined;
  /**
   * Exit nodes themselves reach guests of the zone.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `exitnodes-local-routing`
   */
  exitNodesLocalRouting?: pulumi.Input<boolean> | undefined;
  /**
   * Announce whole subnets, for guests that are silent.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `advertise-subnets`
   */
  advertiseSubnets?: pulumi.Input<boolean> | undefined;
  /**
   * Send on ARP and neighbour discovery, which nodes else answer themselves.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `disable-arp-nd-suppression`
   */
  disableArpNdSuppression?: pulumi.Input<boolean> | undefined;
  /**
   * The bridge learns no addresses; Proxmox writes down those of guests.
   *
   * - Default: `false`
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bridge-disable-mac-learning`
   */
  disableMacLearning?: pulumi.Input<boolean> | undefined;
  /**
   * Route targets that the zone takes in, such as `65000:100`.
   *
   * - Default: not set
   * - Change: reload, of the networks of all nodes (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `rt-import`
   */
  routeTargetImport?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}
