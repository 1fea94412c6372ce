import type { Disk } from "../world/disk.js";
import type { World } from "../world/world.js";
import { bootPartitions } from "../disks/boot-disk.js";
import { formCluster } from "./form-cluster.js";
import { emptyWorld, install } from "./standalone.js";

const GiB = 2 ** 30;
const TB = 10 ** 12;

/** Nodes with the last number of their addresses in every network. */
const members = [
  { name: "foxtrot", host: 5 },
  { name: "golf", host: 6 },
  { name: "hotel", host: 7 },
];

/** Bridges, ports and addresses as they are documented for the real machines. */
function interfacesFile(host: number): string {
  const stanza = (head: string, ...lines: string[]): string => [head, ...lines.map((line) => `\t${line}`)].join("\n");
  const fast = (bridge: string, network: number, port: string): string =>
    [
      `auto ${bridge}`,
      stanza(
        `iface ${bridge} inet static`,
        ...[
          `address 192.168.${network}.${host}/24`,
          `bridge-ports ${port}`,
          "bridge-stp off",
          "bridge-fd 0",
          "mtu 9000",
        ],
      ),
    ].join("\n");
  return [
    "auto lo\niface lo inet loopback",
    "auto enp4s0\niface enp4s0 inet manual",
    "iface enp3s0 inet manual",
    "iface wlp6s0 inet manual",
    stanza("auto enp5s0f0np0\niface enp5s0f0np0 inet manual", "mtu 9000"),
    stanza("auto enp5s0f1np1\niface enp5s0f1np1 inet manual", "mtu 9000"),
    stanza(
      "auto vmbr0\niface vmbr0 inet static",
      ...[
        `address 192.168.3.${host}/24`,
        "gateway 192.168.3.1",
        "bridge-ports enp4s0",
        "bridge-stp off",
        "bridge-fd 0",
      ],
      ...["bridge-vlan-aware yes", "bridge-vids 9", "#MGMT"],
    ).replace("\t#MGMT", "#MGMT"),
    fast("vmbr1", 5, "enp5s0f0np0"),
    fast("vmbr2", 7, "enp5s0f1np1"),
    stanza("auto vlan9\niface vlan9 inet static", `address 192.168.8.${host}/24`, "vlan-raw-device vmbr0"),
    "source /etc/network/interfaces.d/*\n",
  ].join("\n\n");
}

/** Models and sizes are documented; the serial numbers are invented. */
function disks(host: number): Disk[] {
  const common = { vendor: "unknown", type: "nvme", gpt: 0 } as const;
  const ceph = (index: number): Disk => ({
    ...common,
    devpath: `/dev/nvme${index}n1`,
    size: 4 * TB,
    model: "Samsung SSD 990 PRO 4TB",
    serial: `INVENTED${host}${index}`,
  });
  const boot: Disk = {
    ...{ ...common, devpath: "/dev/nvme0n1", size: 1 * TB, model: "CT1000P3PSSD8", serial: `INVENTED${host}0`, gpt: 1 },
    partitions: bootPartitions(1 * TB),
  };
  return [boot, ceph(1), ceph(2)];
}

/**
 * The cluster `Matrix`: three MINISFORUM MS-A2 (16 cores, 64 GB). Documented: names, addresses, ports, bridges, models
 * of the disks, storages `local` and `local-lvm`. Invented, because it is not known: password, serial numbers, sizes of
 * the volume group, use of memory and root disk, the CPU's clock, and that there are no guests and no Ceph yet.
 */
export function matrix(): World {
  const world = matrixBare();
  for (const { name, host } of members) {
    const { network } = world.nodes[name] ?? {};
    if (network) network.interfaces = interfacesFile(host);
  }
  formCluster(world, "Matrix", (name) => ({
    "0": `192.168.8.${members.find((member) => member.name === name)?.host ?? 0}`,
  }));
  return world;
}

/** A machine of that kind fresh from the installer: a Proxmox of its own with a management address and no more. */
export function addBareMachine(world: World, { name, host }: { readonly name: string; readonly host: number }): void {
  const { node, cluster } = install(world, {
    name,
    domain: "matrix.spaceships.work",
    address: `192.168.3.${host}`,
    prefix: 24,
    gateway: "192.168.3.1",
    password: "matrix-simulator",
    ports: ["enp4s0", "enp5s0f0np0", "enp5s0f1np1", "enp3s0", "wlp6s0"],
    hardware: {
      ...{ cpus: 32, sockets: 1, cpuModel: "AMD Ryzen 9 9955HX 16-Core Processor", mhz: "2500.000" },
      ...{ memory: 64 * GiB, memoryUsed: 3 * GiB, swap: 8 * GiB },
      ...{ rootTotal: 94 * GiB, rootUsed: 6 * GiB, rootAvailable: 84 * GiB, disks: disks(host) },
      storage: { volumeGroups: { pve: { size: 930 * GiB, thinPools: { data: 794 * GiB } } } },
    },
  });
  for (const port of node.network.ports) port.up = !["enp3s0", "wlp6s0"].includes(port.name);
  cluster.storages = {
    local: { type: "dir", path: "/var/lib/vz", content: "iso,vztmpl,backup,import,snippets" },
    "local-lvm": { type: "lvmthin", thinpool: "data", vgname: "pve", content: "rootdir,images" },
  };
}

/** The three machines before they are a cluster. */
export function matrixBare(): World {
  const world = emptyWorld();
  for (const member of members) addBareMachine(world, member);
  // The address is Debian's; the simulator has no connection and makes the bytes up.
  world.web["https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2"] = {
    size: 346 * 2 ** 20,
    format: "qcow2",
    virtualSize: 3 * GiB,
    os: { agent: true },
  };
  return world;
}
