import { ProxmoxCluster } from "pulumi-proxmox-cluster";

/** The last part of each node's addresses, and the disks that are Ceph's, by their serial numbers (lsblk -dno NAME,SERIAL). */
const machines = {
  foxtrot: { hostOctet: 5, serials: ["S7KGNJ0W100001", "S7KGNJ0W100002"] },
  golf: { hostOctet: 6, serials: ["S7KGNJ0W100003", "S7KGNJ0W100004"] },
  hotel: { hostOctet: 7, serials: ["S7KGNJ0W100005", "S7KGNJ0W100006"] },
};

const cluster = new ProxmoxCluster("lab", {
  nodes: Object.fromEntries(
    Object.entries(machines).map(([node, { hostOctet, serials }]) => [
      node,
      {
        variables: { hostOctet },
        // A disk of another serial number in the same place is the one that takes the place of the old one.
        ceph: { osds: Object.fromEntries(serials.map((serial, slot) => [`slot${slot + 1}`, { serial }])) },
      },
    ]),
  ),
  host: {
    repositories: { enterprise: false, "no-subscription": true },
    hosts: [{ address: "192.168.3.{{hostOctet}}", names: ["{{name}}.lab.example.com", "{{name}}"] }],
  },
  network: {
    bridges: {
      // What the installer has made is taken over, and stays when the stack goes.
      vmbr0: { adopt: true, ports: ["enp4s0"], address: "192.168.3.{{hostOctet}}/24", gateway: "192.168.3.1" },
      vmbr1: { ports: ["enp5s0f0np0"], address: "192.168.5.{{hostOctet}}/24", probeOthers: true, comment: "Ceph" },
      vmbr2: {
        ports: ["enp5s0f1np1"],
        address: "192.168.7.{{hostOctet}}/24",
        probeOthers: true,
        comment: "Ceph's copies",
      },
    },
  },
  cluster: { name: "lab", links: { 0: "192.168.5.{{hostOctet}}", 1: "192.168.3.{{hostOctet}}" } },
  ceph: {
    release: "squid",
    repository: "no-subscription",
    publicNetwork: "192.168.5.0/24",
    clusterNetwork: "192.168.7.0/24",
    osd: { deviceClass: "nvme" },
    // Three copies of everything, one on each node; a storage of the same name for disks of VMs.
    pools: { vms: { size: 3, minSize: 2, pgNum: 64, addStorages: true } },
  },
});

/** What `proxmox:ca` takes from then on. */
export const ca = cluster.cluster?.ca;
