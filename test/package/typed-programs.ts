/** What the programs import. */
export const imports = `import * as pulumi from "@pulumi/pulumi";
import {
  Acl, ApiToken, AptRepository, AptUpgrade, BackupJob, Bond, Bridge, catalogue, CephConfig, CephFlag, CephInstall, CephManager,
  CephClient, CephCrushRule, CephErasureProfile, CephFs, CephManagerModule, CephMds, CephMonitor, CephOptions, CephOsd, CephPool, CloudImage, Cluster, ClusterQdevice, DatacenterOptions, Dns, EnvironmentFile,
  FirewallAlias, FirewallGroup, FirewallIpSet, FirewallOptions, FirewallRules, Fleet, GoldenImage, Group, HaResource, HaRule, HostsEntries, images, LogRotation, NetworkPort, NodeOptions, Nodes, NodeTemplates, OvsBond, OvsBridge,
  OvsPort, Pool, Provider, Realm, Role, SdnController, SdnDns, SdnIpam, SdnSubnet, SdnVnet, SdnZone, secret, Snippet, SshKey, Storage, Sysctl, SystemPackage, SystemUser, Template, TerraformUser, TimeZone, User,
  ClusterAccess, ClusterFirewall, ClusterNetwork, CephStorage, DhcpNat, GuestConfig, HostBase, InfisicalSecret, leastPrivilege, ProxmoxCluster,
  Vlan, Vm, type BridgeArgs, type StorageArgs, type TemplateArgs, type VmArgs, type VmDiskArgs,
} from "pulumi-proxmox-cluster";
import { startSimulator } from "pulumi-proxmox-cluster/simulator";

`;

