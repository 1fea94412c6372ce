import { stackIdentityProvider } from "./kernel/identity/stack-identity.provider";
import type { Session } from "./kernel/session/session";

/** What is done when the program has told which kinds it describes. */
type GetReady = Parameters<typeof stackIdentityProvider>[0];

/** Every kind that a state file may name, loaded when first asked for. Names are never taken out of this list. */
export const registry = (getReady: GetReady): Readonly<Record<string, (session: Session) => object>> => ({
  Acl: (session) => load<typeof import("./access/acl.provider")>("./access/acl.provider").aclProvider(session),
  ApiToken: (session) =>
    load<typeof import("./access/api-token.provider")>("./access/api-token.provider").apiTokenProvider(session),
  Bond: (session) => load<typeof import("./network/bond.provider")>("./network/bond.provider").bondProvider(session),
  Bridge: (session) =>
    load<typeof import("./network/bridge.provider")>("./network/bridge.provider").bridgeProvider(session),
  AptRepository: (session) =>
    load<typeof import("./host/apt-repository.provider")>("./host/apt-repository.provider").aptRepositoryProvider(
      session,
    ),
  AptUpgrade: (session) =>
    load<typeof import("./host/apt-upgrade.provider")>("./host/apt-upgrade.provider").aptUpgradeProvider(session),
  BackupJob: (session) =>
    load<typeof import("./backup/backup-job.provider")>("./backup/backup-job.provider").backupJobProvider(session),
  CephConfig: (session) =>
    load<typeof import("./ceph/ceph-config.provider")>("./ceph/ceph-config.provider").cephConfigProvider(session),
  CephFlag: (session) =>
    load<typeof import("./ceph/ceph-flag.provider")>("./ceph/ceph-flag.provider").cephFlagProvider(session),
  CephInstall: (session) =>
    load<typeof import("./ceph/ceph-install.provider")>("./ceph/ceph-install.provider").cephInstallProvider(session),
  CephManager: (session) =>
    load<typeof import("./ceph/ceph-manager.provider")>("./ceph/ceph-manager.provider").cephManagerProvider(session),
  CephMonitor: (session) =>
    load<typeof import("./ceph/ceph-monitor.provider")>("./ceph/ceph-monitor.provider").cephMonitorProvider(session),
  CephOsd: (session) =>
    load<typeof import("./ceph/ceph-osd.provider")>("./ceph/ceph-osd.provider").cephOsdProvider(session),
  CephCrushRule: (session) =>
    load<typeof import("./ceph/ceph-crush-rule.provider")>("./ceph/ceph-crush-rule.provider").cephCrushRuleProvider(
      session,
    ),
  CephErasureProfile: (session) =>
    load<typeof import("./ceph/ceph-erasure-profile.provider")>(
      "./ceph/ceph-erasure-profile.provider",
    ).cephErasureProfileProvider(session),
  CephManagerModule: (session) =>
    load<typeof import("./ceph/ceph-manager-module.provider")>(
      "./ceph/ceph-manager-module.provider",
    ).cephManagerModuleProvider(session),
  CephClient: (session) =>
    load<typeof import("./ceph/ceph-client.provider")>("./ceph/ceph-client.provider").cephClientProvider(session),
  CephOptions: (session) =>
    load<typeof import("./ceph/ceph-options.provider")>("./ceph/ceph-options.provider").cephOptionsProvider(session),
  CephMds: (session) =>
    load<typeof import("./ceph/ceph-mds.provider")>("./ceph/ceph-mds.provider").cephMdsProvider(session),
  CephFs: (session) =>
    load<typeof import("./ceph/ceph-fs.provider")>("./ceph/ceph-fs.provider").cephFsProvider(session),
  CephPool: (session) =>
    load<typeof import("./ceph/ceph-pool.provider")>("./ceph/ceph-pool.provider").cephPoolProvider(session),
  CloudImage: (session) =>
    load<typeof import("./image/cloud-image.provider")>("./image/cloud-image.provider").cloudImageProvider(session),
  Cluster: (session) =>
    load<typeof import("./cluster/cluster.provider")>("./cluster/cluster.provider").clusterProvider(session),
  ClusterQdevice: (session) =>
    load<typeof import("./cluster/cluster-qdevice.provider")>(
      "./cluster/cluster-qdevice.provider",
    ).clusterQdeviceProvider(session),
  DatacenterOptions: (session) =>
    load<typeof import("./cluster/datacenter-options.provider")>(
      "./cluster/datacenter-options.provider",
    ).datacenterOptionsProvider(session),
  Dns: (session) => load<typeof import("./host/dns.provider")>("./host/dns.provider").dnsProvider(session),
  EnvironmentFile: (session) =>
    load<typeof import("./access/environment-file.provider")>(
      "./access/environment-file.provider",
    ).environmentFileProvider(session),
  FirewallAlias: (session) =>
    load<typeof import("./firewall/firewall-alias.provider")>(
      "./firewall/firewall-alias.provider",
    ).firewallAliasProvider(session),
  FirewallGroup: (session) =>
    load<typeof import("./firewall/firewall-group.provider")>(
      "./firewall/firewall-group.provider",
    ).firewallGroupProvider(session),
  FirewallIpSet: (session) =>
    load<typeof import("./firewall/firewall-ip-set.provider")>(
      "./firewall/firewall-ip-set.provider",
    ).firewallIpSetProvider(session),
  FirewallOptions: (session) =>
    load<typeof import("./firewall/firewall-options.provider")>(
      "./firewall/firewall-options.provider",
    ).firewallOptionsProvider(session),
  FirewallRules: (session) =>
    load<typeof import("./firewall/firewall-rules.provider")>(
      "./firewall/firewall-rules.provider",
    ).firewallRulesProvider(session),
  GuestConfig: (session) =>
    load<typeof import("./guest/guest-config.provider")>("./guest/guest-config.provider").guestConfigProvider(session),
  GoldenTemplate: (session) =>
    load<typeof import("./golden/golden-template.provider")>(
      "./golden/golden-template.provider",
    ).goldenTemplateProvider(session),
  Group: (session) => load<typeof import("./access/group.provider")>("./access/group.provider").groupProvider(session),
  NetworkPort: (session) =>
    load<typeof import("./network/network-port.provider")>("./network/network-port.provider").networkPortProvider(
      session,
    ),
  HostsEntries: (session) =>
    load<typeof import("./host/hosts-entries.provider")>("./host/hosts-entries.provider").hostsEntriesProvider(session),
  InfisicalSecret: (session) =>
    load<typeof import("./infisical/infisical-secret.provider")>(
      "./infisical/infisical-secret.provider",
    ).infisicalSecretProvider(session),
  LogRotation: (session) =>
    load<typeof import("./host/log-rotation.provider")>("./host/log-rotation.provider").logRotationProvider(session),
  NodeOptions: (session) =>
    load<typeof import("./host/node-options.provider")>("./host/node-options.provider").nodeOptionsProvider(session),
  Nodes: (session) =>
    load<typeof import("./cluster/nodes.provider")>("./cluster/nodes.provider").nodesProvider(session),
  OvsBond: (session) =>
    load<typeof import("./network/ovs-bond.provider")>("./network/ovs-bond.provider").ovsBondProvider(session),
  OvsBridge: (session) =>
    load<typeof import("./network/ovs-bridge.provider")>("./network/ovs-bridge.provider").ovsBridgeProvider(session),
  OvsPort: (session) =>
    load<typeof import("./network/ovs-port.provider")>("./network/ovs-port.provider").ovsPortProvider(session),
  HaResource: (session) =>
    load<typeof import("./ha/ha-resource.provider")>("./ha/ha-resource.provider").haResourceProvider(session),
  HaRule: (session) => load<typeof import("./ha/ha-rule.provider")>("./ha/ha-rule.provider").haRuleProvider(session),
  Pool: (session) => load<typeof import("./pool/pool.provider")>("./pool/pool.provider").poolProvider(session),
  Realm: (session) => load<typeof import("./access/realm.provider")>("./access/realm.provider").realmProvider(session),
  Role: (session) => load<typeof import("./access/role.provider")>("./access/role.provider").roleProvider(session),
  SdnController: (session) =>
    load<typeof import("./sdn/sdn-controller.provider")>("./sdn/sdn-controller.provider").sdnControllerProvider(
      session,
    ),
  SdnDns: (session) => load<typeof import("./sdn/sdn-dns.provider")>("./sdn/sdn-dns.provider").sdnDnsProvider(session),
  SdnIpam: (session) =>
    load<typeof import("./sdn/sdn-ipam.provider")>("./sdn/sdn-ipam.provider").sdnIpamProvider(session),
  SdnSubnet: (session) =>
    load<typeof import("./sdn/sdn-subnet.provider")>("./sdn/sdn-subnet.provider").sdnSubnetProvider(session),
  SdnVnet: (session) =>
    load<typeof import("./sdn/sdn-vnet.provider")>("./sdn/sdn-vnet.provider").sdnVnetProvider(session),
  SdnZone: (session) =>
    load<typeof import("./sdn/sdn-zone.provider")>("./sdn/sdn-zone.provider").sdnZoneProvider(session),
  Snippet: (session) =>
    load<typeof import("./snippet/snippet.provider")>("./snippet/snippet.provider").snippetProvider(session),
  SshKey: (session) =>
    load<typeof import("./access/ssh-key.provider")>("./access/ssh-key.provider").sshKeyProvider(session),
  StackIdentity: () => stackIdentityProvider(getReady),
  Storage: (session) =>
    load<typeof import("./storage/storage.provider")>("./storage/storage.provider").storageProvider(session),
  Sysctl: (session) => load<typeof import("./host/sysctl.provider")>("./host/sysctl.provider").sysctlProvider(session),
  SystemPackage: (session) =>
    load<typeof import("./host/system-package.provider")>("./host/system-package.provider").systemPackageProvider(
      session,
    ),
  SystemUser: (session) =>
    load<typeof import("./access/system-user.provider")>("./access/system-user.provider").systemUserProvider(session),
  Template: (session) =>
    load<typeof import("./vm/template.provider")>("./vm/template.provider").templateProvider(session),
  User: (session) => load<typeof import("./access/user.provider")>("./access/user.provider").userProvider(session),
  Vlan: (session) => load<typeof import("./network/vlan.provider")>("./network/vlan.provider").vlanProvider(session),
  TimeZone: (session) =>
    load<typeof import("./host/time-zone.provider")>("./host/time-zone.provider").timeZoneProvider(session),
  Vm: (session) => load<typeof import("./vm/vm.provider")>("./vm/vm.provider").vmProvider(session),
});

const load = <M>(path: string): M => require(path) as M;
