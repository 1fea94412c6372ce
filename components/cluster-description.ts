import type { ClusterArgs, DatacenterOptionsArgs } from "../providers/cluster/arguments.generated";
import type { GuestConfigArgs } from "../providers/guest/arguments.generated";
import type { BackupJobArgs } from "../providers/backup/arguments.generated";
import type { StorageArgs } from "../providers/storage/arguments.generated";
import type { VmArgs } from "../providers/vm/arguments.generated";
import type { CephChildren, CephNode, CephSettings, CephTransforms } from "./ceph-storage";
import type { Transform } from "./child";
import type { AccessSettings, AccessTransforms } from "./cluster-access";
import type { FirewallChildren, FirewallNode, FirewallSettings, FirewallTransforms } from "./cluster-firewall";
import type { HaTransforms } from "./cluster-ha";
import type { NetworkChildren, NetworkNode, NetworkSettings, NetworkTransforms } from "./cluster-network";
import type { DhcpNatArgs } from "./dhcp-nat";
import type { HostChildren, HostNode, HostSettings, HostTransforms } from "./host-base";
import type { NodeTemplatesArgs } from "./node-templates";

/** The cluster that the nodes are made one of. Texts of `links` may hold variables of the nodes. */
export interface ClusterSettings {
  /**
   * Name of the cluster.
   *
   * - Default: the name of the ProxmoxCluster
   * - Change: refused
   */
  readonly name?: string;
  /**
   * Addresses for corosync by the number of the link: `{ 0: "192.168.8.{{hostOctet}}" }`.
   *
   * - Default: link 0, with the address that the node's name leads to
   * - Change: live, over SSH, one link after the other: refused where no other link connects all members meanwhile
   */
  readonly links?: Readonly<Record<string, string>>;
  /**
   * Priorities of links by their numbers, 0 to 255: of those that work, corosync takes the one with the highest.
   *
   * - Default: that of the Cluster
   * - Change: live, over SSH
   */
  readonly linkPriorities?: ClusterArgs["linkPriorities"];
  /**
   * Two nodes are meant.
   *
   * - Default: `false`
   * - Change: live
   */
  readonly twoNode?: boolean;
  /**
   * The cluster's name once more: then a deletion takes it apart, by `pulumi destroy` or by an `up` whose program has it no longer.
   *
   * - Default: a deletion leaves the cluster running
   * - Change: live
   */
  readonly destroyOnDelete?: string;
}

/** A node with all that is different on it. */
export interface ClusterNode extends HostNode, NetworkNode, CephNode, FirewallNode {
  /**
   * Its number, votes and links in the cluster, and whom it replaces.
   *
   * - Default: the lowest number that is free, one vote, the links of all, nobody
   * - Change: that of the Cluster's `nodes`; safety switches such as `replaces` stand here, at the node
   */
  readonly cluster?: {
    /**
     * Its number for corosync.
     *
     * - Default: the lowest that is free
     * - Change: refused for a member
     */
    readonly nodeId?: number;
    /**
     * Its votes for the quorum.
     *
     * - Default: 1
     * - Change: live, over SSH
     */
    readonly votes?: number;
    /**
     * Its own addresses by the number of the link, beside or in place of those of `links` for all.
     *
     * - Default: those of all nodes
     * - Change: live, over SSH, one link after the other: refused where no other link connects all members meanwhile
     */
    readonly links?: Readonly<Record<string, string>>;
    /** Fingerprint of the certificate of a dead machine of this name, in whose place another one comes. */
    readonly replaces?: string;
  };
}

/** What several stacks have in common. Safety switches are refused here. */
export interface SharedSettings {
  /**
   * The base of the nodes.
   *
   * - Default: not set
   * - Change: that of each resource
   */
  readonly host?: HostSettings;
  /**
   * The networks of the nodes.
   *
   * - Default: not set
   * - Change: that of each interface
   */
  readonly network?: NetworkSettings;
  /**
   * Options of the datacenter.
   *
   * - Default: not set
   * - Change: that of the DatacenterOptions
   */
  readonly datacenter?: DatacenterOptionsArgs;
  /**
   * Who may do what.
   *
   * - Default: not set
   * - Change: that of each resource
   */
  readonly access?: AccessSettings;
  /**
   * Ceph.
   *
   * - Default: not set
   * - Change: that of each resource
   */
  readonly ceph?: CephSettings;
  /**
   * The firewall.
   *
   * - Default: not set
   * - Change: that of each resource
   */
  readonly firewall?: FirewallSettings;
}

/** Changes of anything that is made, before it is made. */
export interface ClusterTransforms
  extends HostTransforms, NetworkTransforms, AccessTransforms, CephTransforms, FirewallTransforms, HaTransforms {
  /**
   * Of the cluster.
   *
   * - Default: as it is
   * - Change: that of the Cluster
   */
  readonly cluster?: Transform<ClusterArgs>;
  /**
   * Of the options of the datacenter.
   *
   * - Default: as they are
   * - Change: that of the DatacenterOptions
   */
  readonly datacenter?: Transform<DatacenterOptionsArgs>;
  /**
   * Of storages.
   *
   * - Default: as they are
   * - Change: that of the Storage
   */
  readonly storage?: Transform<StorageArgs>;
  /**
   * Of backup jobs.
   *
   * - Default: as they are
   * - Change: that of the BackupJob
   */
  readonly backup?: Transform<BackupJobArgs>;
  /**
   * Of templates.
   *
   * - Default: as they are
   * - Change: that of the NodeTemplates
   */
  readonly template?: Transform<NodeTemplatesArgs>;
  /**
   * Of VMs.
   *
   * - Default: as they are
   * - Change: that of the Vm
   */
  readonly vm?: Transform<VmArgs>;
  /**
   * Of networks of guests with DHCP and NAT.
   *
   * - Default: as they are
   * - Change: that of the DhcpNat
   */
  readonly dhcpNat?: Transform<DhcpNatArgs>;
  /**
   * Of what is set up in VMs.
   *
   * - Default: as it is
   * - Change: that of the GuestConfig
   */
  readonly guest?: Transform<GuestConfigArgs>;
}

/** A backup job of a cluster. */
export interface ClusterBackup extends BackupJobArgs {
  /**
   * Names of VMs of `vms` that it backs up, in place of `vmids`.
   *
   * - Default: not set
   * - Change: live
   */
  readonly vms?: readonly string[];
}

/** What is made of one node: `nodes.golf.bridges.vmbr0`. */
export interface ClusterChildren extends HostChildren, NetworkChildren {
  /** Its part of Ceph, if that was described. */
  readonly ceph?: CephChildren;
  /** Its part of the firewall, if that was described. */
  readonly firewall?: FirewallChildren;
}
