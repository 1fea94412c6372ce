import * as pulumi from "../providers/kernel/program/sdk";
import { Component } from "../providers/kernel/program/component";
import { BackupJob } from "../providers/backup/backup-job";
import type { DatacenterOptionsArgs } from "../providers/cluster/arguments.generated";
import { Cluster } from "../providers/cluster/cluster";
import { DatacenterOptions } from "../providers/cluster/datacenter-options";
import { mistake } from "../providers/kernel/program/mistake";
import type { StorageArgs } from "../providers/storage/arguments.generated";
import { GuestConfig } from "../providers/guest/guest-config";
import type { GuestConfigArgs } from "../providers/guest/arguments.generated";
import { Storage } from "../providers/storage/storage";
import type { VmArgs } from "../providers/vm/arguments.generated";
import { Vm } from "../providers/vm/vm";
import { CephStorage, type CephSettings } from "./ceph-storage";
import { child, dependencies, mapped } from "./child";
import { ClusterAccess, type AccessSettings } from "./cluster-access";
import type {
  ClusterBackup,
  ClusterChildren,
  ClusterNode,
  ClusterSettings,
  ClusterTransforms,
  SharedSettings,
} from "./cluster-description";
import { ClusterFirewall, type FirewallSettings } from "./cluster-firewall";
import { makeHa, type HaChildren, type HaSettings } from "./cluster-ha";
import { ClusterNetwork, type NetworkChildren, type NetworkSettings } from "./cluster-network";
import { DhcpNat, type DhcpNatArgs } from "./dhcp-nat";
import { HostBase, type ByNode, type HostSettings } from "./host-base";
import { NodeTemplates, type NodeTemplatesArgs } from "./node-templates";

/** Inputs of {@link ProxmoxCluster}. */
export interface ProxmoxClusterArgs<Node extends string = string> {
  /**
   * The nodes by their names, each with what is different there. The cluster is made on the first one; the others join,
   * and networks change, in this order.
   *
   * - Change: makes or deletes exactly what is of the nodes that come or go
   */
  readonly nodes: Readonly<Record<Node, ClusterNode>>;
  /**
   * What several stacks have in common; whatever the stack and its nodes say wins over it.
   *
   * - Default: not set
   * - Change: that of each resource
   */
  readonly shared?: SharedSettings;
  /**
   * The base of the nodes.
   *
   * - Default: nothing but what `shared` and the nodes say
   * - Change: that of each resource
   */
  readonly host?: HostSettings;
  /**
   * The networks of the nodes.
   *
   * - Default: nothing but what `shared` and the nodes say
   * - Change: that of each interface
   */
  readonly network?: NetworkSettings;
  /**
   * Makes one cluster of the nodes, or takes over the one that they are.
   *
   * - Default: the nodes stay as they are
   * - Change: that of the Cluster
   */
  readonly cluster?: ClusterSettings;
  /**
   * Options of the datacenter.
   *
   * - Default: as they are
   * - Change: that of the DatacenterOptions
   */
  readonly datacenter?: DatacenterOptionsArgs;
  /**
   * Who may do what.
   *
   * - Default: as it is
   * - Change: that of each resource
   */
  readonly access?: AccessSettings;
  /**
   * Ceph; the disks stand in the nodes.
   *
   * - Default: none
   * - Change: that of each resource
   */
  readonly ceph?: CephSettings;
  /**
   * The firewall of the datacenter and what every node has, after access, Ceph and the networks of guests, and before VMs.
   *
   * - Default: as it is
   * - Change: that of each resource
   */
  readonly firewall?: FirewallSettings;
  /**
   * Storages by their names.
   *
   * - Default: as they are
   * - Change: that of each Storage
   */
  readonly storages?: Readonly<Record<string, StorageArgs>>;
  /**
   * Networks of guests with DHCP and NAT, by the names of their zones. VMs take them by their names: `bridge: "web"`.
   *
   * - Default: none
   * - Change: that of each DhcpNat
   */
  readonly dhcpNat?: Readonly<Record<string, Omit<DhcpNatArgs, "zone">>>;
  /**
   * Templates by their names, one on each of `nodes`.
   *
   * - Default: none; `nodes` are all
   * - Change: that of each NodeTemplates
   */
  readonly templates?: Readonly<
    Record<
      string,
      Omit<NodeTemplatesArgs, "nodes"> & {
        /**
         * Names of the nodes that get one.
         *
         * - Default: all nodes
         * - Change: makes or deletes exactly the templates of the nodes that come or go
         */
        readonly nodes?: readonly Node[];
      }
    >
  >;
  /**
   * VMs by their names. `source: { clone: { template: "debian-12" } }` with the name of one of `templates` is the one on the
   * VM's own node.
   *
   * - Default: none
   * - Change: that of each Vm
   */
  readonly vms?: Readonly<Record<string, VmArgs>>;
  /**
   * What is set up in VMs of `vms`, by their names, after cloud-init.
   *
   * - Default: nothing
   * - Change: that of each GuestConfig
   */
  readonly guests?: Readonly<Record<string, Omit<GuestConfigArgs, "vmid">>>;
  /**
   * Backup jobs by their ids, after the storages and VMs.
   *
   * - Default: as they are
   * - Change: that of each BackupJob
   */
  readonly backups?: Readonly<Record<string, ClusterBackup>>;
  /**
   * VMs under high availability, and rules of where they run, after the VMs.
   *
   * - Default: as it is
   * - Change: that of each HaResource and HaRule
   */
  readonly ha?: HaSettings;
  /**
   * All interfaces of the nodes are there already, and are taken over.
   *
   * - Default: `false`
   * - Change: none, it is read when a resource is created
   */
  readonly adopt?: boolean;
  /**
   * Changes anything that is made, before it is made: `{ vm: (args, opts) => { opts.protect = true; } }`.
   *
   * - Default: none
   * - Change: that of the child
   */
  readonly transform?: ClusterTransforms;
}