/** A program that makes one of every public class. */
export const everyClass = `${imports}const nodes = Nodes.get("nodes");
const lab = new Provider("lab", { "proxmox:endpoints": ["https://10.0.0.5:8006"], "proxmox:tokenId": "root@pam!lab", "proxmox:tokenSecret": secret("LAB"), "proxmox:parallelPerNode": 2, "proxmox:insecure": false });
const image = new CloudImage("debian", { image: "debian-12", node: "pve1", storage: "local" });
const other = new CloudImage("own", { url: catalogue("debian-13").url, checksum: { url: images["debian-13"].checksum.url }, node: "pve1", storage: "local" });
const template = new Template("debian-12", { node: "pve1", imageVolumeId: image.volumeId, disk: { storage: "local-lvm" } });
const golden = new GoldenImage("web", {
  node: "pve1",
  image: { image: "debian-12", storage: "local" },
  disk: { storage: "local-lvm" },
  provision: [
    { run: "true", environment: { A: "b", C: secret("D") } },
    { file: { path: "/etc/motd", content: pulumi.secret("hello") } },
  ],
});
const each = new NodeTemplates("each", {
  nodes: ["pve1"],
  image: { image: "debian-12", storage: "local" },
  template: { disk: { storage: "local-lvm" } },
});
const cluster = new Cluster("lab", { nodes: [{ name: "pve1", links: { 0: "10.0.0.5" }, votes: 1 }, { name: "pve2" }], twoNode: true });
const witness = new ClusterQdevice("witness", { cluster: cluster.name, host: "10.0.0.9", ssh: "10.0.0.9:22", algorithm: "ffsplit", timeouts: { create: "20m" } });
const options = new DatacenterOptions("options", { nextId: { lower: 2000 }, migration: { type: "insecure", network: "10.0.5.0/24" } });
const upgrade = new AptUpgrade("upgrade", { node: new AptRepository("free", { node: "pve1", handle: "no-subscription" }).node, reboot: true });
new SystemPackage("tools", { node: upgrade.node, packages: ["htop"] });
const key = new SshKey("deploy");
new SshKey("old", { type: "rsa", bits: 4096, comment: "old", rotationTrigger: "1" });
new SystemUser("deploy", { node: "pve1", authorizedKeys: [key.publicKey] });
new SystemUser("bob", { node: "pve1", groups: ["sudo"], exclusiveGroups: true, authorizedKeys: ["ssh-ed25519 AAAA bob"], sudoRules: ["/usr/sbin/qm"] });
new Sysctl("tuning", { node: "pve1", values: { "vm.swappiness": 10, "net.ipv4.tcp_rmem": "4096 87380 6291456" } });
new LogRotation("app", { node: "pve1", logs: ["/var/log/pve/*.log"], frequency: "daily", rotate: 7, maxSize: "100M", compress: true, create: { mode: "0640", user: "root", group: "adm" } });
new TimeZone("zone", { node: "pve1", timeZone: "Europe/Berlin" });
new NodeOptions("options", { node: "pve1", wakeOnLan: { macAddress: "00:11:22:33:44:55" }, acmeDomains: [{ domain: "pve1.example.com" }] });
new HostsEntries("hosts", { node: "pve1", entries: [{ address: "10.0.0.5", names: ["pve1.example.com", "pve1"] }] });
new Dns("names", { node: "pve1", servers: ["10.0.0.1"], searchDomain: "example.com" });
const port = new NetworkPort("10g", { node: "pve1", name: "eno2", mtu: 9000 });
const bond = new Bond("bond0", { node: "pve1", name: "bond0", ports: ["eno3", "eno4"], mode: "802.3ad", hashPolicy: "layer3+4" });
const bridge = new Bridge("vmbr1", { node: "pve1", ports: [bond.name], vlanAware: true, vlanIds: [9, "100-200"], peers: ["10.0.0.6"], jumbo: true, mtu: 9000 });
new Vlan("vlan9", { node: "pve1", parent: bridge.name, vlanId: 9, address: "10.9.0.5/24", restoreAfter: "90s" });
const ovs = new OvsBridge("vmbr2", { node: "pve1", ports: [port.name] });
new OvsBond("bond1", { node: "pve1", bridge: ovs.name, ports: ["eno5", "eno6"], mode: "lacp-balance-tcp" });
new OvsPort("storage", { node: "pve1", bridge: ovs.name, vlanTag: 20, address: "10.20.0.5/24" });
const packages = new CephInstall("pve1", { node: "pve1", release: "tentacle", repository: "no-subscription" });
const ceph = new CephConfig("ceph", { node: packages.node, publicNetwork: "10.0.5.0/24", clusterNetwork: "10.0.7.0/24" });
const monitor = new CephMonitor("pve1", { node: "pve1", address: "10.0.5.1" }, { dependsOn: ceph });
new CephManager("pve1", { node: monitor.node });
new CephFlag("noout");
const osds = new CephOsd("pve1-1", { node: "pve1", serial: "S1", osdsPerDevice: 2, deviceClass: "nvme", removal: { acceptDataLoss: ["0a8c6ba3-8f2c-4a7e-9a3b-2b1d7c1f0e11"] } });
const hosts = { one: { variables: { hostOctet: 5 } }, two: { variables: { hostOctet: 6 } }, three: { variables: { hostOctet: 7 } } };
new HostBase("hosts", { nodes: hosts, host: { repositories: { enterprise: false }, timeZone: "Europe/Berlin" } });
new ClusterNetwork("net", { nodes: hosts, network: { bridges: { vmbr1: { ports: ["eno2"], address: "10.0.5.{{hostOctet}}/24" } } } });
new ClusterAccess("access", { access: { groups: { team: { comment: "The team" } } } });
new ClusterFirewall("firewall", { nodes: hosts, firewall: { ipSets: { management: { entries: [{ cidr: "10.0.0.0/24" }] } }, rules: [{ group: "web" }], options: { enable: true, policyIn: "DROP" }, node: { options: { ndp: true } }, restoreAfter: "90s" } });
new CephStorage("ceph", {
  nodes: { one: { ceph: { osds: { a: { serial: "S7" } } } } },
  ceph: { release: "squid", repository: "no-subscription", publicNetwork: "10.0.5.0/24", osd: { osdsPerDevice: 2 }, rules: { flash: { deviceClass: "nvme" } }, pools: { vms: { crushRule: "flash", pgNum: 64, addStorages: true } }, retainOnDelete: true },
});
new ProxmoxCluster("whole", { nodes: hosts, host: { timeZone: "Europe/Berlin" }, cluster: { name: "whole", links: { 0: "10.0.8.{{hostOctet}}" } } });
const nat = new DhcpNat("nat", { networks: { front: { cidr: "10.90.0.0/24", alias: "front" } }, nodes: ["pve1"], transform: { zone: (args) => void (args.mtu = 1400) } });
new Vm("front-1", { source: { empty: true }, networks: [{ bridge: nat.bridges.front }] });
const ssd = new CephPool("vm_ssd", { node: "pve1", size: 3, minSize: 2, pgNum: 128, compression: { mode: "aggressive" } }, { dependsOn: osds });
new CephPool("cold", { node: "pve1", erasureCoding: { k: 4, m: 2 }, addStorages: true, removal: { acceptDataLoss: "cold" } });
new Storage("vm_ssd", { type: "rbd", pool: ssd.pool, content: ["images"] });
const rule = new CephCrushRule("flash", { node: "pve1", deviceClass: "nvme" });
const profile = new CephErasureProfile("wide", { node: "pve1", k: 4, m: 2 });
new CephPool("archive", { node: "pve1", crushRule: rule.name, erasureCoding: { k: 4, m: 2, profile: profile.name } });
export const figures = new CephManagerModule("prometheus", { node: "pve1" }).url;
export const keyring = new CephClient("backup", { node: "pve1", caps: { mon: "profile rbd" } }).keyring;
new CephOptions("options", { node: "pve1", options: { osd: { osd_memory_target: "6G" } } });
new CephFs("shared", { node: new CephMds("mds", { node: "pve1" }).node, pgNum: 32 });
export const rights: Readonly<Record<string, readonly string[]>> = leastPrivilege([{ kind: "Vm", args: { vmid: 100 } }]).paths;
export const osdIds = [osds.osdIds, osds.osds.apply((all) => all[0]?.uuid), ceph.fsid];
const pool = new Pool("team");
const ha = new HaResource("web", { vmid: 100, state: "started" });
new HaRule("web", { type: "node-affinity", resources: [ha.sid], nodes: [{ node: "pve1", priority: 2 }], allowMoves: true });
new BackupJob("nightly", { schedule: "02:30", pool: pool.poolId, storage: "local", pruneBackups: { keepLast: 3 }, fleecing: { enabled: true, storage: "local-lvm" } });
const stored = new InfisicalSecret("DB_PASSWORD", { path: "/web", createFolders: true, generate: { length: 40, symbols: true, trigger: "1" } });
new InfisicalSecret("COPY", { value: secret("OTHER", { from: "environment" }), comment: "for the web", adopt: true });
const role = new Role("Operator", { privileges: ["VM.Audit"] });
const group = new Group("people");
const user = new User("bob@pve", { groups: [group.groupId], password: stored.reference, expiresAt: "2100-01-01" });
new Acl("people", { path: "/vms", role: role.roleId, group: group.groupId, propagate: false });
const token = new ApiToken("ci", { user: user.userId, rights: [{ path: "/vms", role: role.roleId }], rotateAfter: "30d" });
new EnvironmentFile("env", { path: "~/.proxmox/env", endpoint: "https://10.0.0.5:8006", tokenId: token.fullTokenId, tokenValue: secret("TOKEN"), variables: { MORE: token.value } });
const terraform = new TerraformUser("terraform", { endpoint: "https://10.0.0.5:8006", paths: ["/pool"], transform: { token: (args) => ({ ...args, rotateAfter: "30d" }) } });
new Realm("corp", { type: "ldap", server: "ldap.example.com", baseDn: "dc=example", userAttribute: "uid", sync: { trigger: "1" } });
const nas = new Storage("nas", { type: "nfs", server: "10.0.0.2", export: "/srv", content: ["images"] });
const snippet = new Snippet("base", { node: "pve1", content: "#cloud-config\\n" });
const disk: VmDiskArgs = { storage: nas.storageId, sizeGiB: 8 };
const vm = new Vm("web-1", {
  source: { clone: { template: template.vmid } },
  pool: pool.poolId,
  disks: [disk],
  networks: [{ bridge: "vmbr0" }],
  cloudInit: { user: "admin", password: secret("ADMIN_PASSWORD"), userData: { packages: ["htop"], nested: [vmName()] } },
}, { provider: lab });
new GuestConfig("web-1", {
  vmid: vm.vmid, packages: ["nginx"],
  files: [{ path: "/etc/motd", content: secret("MOTD"), mode: "0644", owner: "root:adm", overwrite: true }],
  scripts: [{ name: "setup", run: "true", check: "true", environment: { TOKEN: secret("TOKEN") }, timeout: "5m" }],
  compose: [{ name: "shop", content: "services: {}" }],
});
const fleet = new Fleet("web", { count: 2, names: "w-{n}", vm: { source: { clone: { template: golden.vmid } } } });
function vmName(): pulumi.Output<string> { return pulumi.output("web"); }
export const out = [
  terraform.file, terraform.tokenValue,
  vm.ips, vm.sshCommand, fleet.inventory, golden.oldVersions, each.templates["pve1"]?.vmid, snippet.volumeId, other.checksum,
  user.userId, token.apiToken, token.rotatesAt, nodes.nodes.apply((all) => all[0]?.freeMemoryMiB), Vm.get("there", 100).uuid, Template.get("tpl", "x").vmid,
  cluster.ca, cluster.fingerprints.apply((all) => all["pve1"]), options.nextId.apply((range) => range?.lower), DatacenterOptions.get("all").registeredTags.apply((tags) => tags?.length),
];
export async function practise(): Promise<number> {
  const sim = await startSimulator({ seed: "empty:1" });
  await sim.close();
  return sim.nodes.length;
}
new FirewallAlias("lan", { place: { datacenter: true }, cidr: "10.0.0.0/24" });
new FirewallIpSet("management", { place: { datacenter: true }, entries: [{ cidr: "10.0.0.0/24" }, { cidr: "10.0.0.9", noMatch: true }] });
new FirewallGroup("web", { rules: [{ direction: "in", action: "ACCEPT", macro: "HTTPS" }] });
new FirewallRules("guest-rules", { place: { guest: 100 }, foreign: "keep", rules: [{ group: "web" }, { direction: "in", action: "DROP", protocol: "tcp", destinationPort: 22 }] });
new FirewallOptions("datacenter", { place: { datacenter: true }, enable: true, policyIn: "DROP", logRateLimit: { enable: true, rate: "1/second" } });
new SdnController("evpn", { type: "evpn", asn: 65000, peers: ["10.0.0.1"] });
new SdnDns("powerdns", { type: "powerdns", url: "http://127.0.0.1:8081/api/v1/servers/localhost", apiKey: secret("KEY") });
new SdnIpam("netbox", { type: "netbox", url: "http://127.0.0.1/api", token: secret("TOKEN") });
new SdnZone("lab", { type: "simple", dhcp: "dnsmasq" });
new SdnVnet("labnet", { zone: "lab" });
new SdnSubnet("lab-subnet", { vnet: "labnet", cidr: "10.9.0.0/24", gateway: "10.9.0.1", snat: true });
`;

