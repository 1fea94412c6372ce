import * as pulumi from "../providers/kernel/program/sdk";
import {
  presets,
  ProxmoxCluster,
  terraformSudoRules,
  type AccessSettings,
  type CloudImageArgs,
  type HostSettings,
  type NodeTemplatesArgs,
  type VmArgs,
} from "../index";
import { assertKnown, type Fact } from "./facts";

/** Facts of the matrix cluster: three MINISFORUM MS-A2 with 16 cores and 64 GiB. The last octet is the same in every network. */
const octets = { foxtrot: 5, golf: 6, hotel: 7 } as const;
const names = Object.keys(octets) as (keyof typeof octets)[];
const disks = ["nvme1n1", "nvme2n1"] as const;
const domain = "matrix.spaceships.work";
const management = { bridge: "vmbr0", gateway: "192.168.3.1", nameserver: "192.168.3.1" };

const jumbo = { mtu: 9000, jumbo: true, probeOthers: true } as const;
const network = {
  ports: {
    enp4s0: { autostart: true },
    enp5s0f0np0: { autostart: true, mtu: 9000 },
    enp5s0f1np1: { autostart: true, mtu: 9000 },
  },
  bridges: {
    vmbr0: {
      ...{ adopt: true, ports: ["enp4s0"], address: "192.168.3.{{hostOctet}}/24", gateway: management.gateway },
      ...{ vlanAware: true, vlanIds: [9], comment: "MGMT" },
    },
    vmbr1: { ports: ["enp5s0f0np0"], address: "192.168.5.{{hostOctet}}/24", ...jumbo },
    vmbr2: { ports: ["enp5s0f1np1"], address: "192.168.7.{{hostOctet}}/24", ...jumbo },
  },
  vlans: {
    vlan9: { parent: "vmbr0", vlanId: 9, address: "192.168.8.{{hostOctet}}/24", probeOthers: true },
  },
};

/** Examples: which VMs the cluster really runs is not known. Addresses .10 to .199 are free for VMs. */
const vms = [
  { name: "web-1", node: "foxtrot", address: "192.168.3.21/24", cores: 2, memoryMiB: 2048 },
  { name: "web-2", node: "golf", address: "192.168.3.22/24", cores: 2, memoryMiB: 2048 },
  { name: "db-1", node: "hotel", address: "192.168.3.23/24", cores: 4, memoryMiB: 8192 },
] as const;
/** With Ceph there is one on it, which any node can run. */
const onCeph = { name: "app-1", node: "golf", address: "192.168.3.24/24", cores: 2, memoryMiB: 2048 } as const;

/** What is not known of the machines, and where it is to be had. */
const unknown: readonly Fact[] = [
  {
    keys: ["proxmox:fingerprints", "proxmox:ca"],
    find: "pvenode cert info on each node prints the fingerprint; /etc/pve/pve-root-ca.pem is the authority of a cluster",
  },
  {
    keys: ["proxmox:sshFingerprints", "proxmox:sshKnownHosts", "proxmox:nodes"],
    find: "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on each node; with proxmox:nodes it is the sshFingerprint of each",
  },
  {
    keys: ["pulumi-proxmox-cluster:terraformKeys"],
    find: 'public keys that sign in as terraform on the nodes, as cat ~/.ssh/id_ed25519.pub or ssh-add -L prints them: ["ssh-ed25519 …"]; [] for none',
  },
];
const serials: readonly Fact[] = names.flatMap((node) =>
  disks.map((disk): Fact => ({
    keys: [`pulumi-proxmox-cluster:osdSerials.${node}.${disk}`],
    find: `lsblk -dno SERIAL /dev/${disk} on ${node}`,
  })),
);

export function matrix(): Record<string, unknown> {
  const config = new pulumi.Config();
  const withCeph = config.getBoolean("ceph") ?? true;
  assertKnown("matrix", [...unknown, ...(withCeph ? serials : [])]);
  const serial = config.getObject<Record<string, Record<string, string>>>("osdSerials") ?? {};
  const timeZone = config.get("timeZone");
  const restoreAfter = config.get("restoreAfter");
  const there = config.getBoolean("adoptAccess") === true ? { adopt: true } : {};
  const sshKeys = config.getObject<string[]>("sshKeys") ?? [];
  const osds = (node: string) =>
    Object.fromEntries(disks.map((disk) => [disk, { serial: serial[node]?.[disk] ?? "", device: `/dev/${disk}` }]));

  const cluster = new ProxmoxCluster("matrix", {
    nodes: Object.fromEntries(
      names.map((node) => [
        node,
        { variables: { hostOctet: octets[node] }, ...(withCeph ? { ceph: { osds: osds(node) } } : {}) },
      ]),
    ),
    host: {
      // Ceph's enterprise repository, which the installer leaves on, goes off with it.
      repositories: { enterprise: false, "no-subscription": true },
      packages: { sudo: { packages: ["sudo"] } },
      accounts: { terraform: account(config.requireObject<string[]>("terraformKeys"), there) },
      hosts: [{ address: "192.168.3.{{hostOctet}}", names: [`{{name}}.${domain}`, "{{name}}"] }],
      ...(timeZone === undefined ? {} : { timeZone }),
    },
    network,
    cluster: { name: config.get("clusterName") ?? "Matrix", links: { 0: "192.168.8.{{hostOctet}}" } },
    datacenter: { migration: { type: "insecure", network: "192.168.5.0/24" } },
    access: access(there),
    ...(withCeph ? { ceph: { ...ceph, retainOnDelete: config.getBoolean("keepCeph") ?? false } } : {}),
    templates: { "debian-12": template(config) },
    vms: {
      ...Object.fromEntries(vms.map((vm) => [vm.name, described(vm, sshKeys)])),
      ...(withCeph ? { [onCeph.name]: described(onCeph, sshKeys, "vm_ssd") } : {}),
    },
    // Whether the machines are bare, or the cluster that was made of them by hand.
    adopt: config.getBoolean("adopt") ?? false,
    transform: {
      // In the releases before, templates and VMs stood by themselves.
      template: (_, opts) => void (opts.aliases = [{ parent: pulumi.rootStackResource }]),
      vm: (_, opts) => void (opts.aliases = [{ parent: pulumi.rootStackResource }]),
      ...(restoreAfter === undefined ? {} : restoring(restoreAfter)),
    },
  });
  const token = cluster.access?.tokens[automation];
  return {
    ca: cluster.cluster?.ca,
    vms: Object.values(cluster.vms).map(({ name, node, vmid, ips }) => ({ name, node, vmid, ips })),
    // Shown by `pulumi stack output --show-secrets`.
    terraformToken: token && { id: token.fullTokenId, value: pulumi.secret(token.value) },
  };
}