/**
 * A whole cluster from bare nodes, in the order that is safe: repositories and packages, networks one node after the other,
 * names and time, the cluster, options of the datacenter and access, Ceph, storages, networks of guests, the firewall, templates, VMs,
 * what is set up in them, high availability, and backup jobs. Each part may be left out. Everything is described with variables for all nodes; what a node says wins over what the stack says, and that over
 * what several stacks share. A name is the identity of what it names.
 *
 * ```ts
 * const matrix = new ProxmoxCluster("matrix", {
 *   nodes: {
 *     foxtrot: { variables: { hostOctet: 5 } },
 *     golf: { variables: { hostOctet: 6 } },
 *     hotel: { variables: { hostOctet: 7 } },
 *   },
 *   host: {
 *     // Ceph's enterprise repository goes off with Proxmox's.
 *     repositories: { enterprise: false, "no-subscription": true },
 *     hosts: [{ address: "192.168.3.{{hostOctet}}", names: ["{{name}}.matrix.spaceships.work", "{{name}}"] }],
 *   },
 *   network: {
 *     bridges: {
 *       vmbr0: {
 *         adopt: true,
 *         ports: ["enp4s0"],
 *         address: "192.168.3.{{hostOctet}}/24",
 *         gateway: "192.168.3.1",
 *         vlanAware: true,
 *         vlanIds: [9],
 *       },
 *     },
 *     vlans: { vlan9: { parent: "vmbr0", vlanId: 9, address: "192.168.8.{{hostOctet}}/24", probeOthers: true } },
 *   },
 *   cluster: { name: "Matrix", links: { 0: "192.168.8.{{hostOctet}}" } },
 *   datacenter: { keyboard: "en-us" },
 *   templates: {
 *     "debian-12": {
 *       image: { image: "debian-12", storage: "local" },
 *       template: { disk: { storage: "local-lvm" }, networks: [{ bridge: "vmbr0" }] },
 *     },
 *   },
 *   vms: { "web-1": { node: "golf", source: { clone: { template: "debian-12", full: false } }, memoryMiB: 2048 } },
 *   ha: {
 *     resources: { "web-1": { state: "started" } },
 *     rules: { web: { type: "node-affinity", vms: ["web-1"], nodes: [{ node: "golf", priority: 2 }, { node: "hotel" }] } },
 *   },
 *   transform: { vm: (_, opts) => void (opts.protect = true) },
 * });
 * export const ca = matrix.cluster?.ca;
 * export const sid = matrix.ha.resources["web-1"]?.sid;
 * export const management = matrix.nodes.golf.bridges["vmbr0"]?.address;
 * ```
 */
