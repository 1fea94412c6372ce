import { packagesOf } from "../../simulator/packages/node-packages.js";
import { debianTemplate, downloadedDebian } from "../support/debian-12";
import type { AnyLab } from "../support/lab";
import { image } from "../support/lab";
import type { Properties } from "../support/plugin";

/** What a kind of resource is taken through: made, changed, looked at, removed. */
export interface Life {
  readonly name: string;
  readonly args: Properties;
  /**
   * Three nodes: with all of Ceph's daemons and OSDs, with a monitor and a manager on two of them, or without Ceph; else
   * one node of its own.
   */
  readonly machines?: "ceph" | "two monitors" | "bare";
  /** The stack has root's password beside the token, for what only root may do. */
  readonly root?: true;
  /** What is written otherwise afterwards. */
  readonly change?: Properties;
  /** What there is before, made by root. */
  before?(root: AnyLab): Promise<Properties | void>;
}

const template = async (root: AnyLab): Promise<Properties> => {
  const file = await downloadedDebian(root);
  const made = await debianTemplate(root, file.properties["volumeId"]);
  return { source: { clone: { template: Number(made.id), full: false } } };
};

const downloaded = async (root: AnyLab): Promise<Properties> => ({
  imageVolumeId: (await downloadedDebian(root)).properties["volumeId"],
});

const stoppedVm = async (root: AnyLab): Promise<number> =>
  Number((await root.create("Vm", "web", { source: { empty: true }, node: "pve1", started: false })).id);

