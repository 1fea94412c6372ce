import type { World } from "../world/world.js";
import { emptyWorld, install } from "./standalone.js";

const GiB = 2 ** 30;

/** Short name, corosync node id, last octet of its addresses. */
const nodes = [
  ["foxtrot", 1, 5],
  ["golf", 2, 6],
  ["hotel", 3, 7],
] as const;

/** The Debian image that the example program downloads; its checksum is that of the few bytes that stand for it. */
const image = "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2";

/** The matrix cluster, formed, with nothing on it: three MS-A2 with management, two storage networks and corosync. */
export function matrix(): World {
  const world = emptyWorld();
  for (const [name, , octet] of nodes) {
    const { node, cluster } = install(world, {
      name,
      domain: "matrix.spaceships.work",
      address: `192.168.3.${octet}`,
      prefix: 24,
      gateway: "192.168.3.1",
      password: "simulator",
      ports: ["enp4s0", "enp5s0f0np0", "enp5s0f1np1", "enp3s0"],
      hardware: {
        cpus: 32,
        cpuModel: "AMD Ryzen 9 9955HX 16-Core Processor",
        mhz: "2500.000",
        memory: 64 * GiB,
        memoryUsed: 3 * GiB,
      },
    });
    node.network.interfaces = interfaces(octet);
    node.hardware.storage = { volumeGroups: { pve: { size: 900 * GiB, thinPools: { data: 780 * GiB } } } };
    node.cluster = "matrix";
    world.clusters["matrix"] ??= cluster;
    delete world.clusters[name];
  }
  const cluster = world.clusters["matrix"];
  if (!cluster) throw new Error("the seed has no nodes");
  cluster.storages = {
    local: { type: "dir", path: "/var/lib/vz", content: "iso,vztmpl,backup,snippets,import" },
    "local-lvm": { type: "lvmthin", thinpool: "data", vgname: "pve", content: "rootdir,images" },
  };
  cluster.corosync = {
    name: "matrix",
    configVersion: nodes.length,
    nodes: Object.fromEntries(
      nodes.map(([name, nodeid, octet]) => [name, { nodeid, votes: 1, links: { "0": `192.168.8.${octet}` } }]),
    ),
    totem: { cluster_name: "matrix", config_version: String(nodes.length), version: "2", secauth: "on" },
  };
  world.web[image] = {
    size: 347 * 2 ** 20,
    format: "qcow2",
    virtualSize: 3 * GiB,
    os: { agent: true },
  };
  return world;
}

function interfaces(octet: number): string {
  const bridge = (name: string, cidr: string, port: string, more: readonly string[]): string =>
    [
      `auto ${name}`,
      `iface ${name} inet static`,
      ...[`address ${cidr}`, `bridge-ports ${port}`, "bridge-stp off", "bridge-fd 0", ...more].map(
        (line) => `\t${line}`,
      ),
    ].join("\n");
  const port = (name: string, ...more: readonly string[]): string =>
    [`auto ${name}`, `iface ${name} inet manual`, ...more.map((line) => `\t${line}`)].join("\n");
  return [
    "auto lo\niface lo inet loopback",
    port("enp4s0"),
    port("enp5s0f0np0", "mtu 9000"),
    port("enp5s0f1np1", "mtu 9000"),
    "iface enp3s0 inet manual",
    bridge("vmbr0", `192.168.3.${octet}/24`, "enp4s0", [
      "gateway 192.168.3.1",
      "bridge-vlan-aware yes",
      "bridge-vids 9",
    ]),
    bridge("vmbr1", `192.168.5.${octet}/24`, "enp5s0f0np0", ["mtu 9000"]),
    bridge("vmbr2", `192.168.7.${octet}/24`, "enp5s0f1np1", ["mtu 9000"]),
    `auto vlan9\niface vlan9 inet static\n\taddress 192.168.8.${octet}/24\n\tvlan-raw-device vmbr0`,
    "source /etc/network/interfaces.d/*\n",
  ].join("\n\n");
}
