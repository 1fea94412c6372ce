import type { Model } from "../../providers/kernel/resource-kind";
import { aclModel } from "../../providers/access/acl.model";
import { apiTokenModel } from "../../providers/access/api-token.model";
import { environmentFileModel } from "../../providers/access/environment-file.model";
import { groupModel } from "../../providers/access/group.model";
import { realmModel } from "../../providers/access/realm.model";
import { roleModel } from "../../providers/access/role.model";
import { sshKeyModel } from "../../providers/access/ssh-key.model";
import { systemUserModel } from "../../providers/access/system-user.model";
import { userModel } from "../../providers/access/user.model";
import { clusterModel } from "../../providers/cluster/cluster.model";
import { clusterQdeviceModel } from "../../providers/cluster/cluster-qdevice.model";
import { datacenterOptionsModel } from "../../providers/cluster/datacenter-options.model";
import { cephInstallModel } from "../../providers/ceph/ceph-install.model";
import { cephConfigModel } from "../../providers/ceph/ceph-config.model";
import { cephMonitorModel } from "../../providers/ceph/ceph-monitor.model";
import { cephManagerModel } from "../../providers/ceph/ceph-manager.model";
import { cephFlagModel } from "../../providers/ceph/ceph-flag.model";
import { cephOsdModel } from "../../providers/ceph/ceph-osd.model";
import { cephCrushRuleModel } from "../../providers/ceph/ceph-crush-rule.model";
import { cephErasureProfileModel } from "../../providers/ceph/ceph-erasure-profile.model";
import { cephManagerModuleModel } from "../../providers/ceph/ceph-manager-module.model";
import { cephClientModel } from "../../providers/ceph/ceph-client.model";
import { cephOptionsModel } from "../../providers/ceph/ceph-options.model";
import { cephMdsModel } from "../../providers/ceph/ceph-mds.model";
import { cephFsModel } from "../../providers/ceph/ceph-fs.model";
import { cephPoolModel } from "../../providers/ceph/ceph-pool.model";
import { firewallAliasModel } from "../../providers/firewall/firewall-alias.model";
import { firewallGroupModel } from "../../providers/firewall/firewall-group.model";
import { firewallIpSetModel } from "../../providers/firewall/firewall-ip-set.model";
import { firewallOptionsModel } from "../../providers/firewall/firewall-options.model";
import { firewallRulesModel } from "../../providers/firewall/firewall-rules.model";
import { goldenTemplateModel } from "../../providers/golden/golden-template.model";
import { guestConfigModel } from "../../providers/guest/guest-config.model";
import { haResourceModel } from "../../providers/ha/ha-resource.model";
import { haRuleModel } from "../../providers/ha/ha-rule.model";
import { aptRepositoryModel } from "../../providers/host/apt-repository.model";
import { aptUpgradeModel } from "../../providers/host/apt-upgrade.model";
import { dnsModel } from "../../providers/host/dns.model";
import { hostsEntriesModel } from "../../providers/host/hosts-entries.model";
import { logRotationModel } from "../../providers/host/log-rotation.model";
import { nodeOptionsModel } from "../../providers/host/node-options.model";
import { sysctlModel } from "../../providers/host/sysctl.model";
import { systemPackageModel } from "../../providers/host/system-package.model";
import { timeZoneModel } from "../../providers/host/time-zone.model";
import { cloudImageModel } from "../../providers/image/cloud-image.model";
import { infisicalSecretModel } from "../../providers/infisical/infisical-secret.model";
import { bridgeModel } from "../../providers/network/bridge.model";
import { bondModel } from "../../providers/network/bond.model";
import { vlanModel } from "../../providers/network/vlan.model";
import { networkPortModel } from "../../providers/network/network-port.model";
import { ovsBridgeModel } from "../../providers/network/ovs-bridge.model";
import { ovsBondModel } from "../../providers/network/ovs-bond.model";
import { ovsPortModel } from "../../providers/network/ovs-port.model";
import { poolModel } from "../../providers/pool/pool.model";
import { sdnControllerModel } from "../../providers/sdn/sdn-controller.model";
import { sdnDnsModel } from "../../providers/sdn/sdn-dns.model";
import { sdnIpamModel } from "../../providers/sdn/sdn-ipam.model";
import { sdnSubnetModel } from "../../providers/sdn/sdn-subnet.model";
import { sdnVnetModel } from "../../providers/sdn/sdn-vnet.model";
import { sdnZoneModel } from "../../providers/sdn/sdn-zone.model";
import { snippetModel } from "../../providers/snippet/snippet.model";
import { backupJobModel } from "../../providers/backup/backup-job.model";
import { storageModel } from "../../providers/storage/storage.model";
import { templateModel } from "../../providers/vm/template.model";
import { vmModel } from "../../providers/vm/vm.model";
import type { Session } from "../../providers/kernel/session/session";

/** A kind of resource whose arguments are written down as a schema. */
export interface Resource {
  readonly kind: string;
  /** Folder of its area in providers/. */
  readonly area: string;
  readonly model: Model;
  /** Fields that the program does not write. */
  readonly without?: readonly string[];
}

interface Provider {
  readonly timeouts: Readonly<Record<string, string>>;
}

