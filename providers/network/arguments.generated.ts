// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a Bridge. */
export interface BridgeArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Name of the bridge, such as `vmbr1`. At most 15 characters. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `iface`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Interfaces that it joins: cards, bonds, VLANs. Without any it is a network within the node.
   *
   * - Default: none
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bridge_ports`
   */
  ports?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * IPv4 address with the length of its network's prefix, such as `10.0.0.5/24`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr`
   */
  address?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv4, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway`
   */
  gateway?: pulumi.Input<string> | undefined;
  /**
   * IPv6 address with the length of its network's prefix, such as `fd00::5/64`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr6`
   */
  address6?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv6, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway6`
   */
  gateway6?: pulumi.Input<string> | undefined;
  /**
   * Largest packet in bytes. Not above that of what the interface stands on: its ports, or a VLAN's parent.
   *
   * - Default: what it stands on has; 1500 for a card
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Comment in the node's /etc/network/interfaces, which the web interface shows; of one or several lines.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `comments`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Let guests choose a VLAN by their device's `vlan`, on any of `vlanIds`.
   *
   * - Default: `false`
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bridge_vlan_aware`
   */
  vlanAware?: pulumi.Input<boolean> | undefined;
  /**
   * VLANs that pass a VLAN-aware bridge: ids, and ranges such as `100-200`.
   *
   * - Default: `["2-4094"]`
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bridge_vids`
   */
  vlanIds?: pulumi.Input<pulumi.Input<number | string>[]> | undefined;
  /**
   * Bring it up when the node starts, and with each reload.
   *
   * - Default: `true`
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `autostart`
   */
  autostart?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the bridge of this name, which must exist, such as the installer's. Only read when the resource is
   * created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Its addresses stay within the node: another node of the program may have the same.
   *
   * - Default: `false`
   * - Change: live
   */
  nodeLocal?: pulumi.Input<boolean> | undefined;
  /**
   * Addresses that the node must be able to ping over the interface after a change: of the other nodes on a
   * network of theirs, for example. One of another interface of this program that is not there yet is not waited
   * for.
   *
   * - Default: not set
   * - Change: live
   */
  peers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Ping the peers with packets of the whole MTU too: a switch that carries less does not go unnoticed.
   *
   * - Default: `false`
   * - Change: live
   */
  jumbo?: pulumi.Input<boolean> | undefined;
  /**
   * So long after a change the node puts its old network back by itself, unless it was found in order from outside
   * before. Of several changes at once, the longest counts. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: live
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes without the timer that puts the old network back, and without looking from outside whether the
   * node answers. A change that cuts the node off then stays.
   *
   * - Default: `false`
   * - Change: live
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<BridgeTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Bridge. */
export interface BridgeTimeoutsArgs {
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

/** Arguments of a Bond. */
export interface BondArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Name of the bond, `bond` and a number. At most 15 characters. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `iface`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Cards that it joins.
   *
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `slaves`
   */
  ports: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * How frames are spread over the cards; `802.3ad` is LACP, which the switch must know of.
   *
   * - Default: `"balance-rr"`
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bond_mode`
   */
  mode?: pulumi.Input<"balance-rr" | "active-backup" | "balance-xor" | "broadcast" | "802.3ad" | "balance-tlb" | "balance-alb"> | undefined;
  /**
   * The card that is used while it has a link; of mode `active-backup`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bond-primary`
   */
  primary?: pulumi.Input<string> | undefined;
  /**
   * What a frame's card is chosen by; of modes `balance-xor` and `802.3ad`.
   *
   * - Default: `"layer2"`
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bond_xmit_hash_policy`
   */
  hashPolicy?: pulumi.Input<"layer2" | "layer2+3" | "layer3+4"> | undefined;
  /**
   * IPv4 address with the length of its network's prefix, such as `10.0.0.5/24`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr`
   */
  address?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv4, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway`
   */
  gateway?: pulumi.Input<string> | undefined;
  /**
   * IPv6 address with the length of its network's prefix, such as `fd00::5/64`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr6`
   */
  address6?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv6, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway6`
   */
  gateway6?: pulumi.Input<string> | undefined;
  /**
   * Largest packet in bytes. Not above that of what the interface stands on: its ports, or a VLAN's parent.
   *
   * - Default: what it stands on has; 1500 for a card
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Comment in the node's /etc/network/interfaces, which the web interface shows; of one or several lines.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `comments`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Bring it up when the node starts, and with each reload.
   *
   * - Default: `true`
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `autostart`
   */
  autostart?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the bond of this name, which must exist, such as the installer's. Only read when the resource is
   * created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Its addresses stay within the node: another node of the program may have the same.
   *
   * - Default: `false`
   * - Change: live
   */
  nodeLocal?: pulumi.Input<boolean> | undefined;
  /**
   * Addresses that the node must be able to ping over the interface after a change: of the other nodes on a
   * network of theirs, for example. One of another interface of this program that is not there yet is not waited
   * for.
   *
   * - Default: not set
   * - Change: live
   */
  peers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Ping the peers with packets of the whole MTU too: a switch that carries less does not go unnoticed.
   *
   * - Default: `false`
   * - Change: live
   */
  jumbo?: pulumi.Input<boolean> | undefined;
  /**
   * So long after a change the node puts its old network back by itself, unless it was found in order from outside
   * before. Of several changes at once, the longest counts. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: live
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes without the timer that puts the old network back, and without looking from outside whether the
   * node answers. A change that cuts the node off then stays.
   *
   * - Default: `false`
   * - Change: live
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<BondTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Bond. */
export interface BondTimeoutsArgs {
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

/** Arguments of a Vlan. */
export interface VlanArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Name of the interface: `vlan9`, `vmbr0.9` or any other one. At most 15 characters. A change replaces, the old
   * one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `iface`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Interface that carries the tagged frames: a card, a bond or a bridge.
   *
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `vlan-raw-device`
   */
  parent: pulumi.Input<string>;
  /**
   * The VLAN's id.
   *
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `vlan-id`
   */
  vlanId: pulumi.Input<number>;
  /**
   * IPv4 address with the length of its network's prefix, such as `10.0.0.5/24`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr`
   */
  address?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv4, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway`
   */
  gateway?: pulumi.Input<string> | undefined;
  /**
   * IPv6 address with the length of its network's prefix, such as `fd00::5/64`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr6`
   */
  address6?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv6, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway6`
   */
  gateway6?: pulumi.Input<string> | undefined;
  /**
   * Largest packet in bytes. Not above that of what the interface stands on: its ports, or a VLAN's parent.
   *
   * - Default: what it stands on has; 1500 for a card
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Comment in the node's /etc/network/interfaces, which the web interface shows; of one or several lines.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `comments`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Bring it up when the node starts, and with each reload.
   *
   * - Default: `true`
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `autostart`
   */
  autostart?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the VLAN of this name, which must exist, such as the installer's. Only read when the resource is
   * created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Its addresses stay within the node: another node of the program may have the same.
   *
   * - Default: `false`
   * - Change: live
   */
  nodeLocal?: pulumi.Input<boolean> | undefined;
  /**
   * Addresses that the node must be able to ping over the interface after a change: of the other nodes on a
   * network of theirs, for example. One of another interface of this program that is not there yet is not waited
   * for.
   *
   * - Default: not set
   * - Change: live
   */
  peers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Ping the peers with packets of the whole MTU too: a switch that carries less does not go unnoticed.
   *
   * - Default: `false`
   * - Change: live
   */
  jumbo?: pulumi.Input<boolean> | undefined;
  /**
   * So long after a change the node puts its old network back by itself, unless it was found in order from outside
   * before. Of several changes at once, the longest counts. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: live
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes without the timer that puts the old network back, and without looking from outside whether the
   * node answers. A change that cuts the node off then stays.
   *
   * - Default: `false`
   * - Change: live
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<VlanTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Vlan. */
export interface VlanTimeoutsArgs {
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

/** Arguments of a NetworkPort. */
export interface NetworkPortArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Name of the card, as the node's network shows it. At most 15 characters. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `iface`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * IPv4 address with the length of its network's prefix, such as `10.0.0.5/24`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr`
   */
  address?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv4, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway`
   */
  gateway?: pulumi.Input<string> | undefined;
  /**
   * IPv6 address with the length of its network's prefix, such as `fd00::5/64`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr6`
   */
  address6?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv6, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway6`
   */
  gateway6?: pulumi.Input<string> | undefined;
  /**
   * Largest packet in bytes. Not above that of what the interface stands on: its ports, or a VLAN's parent.
   *
   * - Default: what it stands on has; 1500 for a card
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Comment in the node's /etc/network/interfaces, which the web interface shows; of one or several lines.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `comments`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Bring it up when the node starts, and with each reload. What stands on it brings it up in any case.
   *
   * - Default: `false`
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `autostart`
   */
  autostart?: pulumi.Input<boolean> | undefined;
  /**
   * Its addresses stay within the node: another node of the program may have the same.
   *
   * - Default: `false`
   * - Change: live
   */
  nodeLocal?: pulumi.Input<boolean> | undefined;
  /**
   * Addresses that the node must be able to ping over the interface after a change: of the other nodes on a
   * network of theirs, for example. One of another interface of this program that is not there yet is not waited
   * for.
   *
   * - Default: not set
   * - Change: live
   */
  peers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Ping the peers with packets of the whole MTU too: a switch that carries less does not go unnoticed.
   *
   * - Default: `false`
   * - Change: live
   */
  jumbo?: pulumi.Input<boolean> | undefined;
  /**
   * So long after a change the node puts its old network back by itself, unless it was found in order from outside
   * before. Of several changes at once, the longest counts. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: live
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes without the timer that puts the old network back, and without looking from outside whether the
   * node answers. A change that cuts the node off then stays.
   *
   * - Default: `false`
   * - Change: live
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<NetworkPortTimeoutsArgs> | undefined;
}

/** Part of the arguments of a NetworkPort. */
export interface NetworkPortTimeoutsArgs {
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

/** Arguments of a OvsBridge. */
export interface OvsBridgeArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Name of the bridge, such as `vmbr1`. At most 15 characters. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `iface`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * Cards that it joins. Its `OvsBond`s and `OvsPort`s name the bridge themselves.
   *
   * - Default: none
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ovs_ports`
   */
  ports?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * IPv4 address with the length of its network's prefix, such as `10.0.0.5/24`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr`
   */
  address?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv4, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway`
   */
  gateway?: pulumi.Input<string> | undefined;
  /**
   * IPv6 address with the length of its network's prefix, such as `fd00::5/64`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr6`
   */
  address6?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv6, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway6`
   */
  gateway6?: pulumi.Input<string> | undefined;
  /**
   * Largest packet in bytes. Not above that of what the interface stands on: its ports, or a VLAN's parent.
   *
   * - Default: what it stands on has; 1500 for a card
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Comment in the node's /etc/network/interfaces, which the web interface shows; of one or several lines.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `comments`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Further options of Open vSwitch, as `ovs-vsctl` takes them: `key=value`, with blanks between them.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ovs_options`
   */
  options?: pulumi.Input<string> | undefined;
  /**
   * Bring it up when the node starts, and with each reload.
   *
   * - Default: `true`
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `autostart`
   */
  autostart?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the bridge of this name, which must exist, such as the installer's. Only read when the resource is
   * created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Its addresses stay within the node: another node of the program may have the same.
   *
   * - Default: `false`
   * - Change: live
   */
  nodeLocal?: pulumi.Input<boolean> | undefined;
  /**
   * Addresses that the node must be able to ping over the interface after a change: of the other nodes on a
   * network of theirs, for example. One of another interface of this program that is not there yet is not waited
   * for.
   *
   * - Default: not set
   * - Change: live
   */
  peers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Ping the peers with packets of the whole MTU too: a switch that carries less does not go unnoticed.
   *
   * - Default: `false`
   * - Change: live
   */
  jumbo?: pulumi.Input<boolean> | undefined;
  /**
   * So long after a change the node puts its old network back by itself, unless it was found in order from outside
   * before. Of several changes at once, the longest counts. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: live
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes without the timer that puts the old network back, and without looking from outside whether the
   * node answers. A change that cuts the node off then stays.
   *
   * - Default: `false`
   * - Change: live
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<OvsBridgeTimeoutsArgs> | undefined;
}

/** Part of the arguments of a OvsBridge. */
export interface OvsBridgeTimeoutsArgs {
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

/** Arguments of a OvsBond. */
export interface OvsBondArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Name of the bond, `bond` and a number. At most 15 characters. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `iface`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * The Open vSwitch bridge that it is a port of.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `ovs_bridge`
   */
  bridge: pulumi.Input<string>;
  /**
   * Cards that it joins.
   *
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ovs_bonds`
   */
  ports: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * How frames are spread over the cards; those with `lacp` need a switch that knows of it.
   *
   * - Default: `"active-backup"`
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `bond_mode`
   */
  mode?: pulumi.Input<"active-backup" | "balance-slb" | "lacp-balance-slb" | "lacp-balance-tcp"> | undefined;
  /**
   * VLAN of its untagged frames.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ovs_tag`
   */
  vlanTag?: pulumi.Input<number> | undefined;
  /**
   * Further options of Open vSwitch, as `ovs-vsctl` takes them: `key=value`, with blanks between them.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ovs_options`
   */
  options?: pulumi.Input<string> | undefined;
  /**
   * Largest packet in bytes. Not above that of what the interface stands on: its ports, or a VLAN's parent.
   *
   * - Default: what it stands on has; 1500 for a card
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Comment in the node's /etc/network/interfaces, which the web interface shows; of one or several lines.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `comments`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Take over the bond of this name, which must exist, such as the installer's. Only read when the resource is
   * created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Its addresses stay within the node: another node of the program may have the same.
   *
   * - Default: `false`
   * - Change: live
   */
  nodeLocal?: pulumi.Input<boolean> | undefined;
  /**
   * Addresses that the node must be able to ping over the interface after a change: of the other nodes on a
   * network of theirs, for example. One of another interface of this program that is not there yet is not waited
   * for.
   *
   * - Default: not set
   * - Change: live
   */
  peers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Ping the peers with packets of the whole MTU too: a switch that carries less does not go unnoticed.
   *
   * - Default: `false`
   * - Change: live
   */
  jumbo?: pulumi.Input<boolean> | undefined;
  /**
   * So long after a change the node puts its old network back by itself, unless it was found in order from outside
   * before. Of several changes at once, the longest counts. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: live
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes without the timer that puts the old network back, and without looking from outside whether the
   * node answers. A change that cuts the node off then stays.
   *
   * - Default: `false`
   * - Change: live
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<OvsBondTimeoutsArgs> | undefined;
}

/** Part of the arguments of a OvsBond. */
export interface OvsBondTimeoutsArgs {
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

/** Arguments of a OvsPort. */
export interface OvsPortArgs {
  /**
   * Name of the node. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Name of the port, such as `mgmt`. At most 15 characters. A change replaces, the old one first.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `iface`
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * The Open vSwitch bridge that it is a port of.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `ovs_bridge`
   */
  bridge: pulumi.Input<string>;
  /**
   * VLAN of its untagged frames.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ovs_tag`
   */
  vlanTag?: pulumi.Input<number> | undefined;
  /**
   * IPv4 address with the length of its network's prefix, such as `10.0.0.5/24`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr`
   */
  address?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv4, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway`
   */
  gateway?: pulumi.Input<string> | undefined;
  /**
   * IPv6 address with the length of its network's prefix, such as `fd00::5/64`.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `cidr6`
   */
  address6?: pulumi.Input<string> | undefined;
  /**
   * Default gateway for IPv6, which one interface of a node may have.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `gateway6`
   */
  gateway6?: pulumi.Input<string> | undefined;
  /**
   * Largest packet in bytes. Not above that of what the interface stands on: its ports, or a VLAN's parent.
   *
   * - Default: what it stands on has; 1500 for a card
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `mtu`
   */
  mtu?: pulumi.Input<number> | undefined;
  /**
   * Comment in the node's /etc/network/interfaces, which the web interface shows; of one or several lines.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `comments`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Further options of Open vSwitch, as `ovs-vsctl` takes them: `key=value`, with blanks between them.
   *
   * - Default: not set
   * - Change: reload, of the node's network (`ifreload -a`), once for all changes of an `up`
   * - Proxmox: `ovs_options`
   */
  options?: pulumi.Input<string> | undefined;
  /**
   * Take over the port of this name, which must exist, such as the installer's. Only read when the resource is
   * created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Its addresses stay within the node: another node of the program may have the same.
   *
   * - Default: `false`
   * - Change: live
   */
  nodeLocal?: pulumi.Input<boolean> | undefined;
  /**
   * Addresses that the node must be able to ping over the interface after a change: of the other nodes on a
   * network of theirs, for example. One of another interface of this program that is not there yet is not waited
   * for.
   *
   * - Default: not set
   * - Change: live
   */
  peers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Ping the peers with packets of the whole MTU too: a switch that carries less does not go unnoticed.
   *
   * - Default: `false`
   * - Change: live
   */
  jumbo?: pulumi.Input<boolean> | undefined;
  /**
   * So long after a change the node puts its old network back by itself, unless it was found in order from outside
   * before. Of several changes at once, the longest counts. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: live
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes without the timer that puts the old network back, and without looking from outside whether the
   * node answers. A change that cuts the node off then stays.
   *
   * - Default: `false`
   * - Change: live
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<OvsPortTimeoutsArgs> | undefined;
}

/** Part of the arguments of a OvsPort. */
export interface OvsPortTimeoutsArgs {
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
