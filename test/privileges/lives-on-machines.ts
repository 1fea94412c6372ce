import { image, type AnyLab } from "../support/lab";
import type { Properties } from "../support/plugin";
import { secretValue } from "../support/secret-values";
import { downloadedDebian } from "../support/debian-12";
import type { Life } from "./lives";

/** What the node has no subscription for would keep it from refreshing its lists. */
const withoutSubscription = async (root: AnyLab): Promise<void> => {
  for (const handle of ["enterprise", "ceph-squid-enterprise"])
    await root.create("AptRepository", handle, { node: "pve1", handle, enabled: false });
};

/** Servers that Proxmox looks at before it writes an entry down. */
const servers = async (root: AnyLab): Promise<void> => {
  root.sim.world.sdnServers = ["https://netbox.lab", "https://dns.lab", "https://other.lab"];
};

const withSwitch = async (root: AnyLab): Promise<void> => {
  root.sim.simulation.node("pve1").network.openvswitch = true;
};
const switched = async (root: AnyLab): Promise<void> => {
  await withSwitch(root);
  await root.create("OvsBridge", "vmbr5", { node: "pve1" });
};

/** Lives of kinds that are changed by a node's shell, or with its networks. */
export const livesOnMachines: Readonly<Record<string, Life>> = {
  AptUpgrade: {
    name: "upgrade",
    args: { node: "pve1", triggers: ["1"] },
    change: { triggers: ["2"] },
    before: withoutSubscription,
  },
  Bond: { name: "bond0", args: { node: "pve1", ports: ["eno2"] }, change: { comment: "more" } },
  GoldenTemplate: {
    name: "base",
    args: {
      node: "pve1",
      disk: { storage: "local-lvm", sizeGiB: 4 },
      networks: [{ bridge: "vmbr0" }],
      provision: [{ run: "apt-get install -y nginx" }],
    },
    change: { provision: [{ run: "apt-get update" }, { run: "apt-get install -y nginx" }] },
    before: async (root) => {
      Object.assign(root.sim.world.web[image.url] ?? {}, { os: { agent: true, commands: [] } });
      return { imageVolumeId: (await downloadedDebian(root)).properties["volumeId"] };
    },
  },
  OvsBond: {
    name: "bond1",
    args: { node: "pve1", bridge: "vmbr5", ports: ["eno2"], mode: "active-backup" },
    change: { comment: "more" },
    before: switched,
  },
  OvsBridge: { name: "vmbr5", args: { node: "pve1" }, change: { comment: "more" }, before: withSwitch },
  OvsPort: {
    name: "store",
    args: { node: "pve1", bridge: "vmbr5", vlanTag: 20 },
    change: { vlanTag: 21 },
    before: switched,
  },
  SdnDns: {
    name: "powerdns",
    args: { type: "powerdns", url: "https://dns.lab/api", apiKey: secretValue("the DNS server's key of a life") },
    change: { ttl: 60 },
    before: servers,
  },
  SdnIpam: {
    name: "netbox",
    args: { type: "netbox", url: "https://netbox.lab/api", token: secretValue("the IPAM's token of a life") },
    change: { url: "https://other.lab/api" },
    before: servers,
  },
  Snippet: {
    name: "base",
    args: { node: "pve1", fileName: "base.yaml", content: "#cloud-config\n{}\n" },
    change: { content: "#cloud-config\npackages: []\n" },
  },
  Vlan: { name: "vlan9", args: { node: "pve1", parent: "eno2", vlanId: 9 }, change: { comment: "more" } },
  "Vlan on a bridge": {
    name: "vmbr0.9",
    args: { node: "pve1", parent: "vmbr0", vlanId: 9 },
    change: { comment: "more" },
  },
  NetworkPort: { name: "port", args: { node: "pve1", name: "eno2", autostart: true }, change: { comment: "more" } },
  LogRotation: {
    name: "app",
    args: { node: "pve1", logs: ["/var/log/app.log"], rotate: 7, missingOk: true },
    change: { rotate: 14 },
  },
  Sysctl: {
    name: "tuning",
    args: { node: "pve1", values: { "vm.swappiness": 10 } },
    change: { values: { "vm.swappiness": 20 } },
  },
  SystemPackage: {
    name: "editor",
    args: { node: "pve1", packages: ["htop"], removeOnDelete: true },
    before: withoutSubscription,
  },
  SystemUser: { name: "bob", args: { node: "pve1", comment: "Bob" }, change: { comment: "Bob B." } },
};

const onFoxtrot = (name: string, more: Properties = {}, change: Properties = {}): Life => ({
  name,
  args: { node: "foxtrot", ...more },
  change,
  machines: "ceph",
});

const packages = { release: "tentacle", repository: "no-subscription" };

/** Lives on three nodes with Ceph's daemons and OSDs. */
export const livesInCeph: Readonly<Record<string, Life>> = {
  CephClient: onFoxtrot("backup", { caps: { mon: "profile rbd" } }, { caps: { mon: "profile rbd", mgr: "allow rw" } }),
  CephCrushRule: onFoxtrot("nvme", { deviceClass: "nvme", failureDomain: "osd" }),
  CephConfig: {
    ...onFoxtrot("ceph", { publicNetwork: "192.168.5.0/24", clusterNetwork: "192.168.7.0/24" }),
    machines: "bare",
    before: async (root) => void (await root.create("CephInstall", "foxtrot", { node: "foxtrot", ...packages })),
  },
  CephErasureProfile: onFoxtrot("wide", { k: 2, m: 1, failureDomain: "host" }),
  CephFlag: { name: "noout", args: {}, machines: "ceph" },
  CephFs: {
    ...onFoxtrot("shared", { pgNum: 32, removal: { acceptDataLoss: "shared" } }),
    before: async (root) => void (await root.create("CephMds", "golf", { node: "golf" })),
  },
  CephInstall: { ...onFoxtrot("foxtrot", packages), machines: "bare" },
  CephManager: { name: "hotel", args: { node: "hotel" }, machines: "two monitors" },
  CephManagerModule: onFoxtrot("prometheus"),
  CephMds: { name: "golf", args: { node: "golf" }, machines: "ceph" },
  CephMonitor: { name: "hotel", args: { node: "hotel" }, machines: "two monitors" },
  CephOptions: onFoxtrot(
    "ceph",
    { options: { osd: { osd_memory_target: "6G" } } },
    { options: { osd: { osd_memory_target: "5G" } } },
  ),
  CephOsd: {
    name: "golf-2",
    args: { node: "golf", serial: "INVENTED62", osdsPerDevice: 2, deviceClass: "nvme" },
    change: { deviceClass: "ssd" },
    machines: "ceph",
    root: true,
  },
  CephPool: onFoxtrot("vm_ssd", { pgNum: 32 }, { pgNum: 64 }),
  "CephPool with its storages": onFoxtrot("vm_ssd", { pgNum: 32, addStorages: true }),
};