/** How long an operation may take where nothing is said, by the provider's own table. */
export function longest({ area, kind }: Resource, operation: string): string {
  const file = kind.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase();
  const made = require(`../../providers/${area}/${file}.provider`) as Record<string, (session: Session) => Provider>;
  const found = made[`${kind.charAt(0).toLowerCase()}${kind.slice(1)}Provider`]?.(untouched).timeouts[operation];
  if (found === undefined) throw new Error(`the provider of ${kind} has no timeout for ${operation}`);
  return found;
}

/** The table stands there before any operation begins: nothing is asked of a session. */
const untouched = {} as Session;

export const resources: readonly Resource[] = [
  { kind: "Vm", area: "vm", model: vmModel },
  { kind: "Template", area: "vm", model: templateModel },
  { kind: "GuestConfig", area: "guest", model: guestConfigModel },
  { kind: "GoldenTemplate", area: "golden", model: goldenTemplateModel, without: ["content"] },
  { kind: "Acl", area: "access", model: aclModel },
  { kind: "ApiToken", area: "access", model: apiTokenModel },
  { kind: "EnvironmentFile", area: "access", model: environmentFileModel },
  { kind: "Group", area: "access", model: groupModel },
  { kind: "Realm", area: "access", model: realmModel },
  { kind: "Role", area: "access", model: roleModel },
  { kind: "SshKey", area: "access", model: sshKeyModel },
  { kind: "SystemUser", area: "access", model: systemUserModel },
  { kind: "User", area: "access", model: userModel },
  { kind: "CephInstall", area: "ceph", model: cephInstallModel },
  { kind: "CephConfig", area: "ceph", model: cephConfigModel },
  { kind: "CephMonitor", area: "ceph", model: cephMonitorModel },
  { kind: "CephManager", area: "ceph", model: cephManagerModel },
  { kind: "CephFlag", area: "ceph", model: cephFlagModel },
  { kind: "CephOsd", area: "ceph", model: cephOsdModel },
  { kind: "CephCrushRule", area: "ceph", model: cephCrushRuleModel },
  { kind: "CephErasureProfile", area: "ceph", model: cephErasureProfileModel },
  { kind: "CephManagerModule", area: "ceph", model: cephManagerModuleModel },
  { kind: "CephClient", area: "ceph", model: cephClientModel },
  { kind: "CephOptions", area: "ceph", model: cephOptionsModel },
  { kind: "CephMds", area: "ceph", model: cephMdsModel },
  { kind: "CephFs", area: "ceph", model: cephFsModel },
  { kind: "CephPool", area: "ceph", model: cephPoolModel },
  { kind: "CloudImage", area: "image", model: cloudImageModel },
  { kind: "Cluster", area: "cluster", model: clusterModel },
  { kind: "ClusterQdevice", area: "cluster", model: clusterQdeviceModel },
  { kind: "DatacenterOptions", area: "cluster", model: datacenterOptionsModel },
  { kind: "AptRepository", area: "host", model: aptRepositoryModel },
  { kind: "AptUpgrade", area: "host", model: aptUpgradeModel },
  { kind: "Dns", area: "host", model: dnsModel },
  { kind: "Bridge", area: "network", model: bridgeModel },
  { kind: "Bond", area: "network", model: bondModel },
  { kind: "Vlan", area: "network", model: vlanModel },
  { kind: "NetworkPort", area: "network", model: networkPortModel },
  { kind: "OvsBridge", area: "network", model: ovsBridgeModel },
  { kind: "OvsBond", area: "network", model: ovsBondModel },
  { kind: "OvsPort", area: "network", model: ovsPortModel },
  { kind: "HostsEntries", area: "host", model: hostsEntriesModel },
  { kind: "LogRotation", area: "host", model: logRotationModel },
  { kind: "NodeOptions", area: "host", model: nodeOptionsModel },
  { kind: "Sysctl", area: "host", model: sysctlModel },
  { kind: "SystemPackage", area: "host", model: systemPackageModel },
  { kind: "TimeZone", area: "host", model: timeZoneModel },
  { kind: "InfisicalSecret", area: "infisical", model: infisicalSecretModel },
  { kind: "BackupJob", area: "backup", model: backupJobModel },
  { kind: "Pool", area: "pool", model: poolModel },
  { kind: "HaResource", area: "ha", model: haResourceModel },
  { kind: "HaRule", area: "ha", model: haRuleModel },
  { kind: "FirewallAlias", area: "firewall", model: firewallAliasModel },
  { kind: "FirewallGroup", area: "firewall", model: firewallGroupModel },
  { kind: "FirewallIpSet", area: "firewall", model: firewallIpSetModel },
  { kind: "FirewallOptions", area: "firewall", model: firewallOptionsModel },
  { kind: "FirewallRules", area: "firewall", model: firewallRulesModel },
  { kind: "SdnController", area: "sdn", model: sdnControllerModel },
  { kind: "SdnDns", area: "sdn", model: sdnDnsModel },
  { kind: "SdnIpam", area: "sdn", model: sdnIpamModel },
  { kind: "SdnSubnet", area: "sdn", model: sdnSubnetModel },
  { kind: "SdnVnet", area: "sdn", model: sdnVnetModel },
  { kind: "SdnZone", area: "sdn", model: sdnZoneModel },
  { kind: "Snippet", area: "snippet", model: snippetModel },
  { kind: "Storage", area: "storage", model: storageModel },
];
