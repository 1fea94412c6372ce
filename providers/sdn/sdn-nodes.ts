import { isProxmoxError, wire, type Connection } from "../../pve";
import type { SdnView } from "./sdn-view";

/** How long the reload of a node may take after the apply has begun it. */
export const longestMs = 120_000;
const pauseMs = 500;

/** The newest reload of each node, by its task id; empty where there was none, undefined where it is not known. */
type Reloads = ReadonlyMap<string, string | undefined>;

interface Reload {
  readonly upid: string;
  readonly ended: boolean;
}

async function lastReload({ transport }: Connection, node: string): Promise<Reload | undefined> {
  const { data } = await transport.request("GET", `/nodes/${node}/tasks`, {
    ...{ typefilter: "srvreload", source: "all", limit: 20 },
  });
  const all = wire
    .list(data)
    .map((row) => ({
      upid: wire.string(row["upid"]) ?? "",
      started: wire.integer(row["starttime"]) ?? 0,
      ended: row["endtime"] !== undefined && row["endtime"] !== null,
    }))
    .sort((a, b) => b.started - a.started || (a.upid < b.upid ? 1 : -1));
  return all[0];
}

/**
 * Members that are online, and the others. One whose statistics do not come is "unknown" in the list of nodes; it may be
 * online all the same, and then takes part in every reload: the cluster itself tells.
 */
export async function membersOf({ transport }: Connection): Promise<{ online: string[]; offline: string[] }> {
  const rows = wire.list((await transport.request("GET", "/nodes")).data);
  const states = new Map(rows.map((row) => [wire.string(row["node"]) ?? "", wire.string(row["status"])]));
  if ([...states.values()].some((state) => state !== "online" && state !== "offline")) {
    const members = wire.list((await transport.request("GET", "/cluster/status")).data);
    for (const row of members)
      if (row["type"] === "node")
        states.set(wire.string(row["name"]) ?? "", wire.boolean(row["online"]) ? "online" : "offline");
  }
  const names = [...states.keys()].sort();
  return {
    online: names.filter((name) => states.get(name) !== "offline"),
    offline: names.filter((name) => states.get(name) === "offline"),
  };
}

/** The newest reload of each; `silent`: of a node that does not answer it is not known, and whichever ends is taken. */
export async function reloadsOf(connection: Connection, nodes: readonly string[], silent: boolean): Promise<Reloads> {
  const found = await Promise.all(
    nodes.map(async (node) => {
      try {
        return [node, (await lastReload(connection, node))?.upid ?? ""] as const;
      } catch (error) {
        if (!silent || !isProxmoxError(error)) throw error;
        return [node, undefined] as const;
      }
    }),
  );
  return new Map(found);
}

/** Waits until each node has ended a reload that is newer than these; returns what came of none, by node. */
export async function awaitReloads(
  connection: Connection,
  before: Reloads,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { clock } = connection;
  const until = clock.now() + longestMs;
  const left = new Map<string, string>([...before.keys()].map((node) => [node, "no reload was begun"]));
  for (;;) {
    for (const [node] of left) {
      const reload = await lastReload(connection, node).catch((error: unknown) => {
        if (signal.aborted || !isProxmoxError(error)) throw error;
        left.set(node, error.message);
        return undefined;
      });
      if (reload === undefined || reload.upid === before.get(node)) continue;
      if (reload.ended) left.delete(node);
      else left.set(node, "its reload has not ended yet");
    }
    if (left.size === 0 || clock.now() >= until) return left;
    await clock.sleep(pauseMs, signal);
  }
}

/** What a node lacks of what was applied, by the vnet or zone: "vnet web" and why. */
type Lacks = ReadonlyMap<string, string>;

/**
 * Asks a node for what it has: whether its file of SDN is as new as what was applied, whether the interfaces are as the
 * file says, and whether the kernel has the bridges, of which Proxmox tells nothing else when they are missing.
 */
