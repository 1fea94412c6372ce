import { resolve } from "../cluster/links.js";
import { kernelOf } from "../network/kernel.js";
import { numberOf, prefixWith } from "../network/prefixes.js";
import { netIndices, parseNet } from "../qemu/network-device.js";
import { parseProperties } from "../qemu/property-string.js";
import type { Guest } from "../world/guest.js";
import type { Cluster, NodeState, World } from "../world/world.js";
import { cleanCidr, versionOf } from "./rule-addresses.js";
import { compile, type Compiled } from "./compile.js";
import { guestFile, hostFile } from "./firewall-files.js";
import { loadCluster, loadConf } from "./load-firewall.js";
import type { CorosyncAddress, GuestDevice, LocalGuest, Sources } from "./rule-sources.js";

/** Where the kernel's first route to the node's own address leads (local_network); undefined when there is none. */
export function localNetwork(node: NodeState): string | undefined {
  const networks = [...kernelOf(node.network).links.values()]
    .flatMap(({ addresses }) => addresses)
    .filter((cidr) => prefixWith(cidr, node.address) !== undefined)
    .map(cleanCidr);
  const number = (cidr: string): bigint => numberOf(cidr.split("/")[0] ?? "")?.value ?? 0n;
  return networks.sort((a, b) => (number(a) < number(b) ? -1 : 1))[0];
}

/** The addresses of all links in corosync.conf (for_all_corosync_addresses). */
export function corosyncAddresses(cluster: Cluster, node: NodeState): CorosyncAddress[] {
  return Object.entries(cluster.corosync?.nodes ?? {}).flatMap(([name, { links }]) =>
    Object.entries(links).flatMap(([link, text]) => {
      const address = resolve(node, text);
      const version = address === undefined ? undefined : versionOf(address);
      return address === undefined || version === undefined ? [] : [{ node: name, link, address, version }];
    }),
  );
}

/** Devices of a guest that are behind the firewall. */
export function devicesOf({ vmid, type, config }: Guest): GuestDevice[] {
  return netIndices(config).flatMap((index) => {
    const id = `net${index}`;
    const net = type === "qemu" ? parseNet(config[id] ?? "") : parseProperties(config[id] ?? "", {});
    if (net["firewall"] !== "1") return [];
    const addresses = [net["ip"], net["ip6"]].flatMap((text) => {
      const address = text?.split("/")[0] ?? "";
      return versionOf(address) === undefined ? [] : [address];
    });
    return [
      type === "qemu"
        ? { id, iface: `tap${vmid}i${index}`, mac: net["macaddr"] ?? "", addresses: [] }
        : { id, iface: `veth${vmid}i${index}`, mac: net["hwaddr"] ?? "", addresses },
    ];
  });
}

interface Known {
  readonly state: string;
  readonly compiled: Compiled | undefined;
}

const known = new WeakMap<Readonly<Record<string, string>>, Known>();

/** All that the rules are made of beside the files; compared as a text, for the world is changed from many sides. */
function stateOf(cluster: Cluster, node: NodeState): string {
  const guests = Object.values(cluster.guests)
    .filter((guest) => guest.node === node.name)
    .map(({ vmid, config }) => [vmid, netIndices(config).map((index) => config[`net${index}`])]);
  const { corosync, sdn } = cluster;
  const { running, interfaces, hosts, ports } = node.network;
  return JSON.stringify([
    ...[node.address, running ?? interfaces, hosts, ports.map(({ addresses }) => addresses)],
    ...[guests, corosync?.nodes, corosync?.totem["transport"], sdn?.running, sdn?.addresses],
  ]);
}

/** The packet filter of a node, as its pve-firewall has last made it; undefined when nothing is filtered. */
export function filterOf(world: World, node: NodeState): Compiled | undefined {
  const read = node.firewall;
  const cluster = world.clusters[node.cluster];
  if (!read || !cluster) return undefined;
  const state = stateOf(cluster, node);
  const found = known.get(read.files);
  if (found?.state === state) return found.compiled;
  const compiled = compile(sourcesOf(cluster, node, read));
  known.set(read.files, { state, compiled });
  return compiled;
}

/** What a node's pve-firewall makes its rules of, with files as they were read at some moment of its clock. */
export function sourcesOf(
  cluster: Cluster,
  node: NodeState,
  { files, seconds }: NonNullable<NodeState["firewall"]>,
  warn?: (text: string) => void,
): Sources {
  const conf = loadCluster(cluster, files, seconds, warn);
  const guests: LocalGuest[] = Object.values(cluster.guests).flatMap((guest) => {
    const name = guestFile(guest.vmid);
    if (guest.node !== node.name || !files[name]) return [];
    const env = guest.type === "qemu" ? "vm" : "ct";
    return [{ vmid: guest.vmid, conf: loadConf(files, name, env, conf, seconds, warn), devices: devicesOf(guest) }];
  });
  const { corosync } = cluster;
  return {
    cluster: conf,
    host: loadConf(files, hostFile(node.name), "host", conf, seconds, warn),
    guests,
    localNetwork: localNetwork(node),
    node: node.name,
    ...(corosync
      ? {
          corosync: {
            addresses: corosyncAddresses(cluster, node),
            multicast: corosync.totem["transport"] === "udp",
          },
        }
      : {}),
  };
}