/** Every form that a value may come in: plain, a promise, an output, and outputs of whole lists and objects. */
export const values = `
declare const flag: pulumi.Output<boolean>;
declare const maybe: boolean;
declare const bus: pulumi.Output<"raw" | "qcow2">;
declare const idOrName: pulumi.Output<number | string>;
declare const anInput: pulumi.Input<boolean>;
declare const inputOfUnion: pulumi.Input<"none" | "writeback">;
declare const later: Promise<string>;
declare const list: pulumi.Output<string[]>;
const whole: pulumi.Input<VmDiskArgs> = pulumi.output({ storage: "local-lvm", sizeGiB: 4 });
new Vm("outputs", {
  source: pulumi.output({ clone: { template: 9000 } }),
  started: flag,
  onBoot: maybe,
  protection: anInput,
  agent: flag,
  force: Promise.resolve(true),
  node: later,
  nodes: list,
  tags: [later, "a", pulumi.output("b")],
  hugepages: pulumi.output<2 | 1024 | "any">(2),
  disks: [whole, { storage: "a", format: bus, cache: inputOfUnion, discard: flag, ssd: anInput }],
  networks: pulumi.output([{ bridge: "vmbr0", trunks: [1, "2-3"] }]),
  cloudInit: { via: pulumi.output<"iso" | "snippets">("iso"), rerun: flag, addresses: [{ address: later }] },
});
new Vm("by-name", { source: { clone: { template: idOrName, full: flag } }, machine: pulumi.output("q35") });
new Template("t", { node: "n", imageVolumeId: later, disk: whole, agent: pulumi.output(maybe), whileCloned: pulumi.output<"retire" | "refuse">("refuse") });
new CloudImage("i", { image: pulumi.output<"debian-12" | "debian-13">("debian-12"), node: later, storage: "s", verifyCertificates: flag });
new Storage("s", { type: "lvmthin", volumeGroup: later, thinPool: "data", disabled: flag });
new Storage("d", { type: "dir", path: "/srv", isMountpoint: pulumi.output<boolean | string>(true), format: bus });
new AptRepository("r", { node: later, handle: later, enabled: flag });
new AptUpgrade("u", { node: later, packages: list, triggers: [later], keepUpToDate: flag, shutdownGuests: anInput });
new SystemUser("su", { node: later, uid: pulumi.output(1000), groups: [later], authorizedKeys: [later], sudoRules: [later], adopt: flag });
new SystemPackage("sp", { node: later, packages: [later], removeOnDelete: flag });
new Sysctl("sy", { node: later, values: { a: later, b: pulumi.output(1) } });
new LogRotation("lr", { node: later, logs: [later], rotate: pulumi.output(7), missingOk: flag, su: { user: later, group: "root" }, adopt: flag });
new TimeZone("tz", { node: later, timeZone: later });
new NodeOptions("no", { node: later, description: later, startAllOnBootDelay: pulumi.output(5), location: { latitude: 1, longitude: pulumi.output(2) } });
new HostsEntries("h", { node: later, entries: [{ address: later, names: list }], override: flag });
new Dns("d", { node: later, servers: [later], searchDomain: later });
new Cluster("c", { nodes: [{ name: later, links: { 0: later }, votes: Promise.resolve(2) }], linkPriorities: { 0: pulumi.output(3) }, twoNode: flag });
new DatacenterOptions("o", { console: pulumi.output<"vv" | "html5">("vv"), registeredTags: list, ha: pulumi.output({}) });
new HaResource("hr", { vmid: pulumi.output(100), state: "started", maxRestart: pulumi.output(2), failback: flag });
new HaRule("hn", { type: "node-affinity", resources: [later], nodes: [{ node: later, priority: pulumi.output(2) }], strict: flag });
new HaRule("ha", { type: "resource-affinity", affinity: "negative", resources: list, allowMoves: flag });
new Pool("p", { poolId: later, adopt: flag });
new BackupJob("b", { jobId: later, schedule: later, vmids: [pulumi.output(100)], storage: later, node: later, enabled: flag, mailTo: list, mode: pulumi.output<"snapshot" | "stop">("stop") });
new FirewallRules("fr", { place: { guest: pulumi.output(100) }, rules: pulumi.output([]), foreign: "keep", lockout: "accept" });
new FirewallGroup("fg", { group: later, rules: [{ direction: "in", action: "ACCEPT", source: later, destinationPort: later }] });
new FirewallOptions("fo", { place: { node: later }, enable: flag, logLevelIn: "info" });
new FirewallAlias("fa", { place: { datacenter: true }, alias: later, cidr: later });
new FirewallIpSet("fs", { place: { datacenter: true }, ipSet: later, entries: [{ cidr: later, noMatch: flag }] });
new SdnZone("z", { type: "simple", zoneId: later, ipam: later, dhcp: "dnsmasq", nodes: list });
new SdnZone("ze", { type: "evpn", controller: later, vrfVxlan: pulumi.output(100), exitNodes: list });
new SdnVnet("v", { zone: later, tag: pulumi.output(5), isolatePorts: flag });
new SdnSubnet("s", { vnet: later, cidr: later, snat: flag, dhcpRanges: [{ start: later, end: later }] });
new SdnController("c", { type: "bgp", node: later, asn: pulumi.output(65000), peers: list, ebgp: flag });
new SdnIpam("i", { type: "netbox", url: later, token: pulumi.secret("x") });
new SdnDns("sd", { type: "powerdns", url: later, apiKey: secret("KEY") });
new Role("r", { privileges: list, roleId: later });
new User("u", { userId: later, enabled: flag, groups: list, password: pulumi.secret("x") });
new CephOsd("o", { node: later, byId: later, wipe: { serial: later }, encrypted: flag, dbDevice: { serial: later, sizeGiB: 60 } });
new Acl("a", { path: later, role: later, user: later, propagate: flag });
new ApiToken("t", { user: later, tokenId: later, rights: [{ path: later, role: later, propagate: flag }], rotationTrigger: later });
new EnvironmentFile("e", { path: later, format: "proxspray", clusterName: later, endpoint: later, tokenId: later, tokenValue: pulumi.secret("x"), insecure: flag });
new Realm("o", { type: "openid", issuerUrl: later, clientId: later, default: flag });
const bridgeArgs: BridgeArgs = { node: later, ports: [later], vlanIds: [1, later], unguarded: flag };
new Bridge("b", { ...bridgeArgs, adopt: maybe });
new Snippet("sn", { node: "n", content: pulumi.output("x") });
new GoldenImage("g", { node: "n", template: idOrName, keepFailed: flag });
new Vm("undefined", { source: { clone: { template: 1 } }, cores: undefined, cloudInit: undefined, vmid: maybe ? 100 : undefined });
const base: VmArgs = { cores: 2 };
const args: TemplateArgs = { cores: base.cores, node: "n", imageVolumeId: "local:import/x.qcow2", disk: { storage: "s" } };
base.memoryMiB = 512;
const storage = (type: "dir" | "btrfs"): StorageArgs => ({ type, path: "/srv" });
export const built = [args, storage("dir")];
`;

/** What must be refused while it is written, each with one error. */
export const refused: Readonly<Record<string, string>> = {
  "an argument that there is not": 'new Vm("x", { source: { clone: { template: 1 } }, core: 2 });',
  "a word that is none of the allowed ones": 'new Vm("x", { disks: [{ storage: "s", cache: "fast" }] });',
  "text for a number": 'new Vm("x", { cores: "2" });',
  "an output of another type": 'new Vm("x", { started: pulumi.output("yes") });',
  "an image that is not in the catalogue": 'new CloudImage("x", { image: "debian-1", node: "n", storage: "s" });',
  "an argument of another type of storage": 'new Storage("x", { type: "dir", path: "/srv", server: "10.0.0.1" });',
  "a key of the config that there is not": 'new Provider("x", { "proxmox:endpoint": "https://10.0.0.5:8006" });',
  "an argument left out that is needed": 'new Snippet("x", { node: "n" });',
};