export async function lacksOf({ transport }: Connection, node: string, view: SdnView): Promise<Lacks> {
  const lacks = new Map<string, string>();
  const at = `/nodes/${node}/sdn/zones`;
  const ask = async (path: string) => wire.list((await transport.request("GET", path)).data);
  const states = new Map((await ask(at)).map((row) => [wire.string(row["zone"]) ?? "", wire.string(row["status"])]));
  for (const [zone, texts] of view.running.zones) {
    if (!(texts["nodes"]?.split(",").includes(node) ?? true)) continue;
    const state = states.get(zone);
    const own = [...view.running.vnets].filter(([, vnet]) => vnet["zone"] === zone).map(([name]) => name);
    const content = new Map((await ask(`${at}/${zone}/content`)).map((row) => [wire.string(row["vnet"]) ?? "", row]));
    const bridges = await ask(`${at}/${zone}/bridges`);
    const links = new Map(bridges.map((row) => [wire.string(row["name"]) ?? "", row["vlan_filtering"]]));
    const wrong = own.flatMap((vnet): [string, string][] => {
      const row = content.get(vnet);
      const status = wire.string(row?.["status"]);
      if (status !== "available") return [[`vnet ${vnet}`, wire.string(row?.["statusmsg"]) ?? status ?? "not there"]];
      const link = links.get(vnet);
      return link === undefined || link === null ? [[`vnet ${vnet}`, "the kernel has no such bridge"]] : [];
    });
    for (const [what, why] of wrong) lacks.set(what, why);
    if (wrong.length === 0 && state !== "available") lacks.set(`zone ${zone}`, state ?? "not there");
  }
  return lacks;
}

/** Packages without which Proxmox configures nothing, and says nothing. */
const packageOf = { dhcp: "dnsmasq", routing: "frr-pythontools" } as const;

type Service = keyof typeof packageOf;

/** What a node lacks of what zones and controllers need on it, as far as Proxmox tells which packages are there. */
async function lacksService({ transport }: Connection, node: string): Promise<ReadonlySet<Service>> {
  const { data } = await transport.request("GET", `/nodes/${node}/apt/versions`);
  const there = new Set(
    wire
      .list(data)
      .filter((row) => wire.string(row["OldVersion"]) !== undefined)
      .map((row) => row["Package"]),
  );
  return new Set((["dhcp", "routing"] as const).filter((service) => !there.has(packageOf[service])));
}

/** Nodes that do not have what the service takes. */
export async function nodesWithout(connection: Connection, service: Service, nodes: readonly string[]) {
  const found = await Promise.all(nodes.map(async (node) => [node, await lacksService(connection, node)] as const));
  return found.flatMap(([node, lacks]) => (lacks.has(service) ? [node] : []));
}

/** Zones and controllers of which a node has the bridges at most, for want of a package. */
export async function withoutService(connection: Connection, node: string, { running }: SdnView): Promise<Lacks> {
  const isHere = (nodes: string | undefined): boolean => nodes?.split(",").includes(node) ?? true;
  const zones = [...running.zones].filter(([, zone]) => isHere(zone["nodes"]));
  const wanted: Record<Service, string[]> = {
    dhcp: zones.flatMap(([name, zone]) => (zone["dhcp"] === undefined ? [] : [`zone ${name}`])),
    routing: [
      ...zones.flatMap(([name, { type }]) => (type === "evpn" ? [`zone ${name}`] : [])),
      // The one of EVPN works where its zones are.
      ...[...running.controllers].flatMap(([name, { type, node: own }]) =>
        type !== "evpn" && own === node ? [`controller ${name}`] : [],
      ),
    ],
  };
  if (wanted.dhcp.length + wanted.routing.length === 0) return new Map();
  const lacks = await lacksService(connection, node);
  const why = { dhcp: "no DHCP", routing: "no routing" };
  return new Map(
    [...lacks].flatMap((service) =>
      wanted[service].map((what): [string, string] => [
        what,
        `${why[service]}: the package ${packageOf[service]} is not installed`,
      ]),
    ),
  );
}