/** Who makes VMs with Terraform: in Proxmox, and on the nodes, where it signs in by SSH. */
const access = (there: { readonly adopt?: boolean }): AccessSettings => ({
  roles: { TerraformUser: { privileges: [...presets.terraform], ...there } },
  groups: { "terraform-users": { comment: "Terraform", ...there } },
  users: { "terraform@pam": { groups: ["terraform-users"], comment: "Terraform", ...there } },
  acl: [{ path: "/", role: "TerraformUser", group: "terraform-users", ...there }],
  tokens: { [automation]: { rights: [{ path: "/", role: "TerraformUser" }] } },
});
const automation = "terraform@pam!automation";

const account = (
  authorizedKeys: string[],
  there: { readonly adopt?: boolean },
): NonNullable<HostSettings["accounts"]>[string] => ({
  ...{ comment: "Terraform", authorizedKeys, sudoRules: [...terraformSudoRules] },
  ...there,
});

const ceph = {
  release: "squid",
  repository: "no-subscription",
  publicNetwork: "192.168.5.0/24",
  clusterNetwork: "192.168.7.0/24",
  modules: ["dashboard", "prometheus"],
  osd: { osdsPerDevice: 2, deviceClass: "nvme" },
  pools: {
    vm_ssd: { size: 3, minSize: 2, pgNum: 128, addStorages: true },
    vm_containers: { size: 3, minSize: 2, pgNum: 64, addStorages: true },
  },
} as const;

/** Another time until a node puts its old network back. */
const restoring = (restoreAfter: string) => {
  const change = (args: { restoreAfter?: pulumi.Input<string> | undefined }) => void (args.restoreAfter = restoreAfter);
  return { port: change, bridge: change, vlan: change };
};

/** Debian 12, on each node's own storage. */
const template = (config: pulumi.Config): Pick<NodeTemplatesArgs, "image" | "template"> => ({
  image: { ...imageSource(config), storage: config.get("imageStorage") ?? "local" },
  template: {
    disk: { storage: config.get("diskStorage") ?? "local-lvm", sizeGiB: 8, discard: true, ssd: true },
    cores: 1,
    memoryMiB: 1024,
    cpu: "x86-64-v2-AES",
    osType: "l26",
    scsiController: "virtio-scsi-single",
    agent: true,
    serial: "socket",
    vga: "serial0",
    networks: [{ bridge: management.bridge }],
    cloudInit: { user: "admin" },
    tags: ["template", "debian"],
  },
});

/** A linked clone on the storage of its template, or a copy of it on another one. */
const described = (
  { node, address, cores, memoryMiB }: (typeof vms)[number] | typeof onCeph,
  sshKeys: string[],
  storage?: string,
): VmArgs => ({
  ...{ node, cores, memoryMiB },
  source: { clone: { template: "debian-12", full: storage !== undefined } },
  ...(storage === undefined ? {} : { disks: [{ storage, sizeGiB: 8 }] }),
  networks: [{ bridge: management.bridge }],
  cloudInit: {
    ...{ user: "admin", sshKeys, nameservers: [management.nameserver] },
    addresses: [{ address, gateway: management.gateway }],
  },
  tags: ["example", "pulumi"],
});

/**
 * Debian 12 as its publisher has it now: the checksum is looked up, and a new release shows as new templates. Config:
 * `imageMirror` for a site without internet, `imageChecksum` to stay with one release, `imageUrl` for another image.
 */
function imageSource(config: pulumi.Config): Pick<CloudImageArgs, "image" | "mirror" | "url" | "checksum"> {
  const url = config.get("imageUrl");
  const mirror = config.get("imageMirror");
  const checksum = config.get("imageChecksum");
  return {
    ...(url === undefined ? { image: "debian-12" } : { url }),
    ...(mirror === undefined ? {} : { mirror }),
    ...(checksum === undefined ? {} : { checksum }),
  };
}
