import * as pulumi from "../providers/kernel/program/sdk";
import { ProxmoxCluster, type VmArgs } from "../index";
import { assertKnown, type Fact } from "./facts";

/** What is known of the doggos cluster: its nodes, its bridges and its network for VMs. */
const nodes = ["holly", "lloyd", "mable"] as const;

/** The nodes of a MicroK8s cluster: VLAN 30 of vmbr0, and a second network on vmbr1. */
const vms = [
  { name: "microk8s-1", node: "holly", number: 1 },
  { name: "microk8s-2", node: "mable", number: 2 },
  { name: "microk8s-3", node: "lloyd", number: 3 },
] as const;

const unknown: readonly Fact[] = [
  { keys: ["proxmox:endpoints"], find: "the addresses of the nodes' web interfaces, https://…:8006" },
  {
    keys: ["proxmox:fingerprints", "proxmox:ca"],
    find: "pvenode cert info on each node prints the fingerprint; /etc/pve/pve-root-ca.pem is the authority of the cluster",
  },
  {
    keys: ["proxmox:sshFingerprints", "proxmox:sshKnownHosts"],
    find: "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on each node; a change of vmbr1 needs SSH to come back from a mistake",
  },
  {
    keys: ["pulumi-proxmox-cluster:firstVmid"],
    find: "the offset of the environment and 101: 2101 in development, 3101 in staging, 4101 in production",
  },
];

export function doggos(): Record<string, unknown> {
  assertKnown("doggos", unknown);
  const config = new pulumi.Config();
  const first = config.requireNumber("firstVmid");
  const secondVlan = config.getNumber("secondVlan");
  const subscription = config.getBoolean("subscription");
  // For a site without internet.
  const mirror = config.get("imageMirror");
  const sshKeys = config.getObject<string[]>("sshKeys") ?? [];
  const cluster = new ProxmoxCluster("doggos", {
    nodes: Object.fromEntries(nodes.map((node) => [node, {}])),
    // Where nobody says whether the nodes have a subscription, their repositories stay as they are.
    ...(subscription === undefined
      ? {}
      : { host: { repositories: { enterprise: subscription, "no-subscription": !subscription } } }),
    // Of what it stands on nothing is known, and so nothing is changed.
    network: { bridges: { vmbr1: { adopt: true, vlanAware: true, vlanIds: ["2-4094"] } } },
    templates: {
      "ubuntu-24-04": {
        image: { image: "ubuntu-24.04", storage: "local", ...(mirror === undefined ? {} : { mirror }) },
        template: {
          ...{ disk: { storage: "local-lvm", sizeGiB: 12 }, bios: "ovmf", machine: "q35", cpu: "x86-64-v2-AES" },
          ...{ efiDisk: { storage: "local-lvm" }, cores: 2, memoryMiB: 2048, osType: "l26", agent: true },
          ...{ scsiController: "virtio-scsi-pci", networks: [{ bridge: "vmbr0" }], cloudInit: { user: "ubuntu" } },
          tags: ["template", "ubuntu"],
        },
      },
    },
    vms: Object.fromEntries(vms.map((vm) => [vm.name, described(vm, first, secondVlan, sshKeys)])),
  });
  return { vms: Object.values(cluster.vms).map(({ name, node, vmid, ips }) => ({ name, node, vmid, ips })) };
}

function described(
  { node, number }: (typeof vms)[number],
  first: number,
  secondVlan: number | undefined,
  sshKeys: string[],
): VmArgs {
  return {
    ...{ node, vmid: first + number - 1, cores: 4, memoryMiB: 8192 },
    source: { clone: { template: "ubuntu-24-04" } },
    disks: [{ storage: "local-lvm", sizeGiB: 50 }],
    networks: [
      { bridge: "vmbr0", vlan: 30, mac: `02:50:00:30:01:0${number}` },
      { bridge: "vmbr1", mac: `02:50:00:02:01:0${number}`, ...(secondVlan === undefined ? {} : { vlan: secondVlan }) },
    ],
    cloudInit: {
      ...{ user: "ubuntu", sshKeys },
      addresses: [
        { address: `192.168.30.${100 + number}/24`, gateway: "192.168.30.1" },
        { address: `192.168.2.${100 + number}/24` },
      ],
    },
    tags: ["microk8s"],
  };
}