export class ProxmoxCluster<Node extends string = string> extends Component {
  /** What was made of each node. */
  readonly nodes: Readonly<Record<Node, ClusterChildren>>;
  /** The cluster, if one was described. */
  readonly cluster?: Cluster;
  /** Options of the datacenter, if any were described. */
  readonly datacenter?: DatacenterOptions;
  /** Who may do what, if that was described. */
  readonly access?: ClusterAccess;
  /** Ceph, if it was described. */
  readonly ceph?: CephStorage;
  /** The firewall, if it was described. */
  readonly firewall?: ClusterFirewall;
  /** Storages by name. */
  readonly storages: Readonly<Record<string, Storage>>;
  /** Networks of guests with DHCP and NAT, by zone. */
  readonly dhcpNat: Readonly<Record<string, DhcpNat>>;
  /** Templates by name, and in them by node. */
  readonly templates: Readonly<Record<string, NodeTemplates>>;
  /** VMs by name. */
  readonly vms: Readonly<Record<string, Vm>>;
  /** What is set up in VMs, by their names. */
  readonly guests: Readonly<Record<string, GuestConfig>>;
  /** Backup jobs by their ids. */
  readonly backups: Readonly<Record<string, BackupJob>>;
  /** VMs under high availability, and its rules, by their names. */
  readonly ha: HaChildren;

  constructor(name: string, args: ProxmoxClusterArgs<Node>, opts?: pulumi.ComponentResourceOptions) {
    const planned = plan(name, args);
    super("proxmox:index:ProxmoxCluster", name, {}, opts);
    const { nodes, shared = {}, transform = {}, storages = {}, templates = {}, vms = {} } = args;
    const { dhcpNat = {}, guests = {}, backups = {} } = args;
    const after = (...others: readonly (pulumi.Resource | undefined)[]) => ({
      parent: this,
      dependsOn: [...dependencies(opts), ...others.filter((one) => one !== undefined)],
    });
    const sharedBy = (part: Part): object => (shared[part] === undefined ? {} : { shared: shared[part] });
    const own = (part: Part): object => (args[part] === undefined ? {} : { [part]: args[part] });

    let networks: ClusterNetwork | undefined;
    const network = (packages: ByNode): ByNode => {
      if (!isDescribed(args, "network")) return packages;
      networks = new ClusterNetwork(
        name,
        {
          ...{ nodes, after: packages, keep: planned.keep, transform, ...own("network"), ...sharedBy("network") },
          ...(args.adopt === undefined ? {} : { adopt: args.adopt }),
        },
        after(),
      );
      return networks.interfaces;
    };
    const host = planned.keepsCephRepository ? { host: withCephRepository(args.host) } : own("host");
    const hosts = isDescribed(args, "host")
      ? new HostBase(name, { nodes, between: network, transform, ...host, ...sharedBy("host") }, after())
      : undefined;
    if (!hosts) network({});
    const ready = [hosts, networks];

    if (planned.cluster) this.cluster = child(Cluster, name, planned.cluster, after(...ready), transform.cluster);
    const formed = this.cluster ? [this.cluster] : ready;
    if (planned.datacenter)
      this.datacenter = child(DatacenterOptions, name, planned.datacenter, after(...formed), transform.datacenter);
    if (isDescribed(args, "access"))
      this.access = new ClusterAccess(name, { transform, ...own("access"), ...sharedBy("access") }, after(...formed));
    if (isDescribed(args, "ceph"))
      this.ceph = new CephStorage(name, { nodes, transform, ...own("ceph"), ...sharedBy("ceph") }, after(...formed));
    const stored = [...formed, this.ceph];
    this.storages = mapped(storages, (storage, storageId) =>
      child(Storage, storageId, storage, after(...stored), transform.storage),
    );
    const placed = [...stored, ...Object.values(this.storages)];
    this.dhcpNat = mapped(dhcpNat, (nat, zone) =>
      child(DhcpNat, zone, { ...nat, zone }, after(...formed), transform.dhcpNat),
    );
    // Nobody is shut out whom access or Ceph still has to bring in, and no guest starts without it.
    if (isDescribed(args, "firewall"))
      this.firewall = new ClusterFirewall(
        name,
        { nodes, transform, ...own("firewall"), ...sharedBy("firewall") },
        after(...formed, this.access, this.ceph, ...Object.values(this.dhcpNat)),
      );
    this.templates = mapped(templates, (template, own) =>
      child(NodeTemplates, own, { ...template, nodes: planned.templates[own] }, after(...placed), transform.template),
    );
    const connected = [...placed, ...Object.values(this.dhcpNat), this.firewall];
    this.vms = mapped(vms, (vm, own) =>
      child(Vm, own, this.cloned(vm, planned.cloned[own]), after(...connected), transform.vm),
    );
    this.guests = mapped(guests, (guest, own) =>
      child(GuestConfig, own, { ...guest, vmid: this.vms[own]?.vmid }, after(), transform.guest),
    );
    // After the VMs: a pool's or all guests are those that are there by then.
    const filled = after(...placed, ...Object.values(this.vms));
    this.backups = mapped(backups, ({ vms: own, ...job }, jobId) => {
      const whom = own && { vmids: own.map((vm) => this.vms[vm]?.vmid) };
      return child(BackupJob, jobId, { ...job, ...whom }, filled, transform.backup);
    });
    this.ha = makeHa(args.ha, this.vms, after(...connected), transform);
    this.nodes = mapped(nodes, (_, node) => ({
      ...(hosts?.nodes[node] ?? { repositories: {}, packages: {}, accounts: {}, sysctl: {}, logRotation: {} }),
      ...(networks?.nodes[node] ?? noInterfaces),
      ...(this.ceph?.nodes[node] ? { ceph: this.ceph.nodes[node] } : {}),
      ...(this.firewall?.nodes[node] ? { firewall: this.firewall.nodes[node] } : {}),
    })) as Record<Node, ClusterChildren>;
    this.registerOutputs({ vmids: mapped(this.vms, ({ vmid }) => vmid) });
  }

