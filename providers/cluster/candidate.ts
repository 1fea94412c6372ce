import { wire } from "../../pve";
import { parseCidr } from "../../pve/format/cidr";
import type { Pve } from "../kernel/session/pve-session";
import { standing, type Standing } from "./cluster-view";

/** What speaks for or against a node as a member. */
export interface Candidate {
  readonly name: string;
  /** Who answered, in which cluster. */
  readonly standing: Standing;
  /** `9.2`. */
  readonly release: string;
  /** Guests that are on it: `VM 100`. */
  readonly guests: readonly string[];
  /** Definitions of storages that it has, as texts, by their names. */
  readonly storages: ReadonlyMap<string, string>;
  /** Its /etc/hosts: addresses by names. */
  readonly hosts: ReadonlyMap<string, string>;
  /** How far its clock is before ours, in milliseconds: at least, and at most. Read by itself, see {@link clockOf}. */
  readonly clock?: readonly [number, number];
  /** Addresses that its network configuration has, or that the node itself tells. */
  readonly addresses: readonly string[];
  /** There may be other addresses, which it got by DHCP. */
  readonly dhcp: boolean;
  /** Whether a join runs there; looked up where the cluster lists a node that has no certificate. */
  readonly joining?: boolean;
}

/** Looks at a node by itself, or at a member through its cluster. */
export async function lookAtCandidate(pve: Pve, name: string): Promise<Candidate> {
  const node = pve.api.nodes.$(name);
  const [at, version, vms, containers, storages, hosts, network] = await Promise.all([
    standing(pve),
    pve.api.version.$get(),
    node.qemu.$get(),
    node.lxc.$get(),
    pve.api.storage.$get(),
    node.hosts.$get(),
    node.network.$get(),
  ]);
  return {
    name,
    standing: at,
    release: wire.string(version["release"]) ?? "",
    guests: [
      ...vms.map((row) => `VM ${wire.string(row["vmid"]) ?? ""}`),
      ...wire.list(containers).map((row) => `container ${wire.string(row["vmid"]) ?? ""}`),
    ],
    storages: new Map(storages.map((row) => [wire.string(row["storage"]) ?? "", definition(row)])),
    hosts: hostsIn(wire.string(wire.object(hosts)["data"]) ?? ""),
    addresses: addressesIn(network),
    dhcp: network.some((row) => row["method"] === "dhcp" || /^(?:dhcp|auto)$/.test(wire.string(row["method6"]) ?? "")),
  };
}

/** The task of that type that runs on a node. */
export async function running(pve: Pve, node: string, type: string): Promise<string | undefined> {
  const rows = await pve.api.nodes.$(node).tasks.$get({ source: "active", typefilter: type });
  return rows.map((row) => wire.string(row["upid"])).find((upid) => upid !== undefined);
}

/** Proxmox tells whole seconds: the node's time lies within the second that it names, and within the request. */
export async function clockOf(pve: Pve, name: string, now: () => number): Promise<readonly [number, number]> {
  const before = now();
  const row = wire.object(await pve.api.nodes.$(name).time.$get());
  const after = now();
  const time = wire.number(row["time"]);
  if (time === undefined) throw new Error(`node ${name} does not tell what time it has`);
  return [time * 1000 - after, time * 1000 + 1000 - before];
}

/** How a place is used, and not which one it is: the cluster's own says that from now on, and nothing on it is lost. */
const usage = /^(?:digest|storage|content|prune-backups|max-protected-backups|preallocation|disable)$/;

function definition(row: wire.WireObject): string {
  const value = (key: string): string => {
    const text = wire.string(row[key]) ?? JSON.stringify(row[key]);
    return key === "nodes" ? text.split(",").sort().join() : text;
  };
  return Object.keys(row)
    .filter((key) => !usage.test(key))
    .sort()
    .map((key) => `${key} ${value(key)}`)
    .join(", ");
}

/** The first line that names a host counts. */
export function hostsIn(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (!address) continue;
    for (const name of names) if (!found.has(name)) found.set(name, address);
  }
  return found;
}

function addressesIn(rows: readonly wire.WireObject[]): string[] {
  return rows.flatMap((row) =>
    (["address", "address6", "cidr", "cidr6"] as const).flatMap((key) => {
      const text = wire.string(row[key]);
      return text === undefined ? [] : [parseCidr(text)?.address.toString() ?? text];
    }),
  );
}
