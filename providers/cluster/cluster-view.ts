import { wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";

/** A member of a cluster, as corosync's file and the cluster's status have it. */
export interface Member {
  readonly name: string;
  readonly nodeId: number;
  readonly votes: number;
  /** Addresses by the number of the link. */
  readonly links: Readonly<Record<string, string>>;
  readonly online: boolean;
  /** Where its API is, as the cluster knows it. */
  readonly address: string | undefined;
  /** Of the certificate that it has; a node that never got as far as to be a member has none. */
  readonly fingerprint: string | undefined;
}

/** What one node says of the cluster that it is in. */
export interface ClusterView {
  /** The node that answered. */
  readonly local: string;
  readonly address: string | undefined;
  /** The cluster's name; undefined for a node by itself, and for one whose corosync does not run. */
  readonly name: string | undefined;
  readonly quorate: boolean;
  /** All that corosync's file names. None: the node is in no cluster. */
  readonly members: readonly Member[];
  readonly priorities: Readonly<Record<string, number>>;
  readonly qdevice: boolean;
}

/** Who answers, and which cluster it says it is in. */
export interface Standing {
  readonly local: string;
  readonly address: string | undefined;
  readonly cluster: { readonly name: string; readonly quorate: boolean } | undefined;
  /** Names of the members, with whether this node sees them. */
  readonly online: ReadonlyMap<string, boolean>;
  /** Of the members, as far as the cluster knows them. */
  readonly addresses: ReadonlyMap<string, string>;
}

export async function standing(pve: Pick<Pve, "api">): Promise<Standing> {
  const rows = await pve.api.cluster.status.$get();
  const nodes = rows.filter(({ type }) => type === "node");
  const own = nodes.find((row) => wire.boolean(row["local"]));
  const local = wire.string(own?.["name"]);
  if (local === undefined) throw new Error("the answer to who answers names no node; are the endpoints right?");
  const cluster = rows.find(({ type }) => type === "cluster");
  return {
    local,
    address: wire.string(own?.["ip"]),
    cluster: cluster && { name: wire.string(cluster["name"]) ?? "", quorate: wire.boolean(cluster["quorate"]) },
    online: new Map(nodes.map((row) => [wire.string(row["name"]) ?? "", wire.boolean(row["online"])])),
    addresses: new Map(
      nodes.flatMap((row) => {
        const ip = wire.string(row["ip"]);
        return ip === undefined ? [] : [[wire.string(row["name"]) ?? "", ip] as const];
      }),
    ),
  };
}

export async function clusterView(pve: Pve): Promise<ClusterView> {
  const { config } = pve.api.cluster;
  const [at, rows] = await Promise.all([standing(pve), config.nodes.$get()]);
  const { local, address, cluster, online, addresses } = at;
  const alone = { local, address, name: cluster?.name, quorate: cluster?.quorate ?? true };
  if (rows.length === 0) return { ...alone, members: [], priorities: {}, qdevice: false };
  // Not from what is told to those who join: that fails as a whole while one that is listed has no certificate yet, or no
  // address that is known (`join_info` in PVE/API2/ClusterConfig.pm; scenario 44, line 144).
  const [list, totem, qdevice] = await Promise.all([pve.api.nodes.$get(), config.totem.$get(), config.qdevice.$get()]);
  const certificates = new Map(list.map((row) => [wire.string(row["node"]), wire.string(row["ssl_fingerprint"])]));
  return {
    ...alone,
    members: rows.map((row) => {
      const name = wire.string(row["name"]) ?? wire.string(row["node"]) ?? "";
      return {
        name,
        nodeId: Number(row["nodeid"]),
        votes: Number(row["quorum_votes"] ?? 1),
        links: linksIn(row),
        online: online.get(name) ?? false,
        address: addresses.get(name),
        fingerprint: certificates.get(name),
      };
    }),
    priorities: prioritiesIn(wire.object(totem)),
    qdevice: Object.keys(qdevice).length > 0,
  };
}

const linksIn = (row: wire.WireObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(row).flatMap(([key, value]) => {
      const number = /^ring([0-7])_addr$/.exec(key)?.[1];
      return number === undefined ? [] : [[number, String(value)]];
    }),
  );

const prioritiesIn = ({ interface: links }: wire.WireObject): Record<string, number> =>
  Object.fromEntries(
    Object.entries((links ?? {}) as Record<string, wire.WireObject>).map(([number, row]) => [
      number,
      Number(row["knet_link_priority"] ?? 0),
    ]),
  );

/** The cluster of that name, as it is where the endpoints lead. */
export async function viewOf(pve: Pve, name: string): Promise<ClusterView> {
  const view = await clusterView(pve);
  if (view.name !== name)
    throw new Error(
      `there is no cluster ${name} where proxmox:endpoints lead: ${view.name === undefined ? `node ${view.local} is in none` : `that is ${view.name}`}`,
    );
  return view;
}

/** Where the endpoints lead, in words. */
export const whereLed = ({ name, local }: ClusterView): string =>
  name === undefined ? `${local}, which is in no cluster` : `cluster ${name}`;

/** Votes of these members together. */
export const votesOf = (members: readonly Member[]): number => members.reduce((sum, { votes }) => sum + votes, 0);
