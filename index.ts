/** The library's public surface. */
export {
  GoldenImage,
  type GoldenImageArgs,
  type ProvisionedFileArgs,
  type ProvisionFileArgs,
  type ProvisionScriptArgs,
  type ProvisionStep,
} from "./components/golden-image";
export {
  CephStorage,
  type CephChildren,
  type CephNode,
  type CephSettings,
  type CephStorageArgs,
  type CephTransforms,
} from "./components/ceph-storage";
export type { Transform } from "./components/child";
export {
  ClusterAccess,
  type AccessSettings,
  type AccessTransforms,
  type ClusterAccessArgs,
} from "./components/cluster-access";
export {
  ClusterFirewall,
  type ClusterFirewallArgs,
  type FirewallChildren,
  type FirewallNode,
  type FirewallPlaceSettings,
  type FirewallSettings,
  type FirewallTransforms,
} from "./components/cluster-firewall";
export {
  ClusterNetwork,
  type ClusterNetworkArgs,
  type NetworkChildren,
  type NetworkNode,
  type NetworkSettings,
  type NetworkTransforms,
} from "./components/cluster-network";
export { DhcpNat, type DhcpNatArgs, type DhcpNatNetwork, type DhcpNatTransforms } from "./components/dhcp-nat";
export { Fleet, type FleetArgs, type FleetRow } from "./components/fleet";
export {
  HostBase,
  type ByNode,
  type HostBaseArgs,
  type HostChildren,
  type HostNode,
  type HostSettings,
  type HostTransforms,
} from "./components/host-base";
export { NodeTemplates, type NodeTemplatesArgs, type NodeTemplatesTransforms } from "./components/node-templates";
export type {
  ClusterBackup,
  ClusterChildren,
  ClusterNode,
  ClusterSettings,
  ClusterTransforms,
  SharedSettings,
} from "./components/cluster-description";
export type { ClusterHaResource, ClusterHaRule, HaChildren, HaSettings, HaTransforms } from "./components/cluster-ha";
export { ProxmoxCluster, type ProxmoxClusterArgs } from "./components/proxmox-cluster";
export {
  TerraformUser,
  type TerraformUserArgs,
  type TerraformUserParts,
  type TerraformUserTransforms,
} from "./components/terraform-user";
export { Acl } from "./providers/access/acl";
export { ApiToken } from "./providers/access/api-token";
export { EnvironmentFile } from "./providers/access/environment-file";
export { Group } from "./providers/access/group";
export { Realm } from "./providers/access/realm";
export { Role } from "./providers/access/role";
export { presets, terraformSudoRules } from "./providers/access/presets";
export { SshKey } from "./providers/access/ssh-key";
export { SystemUser } from "./providers/access/system-user";
export { User } from "./providers/access/user";
export { catalogue, images, type CatalogueImage, type CatalogueName } from "./providers/image/catalogue";
export { Cluster } from "./providers/cluster/cluster";
export { ClusterQdevice } from "./providers/cluster/cluster-qdevice";
export { DatacenterOptions } from "./providers/cluster/datacenter-options";
export { Nodes, type NodeFacts } from "./providers/cluster/nodes";
export { BackupJob } from "./providers/backup/backup-job";
export { CephConfig } from "./providers/ceph/ceph-config";
export { CephFlag } from "./providers/ceph/ceph-flag";
export { CephInstall } from "./providers/ceph/ceph-install";
export { CephManager } from "./providers/ceph/ceph-manager";
export { CephMonitor } from "./providers/ceph/ceph-monitor";
export { CephOsd } from "./providers/ceph/ceph-osd";
export { CephCrushRule } from "./providers/ceph/ceph-crush-rule";
export { CephErasureProfile } from "./providers/ceph/ceph-erasure-profile";
export { CephManagerModule } from "./providers/ceph/ceph-manager-module";
export { CephClient } from "./providers/ceph/ceph-client";
export { CephOptions } from "./providers/ceph/ceph-options";
export { CephMds } from "./providers/ceph/ceph-mds";
export { CephFs } from "./providers/ceph/ceph-fs";
export { CephPool } from "./providers/ceph/ceph-pool";
export { CloudImage } from "./providers/image/cloud-image";
export { AptRepository } from "./providers/host/apt-repository";
export { AptUpgrade } from "./providers/host/apt-upgrade";
export { Dns } from "./providers/host/dns";
export { Bridge } from "./providers/network/bridge";
export { Bond } from "./providers/network/bond";
export { Vlan } from "./providers/network/vlan";
export { NetworkPort } from "./providers/network/network-port";
export { OvsBridge } from "./providers/network/ovs-bridge";
export { OvsBond } from "./providers/network/ovs-bond";
export { OvsPort } from "./providers/network/ovs-port";
export { HostsEntries } from "./providers/host/hosts-entries";
export { LogRotation } from "./providers/host/log-rotation";
export { NodeOptions } from "./providers/host/node-options";
export { Sysctl } from "./providers/host/sysctl";
export { SystemPackage } from "./providers/host/system-package";
export { TimeZone } from "./providers/host/time-zone";
export { InfisicalSecret } from "./providers/infisical/infisical-secret";
export { HaResource } from "./providers/ha/ha-resource";
export { HaRule } from "./providers/ha/ha-rule";
export { Pool } from "./providers/pool/pool";
export { Provider, type NodeAddress, type ProviderArgs } from "./providers/kernel/program/provider";
export { SdnController } from "./providers/sdn/sdn-controller";
export { SdnDns } from "./providers/sdn/sdn-dns";
export { SdnIpam } from "./providers/sdn/sdn-ipam";
export { SdnSubnet } from "./providers/sdn/sdn-subnet";
export { SdnVnet } from "./providers/sdn/sdn-vnet";
export { SdnZone } from "./providers/sdn/sdn-zone";
export {
  listeningServices,
  suggestRules,
  type ListeningService,
  type SuggestedFor,
  type SuggestedRule,
} from "./providers/firewall/suggest-rules";
export { FirewallAlias } from "./providers/firewall/firewall-alias";
export { FirewallGroup } from "./providers/firewall/firewall-group";
export { FirewallIpSet } from "./providers/firewall/firewall-ip-set";
export { FirewallOptions } from "./providers/firewall/firewall-options";
export { FirewallRules } from "./providers/firewall/firewall-rules";
export { GuestConfig } from "./providers/guest/guest-config";
export { Snippet } from "./providers/snippet/snippet";
export { Storage } from "./providers/storage/storage";
export { Template } from "./providers/vm/template";
export { Vm } from "./providers/vm/vm";
export { secret, type SecretOptions, type SecretReference } from "./secrets/reference";
export type * from "./providers/access/arguments.generated";
export type * from "./providers/backup/arguments.generated";
export type * from "./providers/cluster/arguments.generated";
export type * from "./providers/ceph/arguments.generated";
export type * from "./providers/firewall/arguments.generated";
export type * from "./providers/golden/arguments.generated";
export type * from "./providers/guest/arguments.generated";
export type * from "./providers/ha/arguments.generated";
export type * from "./providers/host/arguments.generated";
export type * from "./providers/image/arguments.generated";
export type * from "./providers/infisical/arguments.generated";
export type * from "./providers/network/arguments.generated";
export type * from "./providers/pool/arguments.generated";
export type * from "./providers/sdn/arguments.generated";
export type * from "./providers/snippet/arguments.generated";
export type * from "./providers/storage/arguments.generated";
export type * from "./providers/vm/arguments.generated";
export { leastPrivilege, type DescribedResource, type LeastPrivilege } from "./privileges";