  /** A VM whose source is a template of this cluster takes the one on its own node. */
  private cloned(vm: VmArgs, from: { readonly template: string; readonly node: string } | undefined): VmArgs {
    const template = from && this.templates[from.template]?.templates[from.node];
    if (!template) return vm;
    const { clone } = vm.source as { readonly clone: object };
    return { ...vm, source: { clone: { ...clone, template: template.vmid } } };
  }
}

/** The stack's base, which leaves the enterprise repository of Ceph as it is where it says nothing of it. */
const withCephRepository = (host: HostSettings = {}): HostSettings => ({
  ...host,
  repositories: { "ceph-enterprise": null, ...host.repositories },
});

const noInterfaces: NetworkChildren = {
  ...{ ports: {}, bonds: {}, bridges: {}, vlans: {} },
  ...{ ovsBridges: {}, ovsBonds: {}, ovsPorts: {} },
};

function plan(name: string, args: ProxmoxClusterArgs) {
  // Loaded here: programs without components have no use for it.
  const { planCluster } = require("./proxmox-cluster.plan") as typeof import("./proxmox-cluster.plan");
  const { refusal } = require("./node-layers.plan") as typeof import("./node-layers.plan");
  const problems: string[] = [];
  const planned = planCluster(args as unknown as Parameters<typeof planCluster>[0], problems);
  // All that is wrong with any part is told before anything is made.
  planParts(name, args, problems);
  const refused = refusal("ProxmoxCluster", name, problems);
  if (refused !== undefined) throw mistake(refused);
  return planned;
}

function planParts(name: string, args: ProxmoxClusterArgs, problems: string[]): void {
  const { planHosts } = require("./host-base.plan") as typeof import("./host-base.plan");
  const { planNetworks } = require("./cluster-network.plan") as typeof import("./cluster-network.plan");
  const { planAccess } = require("./cluster-access.plan") as typeof import("./cluster-access.plan");
  const { planNetworks: planDhcpNat } = require("./dhcp-nat.plan") as typeof import("./dhcp-nat.plan");
  const { planCeph } = require("./ceph-storage.plan") as typeof import("./ceph-storage.plan");
  const { planFirewall } = require("./cluster-firewall.plan") as typeof import("./cluster-firewall.plan");
  const { shared = {}, host, network, access, ceph, firewall } = args;
  const nodes = args.nodes as unknown as Parameters<typeof planHosts>[1]["nodes"];
  planHosts(name, { nodes, shared: shared.host, stack: host }, problems);
  planNetworks({ nodes, shared: shared.network, stack: network }, problems);
  planAccess({ shared: shared.access, stack: access }, problems);
  planFirewall({ name, nodes, shared: shared.firewall, stack: firewall }, problems);
  for (const [zone, { networks }] of Object.entries(args.dhcpNat ?? {})) {
    const own: string[] = [];
    planDhcpNat(zone, networks, own);
    problems.push(...own.map((problem) => `dhcpNat.${zone}.${problem}`));
  }
  if (isDescribed(args, "ceph")) planCeph({ nodes, shared: shared.ceph, stack: ceph }, problems);
}

type Part = "host" | "network" | "access" | "ceph" | "firewall";

/** Is anything said of the part, in the stack, in what is shared or of a node? */
const isDescribed = (args: ProxmoxClusterArgs, part: Part): boolean =>
  [args, args.shared ?? {}, ...Object.values(args.nodes)].some(
    (where: Partial<Record<Part, unknown>>) => where[part] !== undefined,
  );
