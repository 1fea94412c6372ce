/**
 * What a resource's deletion does to the cluster, in words for a reviewer: the engine asks no provider at the preview of a
 * deletion, so that nothing else would say it.
 */
interface Deletion {
  /** `destroys`: data go with it; `removes`: something is not there any more; `leaves`: nothing changes. */
  readonly effect: "destroys" | "removes" | "leaves";
  readonly words: string;
}

const destroys = (words: string): Deletion => ({ effect: "destroys", words });
const removes = (words: string): Deletion => ({ effect: "removes", words });
const leaves = (words: string): Deletion => ({ effect: "leaves", words });

/** By the kind of resource; every kind of the library is here. */
export const deletions: Readonly<Record<string, Deletion>> = {
  Acl: removes("takes the role away from who had it there"),
  ApiToken: removes("revokes the token"),
  AptRepository: removes("disables the repository"),
  AptUpgrade: leaves("changes nothing on the node"),
  Bond: removes("takes the bond out of the node's network, which is reloaded"),
  Bridge: removes("takes the bridge out of the node's network, which is reloaded"),
  CephClient: removes("deletes the key, as long as it may do what the resource has given it"),
  CephConfig: leaves("leaves Ceph's configuration"),
  CephCrushRule: removes("deletes the rule, unless a pool uses it"),
  CephErasureProfile: removes("deletes the profile, unless a pool uses it"),
  CephFlag: removes("unsets the flag"),
  CephFs: destroys("deletes the file system with all files, only where the program has accepted that by its name"),
  CephInstall: leaves("leaves the packages"),
  CephManager: removes("removes the manager"),
  CephManagerModule: removes("disables the module; what it has stored stays"),
  CephMds: removes("removes the metadata server"),
  CephMonitor: removes("removes the monitor"),
  CephOptions: removes("gives its options Ceph's own values again"),
  CephOsd: destroys("drains the disk's OSDs, then destroys them with what is on the disk"),
  CephPool: destroys("deletes the pool, if nothing is in it or the program has accepted the loss by its name"),
  CloudImage: removes("deletes the image's file, if the resource has downloaded it"),
  Cluster: leaves("leaves the cluster running"),
  ClusterQdevice: removes(
    "takes QNetd's vote out of the quorum, and its certificates off the nodes; refused while a member is offline",
  ),
  DatacenterOptions: removes("sets the options back to Proxmox's defaults"),
  Dns: leaves("leaves the node's resolvers"),
  EnvironmentFile: removes("deletes the file on the runner"),
  FirewallAlias: removes("deletes the alias, unless a rule or an IP set names it"),
  FirewallGroup: removes("deletes the security group with its rules, unless a list of rules names it"),
  FirewallIpSet: removes("deletes the IP set, unless a rule names it"),
  FirewallOptions: removes("sets the options of the firewall back to Proxmox's defaults: what it kept out may come in"),
  FirewallRules: removes("deletes its rules; those of others stay: the policy decides on what they let in or kept out"),
  GoldenTemplate: destroys("deletes the template and its disks; versions with linked clones stay"),
  Group: removes("deletes the group, if nobody is in it"),
  GuestConfig: removes(
    "takes its own files and accounts out of the guest; home directories, packages, what scripts did and containers stay",
  ),
  HostsEntries: removes("takes its block out of /etc/hosts"),
  InfisicalSecret: removes("deletes the secret, if it is still the one that was written"),
  NetworkPort: removes("takes back the card's settings, and the node's network is reloaded"),
  NodeOptions: leaves("leaves the node's options"),
  Nodes: leaves("changes nothing"),
  OvsBond: removes("takes the bond out of the node's network, which is reloaded"),
  OvsBridge: removes("takes the bridge out of the node's network, which is reloaded"),
  OvsPort: removes("takes the port out of the node's network, which is reloaded"),
  Pool: removes("deletes the pool, if nothing is in it"),
  Realm: removes("deletes the realm: its users cannot sign in any more"),
  Role: removes("deletes the role, if nobody has it"),
  SdnController: removes("deletes the controller, unless a zone uses it; the networks of all nodes are reloaded"),
  SdnDns: removes("deletes the entry of the DNS server, unless a zone uses it"),
  SdnIpam: removes("deletes the entry of the IPAM, unless a zone uses it"),
  SdnSubnet: removes("deletes the subnet, unless guests have addresses in it; the networks of all nodes are reloaded"),
  SdnVnet: removes("deletes the vnet, unless guests use it; the networks of all nodes are reloaded"),
  SdnZone: removes("deletes the zone, unless vnets are in it; the networks of all nodes are reloaded"),
  Snippet: removes("deletes the snippet's file"),
  SshKey: removes(
    "forgets the key, and deletes what it has written to Infisical: without a copy elsewhere nobody has its private half any more",
  ),
  StackIdentity: leaves("forgets the stack's identity"),
  Storage: removes("deletes the definition of the storage; what is on it stays"),
  Sysctl: removes("deletes its file; the values stay until the next boot"),
  SystemPackage: leaves("leaves the packages, unless `removeOnDelete` is set"),
  SystemUser: removes("removes the account with its keys and sudo rules; its home stays, unless `removeHome` is set"),
  Template: destroys("deletes the template and its disks; versions with linked clones stay"),
  TimeZone: leaves("leaves the node's time zone"),
  User: removes("deletes the user, if it has no token"),
  Vlan: removes("takes the VLAN out of the node's network, which is reloaded"),
  Vm: destroys("stops the VM, and deletes it with its disks"),
};
