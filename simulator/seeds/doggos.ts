import type { World } from "../world/world.js";
import { formCluster } from "./form-cluster.js";
import { emptyWorld, install } from "./standalone.js";

const GiB = 2 ** 30;

/** In the order of the inventory. The last numbers of the addresses are invented. */
const members = [
  { name: "holly", host: 11 },
  { name: "lloyd", host: 12 },
  { name: "mable", host: 13 },
];

/** Documented: both bridges, and that vmbr1 is VLAN-aware with these ids. Invented: ports and addresses. */
function interfacesFile(host: number): string {
  return [
    "auto lo\niface lo inet loopback",
    "iface eno1 inet manual",
    "iface eno2 inet manual",
    [
      "auto vmbr0\niface vmbr0 inet static",
      ...[`address 192.0.2.${host}/24`, "gateway 192.0.2.1", "bridge-ports eno1", "bridge-stp off", "bridge-fd 0"],
    ].join("\n\t"),
    [
      "auto vmbr1\niface vmbr1 inet manual",
      ...["bridge-ports eno2", "bridge-stp off", "bridge-fd 0", "bridge-vlan-aware yes", "bridge-vids 2-4094"],
    ].join("\n\t"),
    "source /etc/network/interfaces.d/*\n",
  ].join("\n\n");
}

/** Documented: ids, and the names of the first and the last. Invented: the name of 2000, sizes and hardware. */
const templates = [
  { vmid: 2000, name: "template-2000" },
  { vmid: 2008, name: "ubuntu-24-04-custom-cloudinit-template" },
  { vmid: 7024, name: "microk8s-cluster", config: { bios: "ovmf", machine: "q35" } },
];

/**
 * The cluster of holly, lloyd and mable. Documented: names and order of the nodes, the bridges, the templates on lloyd,
 * storages and the snippet that every node has. Invented, because it is not known: the cluster's name, domain, addresses,
 * ports, hardware, password, storage sizes, the templates' disks, and that no other guest runs (the VMs of the documented
 * examples are what a program would create).
 */
export function doggos(): World {
  const world = emptyWorld();
  for (const { name, host } of members) {
    const { node, cluster } = install(world, {
      name,
      domain: "doggos.test",
      address: `192.0.2.${host}`,
      prefix: 24,
      gateway: "192.0.2.1",
      password: "doggos-simulator",
      ports: ["eno1", "eno2"],
      hardware: { storage: { volumeGroups: { pve: { size: 930 * GiB, thinPools: { data: 794 * GiB } } } } },
    });
    node.network.interfaces = interfacesFile(host);
    node.network.ports = [
      { name: "eno1", up: true },
      { name: "eno2", up: true },
    ];
    cluster.storages = {
      local: { type: "dir", path: "/var/lib/vz", content: "iso,vztmpl,backup,snippets,import" },
      "local-lvm": { type: "lvmthin", thinpool: "data", vgname: "pve", content: "rootdir,images" },
    };
    const snippet = Buffer.from("#cloud-config\n");
    node.volumes["/var/lib/vz"] = {
      "snippets/user-data-custom.yaml": {
        ...{ size: snippet.length, bytes: snippet.length, data: snippet.length },
        ...{ ctime: Math.floor(world.time / 1000), content: snippet.toString("base64") },
      },
    };
  }
  formCluster(world, "doggos", (name) => ({
    "0": `192.0.2.${members.find((member) => member.name === name)?.host ?? 0}`,
  }));
  for (const template of templates) addTemplate(world, template);
  return world;
}

function addTemplate(
  world: World,
  { vmid, name, config = {} }: { vmid: number; name: string; config?: Record<string, string> },
): void {
  const node = world.nodes["lloyd"];
  const cluster = node && world.clusters[node.cluster];
  if (!cluster) throw new Error("there is no node lloyd");
  const size = 4 * GiB;
  const disk = `base-${vmid}-disk-0`;
  (node.volumes["lvmthin:pve/data"] ??= {})[disk] = {
    ...{ format: "raw", size, bytes: size, data: size / 2, ctime: Math.floor(world.time / 1000) },
    os: { agent: true },
  };
  cluster.guests[vmid] = {
    ...{ vmid, type: "qemu", node: "lloyd", pending: {}, pendingDelete: {}, snapshots: {} },
    config: {
      ...{ agent: "1", boot: "order=scsi0", cores: "2", memory: "2048", name, ostype: "l26", template: "1" },
      ...{ net0: `virtio=BC:24:11:00:${hexPair(vmid >> 8)}:${hexPair(vmid & 255)},bridge=vmbr0` },
      ...{ scsi0: `local-lvm:${disk},size=4G`, scsihw: "virtio-scsi-single" },
      ...config,
    },
  };
}

const hexPair = (value: number): string => value.toString(16).toUpperCase().padStart(2, "0");
