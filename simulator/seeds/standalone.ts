import { createHash } from "node:crypto";
import type { Cluster, Hardware, NodeState, World } from "../world/world.js";
import { plugIn } from "./plug-in.js";

/** 2026-11-21 09:33:01 UTC: when the recordings begin. */
export const startTime = 0x6b01654d * 1000;

const GiB = 2 ** 30;

/** What a seed says of a freshly installed node. */
export interface Installation {
  readonly name: string;
  readonly domain: string;
  readonly address: string;
  readonly prefix: number;
  readonly gateway: string;
  readonly password: string;
  /** Network ports; the first one is in vmbr0. */
  readonly ports: readonly string[];
  readonly hardware?: Partial<Hardware>;
  /** The major version of its Proxmox VE; default 9. */
  readonly proxmox?: 8 | 9;
}

export function emptyWorld(): World {
  return { format: 1, time: startTime, random: 1, nodes: {}, clusters: {}, shared: {}, web: {} };
}

/** A cluster file system that has just begun: root, and the storage that every Proxmox has. `key`: no two are alike. */
export function freshFileSystem(key: string, password: string): Cluster {
  return {
    secret: createHash("sha256").update(`ticket key of ${key}`).digest("hex"),
    access: {
      users: { "root@pam": { enable: 1, expire: 0, tokens: {} } },
      groups: {},
      roles: {},
      acl: [],
      domains: {
        pve: { type: "pve", comment: "Proxmox VE authentication server" },
        pam: { type: "pam", comment: "Linux PAM standard authentication" },
      },
      passwords: { "root@pam": password },
    },
    pools: {},
    storages: { local: { type: "dir", path: "/var/lib/vz", content: "iso,vztmpl,backup" } },
    options: {},
    guests: {},
    nodeConfigs: {},
    log: [],
    version: 1,
  };
}

/** Adds a node as the installer leaves it: standalone, with vmbr0 on its first port. */
export function install(world: World, installation: Installation): { node: NodeState; cluster: Cluster } {
  const { name, domain, address, password } = installation;
  const cluster = freshFileSystem(name, password);
  const node: NodeState = {
    name,
    ...(installation.proxmox === undefined ? {} : { proxmox: installation.proxmox }),
    address,
    domain,
    cluster: name,
    state: "online",
    booted: world.time - 3600 * 1000,
    certificate: 1,
    hardware: { ...defaultHardware, ...installation.hardware },
    network: {
      interfaces: interfacesFile(installation),
      appliedAt: world.time - 3600 * 1000,
      ports: installation.ports.map((port, index) => ({ name: port, up: index === 0 })),
      hosts: `127.0.0.1 localhost\n${address} ${name}.${domain} ${name}\n`,
      dns: { search: domain, dns1: installation.gateway },
    },
    timezone: "UTC",
    tasks: [],
    nextPid: 10_000,
    volumes: {},
    services: {},
  };
  world.nodes[name] = node;
  plugIn(world, node, installation.prefix, installation.gateway);
  world.clusters[name] = cluster;
  return { node, cluster };
}

const defaultHardware: Hardware = {
  cpus: 8,
  sockets: 1,
  cpuModel: "Simulated CPU",
  cpuFlags: "fpu vme de pse tsc msr",
  mhz: "3000.000",
  memory: 32 * GiB,
  memoryUsed: 2 * GiB,
  swap: 8 * GiB,
  rootTotal: 100 * GiB,
  rootUsed: 5 * GiB,
  rootAvailable: 90 * GiB,
  disks: [],
  kvm: true,
};

function interfacesFile({ ports, address, prefix, gateway }: Installation): string {
  const manual = ports.map((port) => `iface ${port} inet manual\n`).join("\n");
  const bridge = [
    "auto vmbr0",
    "iface vmbr0 inet static",
    `\taddress ${address}/${prefix}`,
    `\tgateway ${gateway}`,
    `\tbridge-ports ${ports[0] ?? "none"}`,
    "\tbridge-stp off",
    "\tbridge-fd 0",
  ];
  return `auto lo\niface lo inet loopback\n\n${manual}\n${bridge.join("\n")}\n\nsource /etc/network/interfaces.d/*\n`;
}