/** One life of each kind that the API alone makes; `#2` and so on are more of the same. */
export const lives: Readonly<Record<string, Life>> = {
  Acl: {
    name: "people",
    args: { path: "/vms", role: "PVEAuditor", group: "people" },
    change: { propagate: false },
    before: async (root) => void (await root.create("Group", "people", {})),
  },
  ApiToken: {
    name: "ci",
    args: { user: "ci@pve", rights: [{ path: "/vms", role: "PVEAuditor" }] },
    change: { rotationTrigger: "1" },
    before: async (root) => void (await root.create("User", "ci@pve", {})),
  },
  AptRepository: { name: "free", args: { node: "pve1", handle: "no-subscription" }, change: { enabled: false } },
  BackupJob: {
    name: "nightly",
    args: {
      ...{ schedule: "02:30", pool: "team", storage: "local", pruneBackups: { keepLast: 3 } },
      fleecing: { enabled: true, storage: "local-lvm" },
    },
    change: { pruneBackups: { keepLast: 2 }, bandwidthLimit: 1000 },
    before: async (root) => void (await root.create("Pool", "team", {})),
  },
  Bridge: { name: "vmbr9", args: { node: "pve1", address: "10.99.0.1/24" }, change: { comment: "more" } },
  CloudImage: { name: "debian", args: { ...image, bytes: undefined, node: "pve1", storage: "local" } },
  DatacenterOptions: { name: "options", args: { nextId: { lower: 2000 } }, change: { nextId: { lower: 3000 } } },
  Dns: {
    name: "names",
    args: { node: "pve1", servers: ["10.0.0.1"], searchDomain: "example.com" },
    change: { servers: ["10.0.0.2"] },
  },
  FirewallAlias: {
    name: "lan",
    args: { place: { datacenter: true }, cidr: "10.0.0.0/24" },
    change: { cidr: "10.0.1.0/24" },
  },
  FirewallGroup: {
    name: "web",
    args: { rules: [{ direction: "in", action: "ACCEPT", macro: "HTTPS" }] },
    change: { rules: [{ direction: "in", action: "ACCEPT", macro: "HTTP" }] },
  },
  FirewallIpSet: {
    name: "office",
    args: { place: { datacenter: true }, entries: [{ cidr: "10.0.0.0/24" }] },
    change: { entries: [{ cidr: "10.0.1.0/24", comment: "more" }] },
  },
  FirewallOptions: {
    name: "options",
    args: { place: { node: "pve1" }, logLevelIn: "info" },
    change: { tcpFlags: true },
  },
  FirewallRules: {
    name: "rules",
    args: { place: { node: "pve1" }, rules: [{ direction: "in", action: "ACCEPT", macro: "Ping" }] },
    change: { rules: [{ direction: "in", action: "DROP", macro: "Ping", comment: "more" }] },
  },
  Group: { name: "people", args: {}, change: { comment: "more" } },
  HaResource: {
    name: "web",
    args: { state: "stopped" },
    change: { comment: "more", maxRestart: 2 },
    before: async (root) => ({ vmid: await stoppedVm(root) }),
  },
  HaRule: {
    name: "place",
    args: { type: "node-affinity", nodes: [{ node: "pve1" }] },
    change: { strict: true },
    async before(root) {
      const ha = await root.create("HaResource", "web", { vmid: await stoppedVm(root), state: "stopped" });
      return { resources: [ha.properties["sid"]] };
    },
  },
  HostsEntries: {
    name: "hosts",
    args: { node: "pve1", entries: [{ address: "10.0.0.7", names: ["seven"] }] },
    change: { entries: [{ address: "10.0.0.7", names: ["seven", "more"] }] },
  },
  NodeOptions: { name: "options", args: { node: "pve1", description: "rack" }, change: { description: "more" } },
  Pool: { name: "team", args: {}, change: { comment: "more" } },
  Realm: {
    name: "corp",
    args: { type: "ldap", server: "ldap.example.com", baseDn: "dc=example", userAttribute: "uid" },
    change: { server: "other.example.com" },
  },
  Role: { name: "Operator", args: { privileges: ["VM.Audit"] }, change: { privileges: ["VM.Audit", "VM.Console"] } },
  SdnController: {
    name: "peers",
    args: { type: "bgp", node: "pve1", asn: 65000, peers: ["10.0.0.9"] },
    change: { asn: 65001 },
    before: async (root) =>
      void (packagesOf(root.sim.simulation.node("pve1")).installed["frr-pythontools"] = "10.4.1-1+pve1"),
  },
  SdnSubnet: {
    name: "net",
    args: { vnet: "web", cidr: "10.80.0.0/24", gateway: "10.80.0.1" },
    change: { snat: true },
    async before(root) {
      await root.create("SdnZone", "lab", { type: "simple", ipam: "pve" });
      await root.create("SdnVnet", "web", { zone: "lab" });
    },
  },
  SdnVnet: {
    name: "web",
    args: { zone: "lab" },
    change: { alias: "more" },
    async before(root) {
      await root.create("SdnZone", "lab", { type: "simple" });
    },
  },
  SdnZone: { name: "lab", args: { type: "simple", ipam: "pve" }, change: { mtu: 1400 } },
  Storage: {
    name: "srv",
    args: { type: "dir", path: "/srv/more", content: ["images"] },
    change: { content: ["images", "iso"] },
  },
  Template: {
    name: "debian-12",
    args: {
      node: "pve1",
      disk: { storage: "local-lvm", sizeGiB: 4 },
      agent: true,
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin" },
    },
    change: { tags: ["more"] },
    before: downloaded,
  },
  GuestConfig: {
    name: "web",
    args: { packages: ["nginx"], files: [{ path: "/etc/motd", content: "hello" }] },
    change: { files: [{ path: "/etc/motd", content: "hello again" }] },
    before: async (root) => {
      const made = await root.create("Vm", "web", {
        ...{ node: "pve1", source: await downloaded(root), agent: true, started: true },
        disks: [{ storage: "local-lvm", sizeGiB: 4 }],
        networks: [{ bridge: "vmbr0" }],
        cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
      });
      return { vmid: Number(made.properties["vmid"]) };
    },
  },
  TimeZone: { name: "zone", args: { node: "pve1", timeZone: "Europe/Berlin" }, change: { timeZone: "Europe/Vienna" } },
  User: { name: "bob@pve", args: {}, change: { comment: "more" } },
  "User in a group": {
    name: "bob@pve",
    args: { groups: ["people"] },
    change: { comment: "more" },
    before: async (root) => void (await root.create("Group", "people", {})),
  },
  Vm: {
    name: "web-1",
    args: {
      cores: 1,
      memoryMiB: 1024,
      disks: [{ storage: "local-lvm", sizeGiB: 5 }],
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
      tags: ["test"],
    },
    change: { cores: 2, memoryMiB: 2048, description: "web", disks: [{ storage: "local-lvm", sizeGiB: 6 }] },
    before: template,
  },
  "Vm of a file": {
    name: "web-1",
    args: { node: "pve1", disks: [{ storage: "local-lvm", sizeGiB: 5 }], started: false },
    change: { cores: 2 },
    before: async (root) => ({ source: await downloaded(root) }),
  },
  "Vm in a pool": {
    name: "web-1",
    args: {
      node: "pve1",
      source: { empty: true },
      disks: [{ storage: "local-lvm", sizeGiB: 1 }],
      pool: "team",
      started: false,
    },
    change: { pool: "other" },
    before: async (root) => {
      await root.create("Pool", "team", {});
      await root.create("Pool", "other", {});
    },
  },
};
