import { liveMembers } from "../corosync.js";
import { die, PveError } from "../errors.js";
import type { Simulation } from "../simulation.js";
import type { Corosync, NodeState } from "../world/world.js";
import { reloadCorosync, stopCorosync } from "./corosync-daemon.js";
import { keepCertificate, keepKeys } from "./key-files.js";
import { addressesOf, hasAddress, linksOf, resolve, type Link } from "./links.js";

/** The process of pvedaemon that writes the file. */
const daemonPid = 139;

type Params = Readonly<Record<string, string | undefined>>;

/** The corosync.conf of a new cluster (create_conf in PVE/Corosync.pm). */
export function newCorosync(node: NodeState, params: Params): Corosync {
  const given = linksOf(params);
  const links: Record<string, Link> = Object.keys(given).length > 0 ? given : { "0": { address: node.address } };
  const interfaces = Object.entries(links).map(([number, { priority }]) => [
    number,
    { linknumber: number, ...(priority && priority !== "0" ? { knet_link_priority: priority } : {}) },
  ]);
  const usable = Object.values(links).every(({ address }) => hasAddress(node, resolve(node, address) ?? ""));
  return {
    name: params["clustername"] ?? "",
    configVersion: 1,
    nodes: {
      [node.name]: {
        nodeid: Number(params["nodeid"] ?? 1),
        votes: Number(params["votes"] ?? 1),
        links: addressesOf(links),
      },
    },
    totem: {
      ...{ version: "2", secauth: "on", cluster_name: params["clustername"], ip_version: "ipv4-6" },
      ...{ link_mode: "passive", interface: Object.fromEntries(interfaces) as object },
      token_coefficient: params["token-coefficient"] ?? "125",
    },
    ...(usable ? {} : { dead: true }),
  };
}

/** corosync.conf's node list as the API shows it: all values are text. */
export function nodeList(corosync: Corosync | undefined): Record<string, string>[] {
  return Object.entries(corosync?.nodes ?? {}).map(([name, { nodeid, votes, links }]) => ({
    name,
    nodeid: String(nodeid),
    ...(votes > 0 ? { quorum_votes: String(votes) } : {}),
    ...Object.fromEntries(Object.entries(links).map(([number, address]) => [`ring${number}_addr`, address])),
  }));
}

/** corosync.conf's totem section; null without one. */
export function totem(corosync: Corosync | undefined): Record<string, unknown> | null {
  return corosync ? { ...corosync.totem, config_version: String(corosync.configVersion) } : null;
}

/** What speaks against joining a cluster (assert_joinable in PVE/Cluster/Setup.pm). */
export function joinErrors(simulation: Simulation, node: NodeState, params: Params): string[] {
  const { corosync, guests } = simulation.clusterOf(node);
  const errors: string[] = [];
  if (corosync) {
    errors.push("authentication key '/etc/corosync/authkey' already exists");
    errors.push("cluster config '/etc/pve/corosync.conf' already exists");
  }
  if (Object.keys(guests).length > 0) errors.push("this host already contains virtual guests");
  if (corosync && !corosync.dead) errors.push("corosync is already running, is this node already in a cluster?!");
  for (const [number, { address }] of Object.entries(linksOf(params))) {
    const ip = resolve(node, address);
    if (ip === undefined) {
      const why = `hostname lookup '${address}' failed - failed to get address info for: ${address}: Name or service not known`;
      errors.push(`link${number}: cannot use '${address}': ${why}\n`);
    } else if (!hasAddress(node, ip)) {
      errors.push(`link${number}: cannot use IP '${ip}', not found on local node!\n`);
    }
  }
  return errors;
}

/** Adds a member to corosync.conf (addnode in PVE/API2/ClusterConfig.pm). */
export function addMember(corosync: Corosync | undefined, name: string, params: Params): void {
  if (!corosync) throw new PveError(500, "invalid corosync.conf\n", { error0: "no nodes found" });
  const known = corosync.nodes[name];
  const links = linksForMember(corosync, name, params);
  const votes = Number(params["votes"] ?? known?.votes ?? 1);
  const nodeid = Number(params["nodeid"] ?? known?.nodeid ?? freeNodeId(corosync));
  if (known && !(params["force"] === "1" && known.votes === votes && known.nodeid === nodeid)) {
    throw die(`can't add existing node '${name}'`);
  }
  const before = { configVersion: corosync.configVersion, members: Object.keys(corosync.nodes) };
  corosync.nodes[name] = { nodeid, votes, links };
  corosync.configVersion++;
  reloadCorosync(corosync, before);
}

function linksForMember(corosync: Corosync, name: string, params: Params): Record<string, string> {
  const links = addressesOf(linksOf(params));
  for (const [other, member] of Object.entries(corosync.nodes)) {
    if (other === name) continue;
    for (const address of Object.values(links)) {
      const used = Object.entries(member.links).find(([, theirs]) => theirs === address)?.[0];
      if (used === undefined) continue;
      throw die(`corosync: address '${address}' already used on link ring${used}_addr by node '${other}'`);
    }
  }
  const clusterLinks = Object.values(corosync.nodes)[0]?.links ?? {};
  let fallback = params["new_node_ip"];
  const legacy = fallback === undefined && Object.keys(links).length === 1 && Number(params["apiversion"] ?? 0) === 0;
  if (!legacy && Object.keys(links).length > 0) {
    for (let number = 0; number < 8; number++) {
      const [theirs, ours] = [clusterLinks[number], links[number]];
      if (theirs !== undefined && ours === undefined) {
        throw die(`corosync: link ${number} exists in cluster config but wasn't specified for new node`);
      }
      if (theirs === undefined && ours !== undefined) {
        throw die(`corosync: link ${number} specified for new node doesn't exist in cluster config`);
      }
    }
    return links;
  }
  if (legacy) fallback = Object.values(links)[0];
  if (fallback === undefined) throw die("no links and no fallback ip (new_node_ip) given, cannot join cluster");
  const [only, ...more] = Object.keys(clusterLinks);
  if (only !== undefined && more.length === 0) return { [only]: fallback };
  if (legacy) throw die(`cluster has ${more.length + 1} links, but only 1 given`);
  throw die("no links given but multiple links found on other nodes, fallback only supported on single-link clusters");
}

function freeNodeId(corosync: Corosync): number {
  const used = new Set(Object.values(corosync.nodes).map(({ nodeid }) => nodeid));
  let id = 1;
  while (used.has(id)) id++;
  return id;
}

/**
 * The corosync that has the member's id is ended before the file is written: when the quorum hangs on its votes, the file
 * cannot be written any more, and the cluster stays as it is, without quorum (scenario 44, lines 171 to 175). With an id
 * that two nodes have that is the other one, maybe the very node that was asked (scenario 47, line 19).
 */
function killCorosync(simulation: Simulation, node: NodeState, corosync: Corosync, id: number): void {
  for (const name of liveMembers(corosync)) {
    const machine = simulation.world.nodes[name];
    if (machine?.cluster === node.cluster && corosync.nodes[name]?.nodeid === id) stopCorosync(simulation, machine);
  }
  if (simulation.isQuorate(node)) return;
  throw die(`unable to open file '/etc/pve/corosync.conf.new.tmp.${daemonPid}' - Permission denied`);
}

/**
 * Removes a member, found by its name or an address. Its guests and storages stay in the cluster; the removed machine
 * keeps its copy of the cluster file system, in which it is alone and without quorum.
 */
export function removeMember(simulation: Simulation, node: NodeState, nameOrAddress: string): void {
  const { world } = simulation;
  const { corosync } = simulation.clusterOf(node);
  const members = Object.entries(corosync?.nodes ?? {});
  const [name] =
    members.find(([one, { links }]) => one === nameOrAddress || [links["0"], links["1"]].includes(nameOrAddress)) ?? [];
  if (!corosync || name === undefined) throw die(`Node/IP: ${nameOrAddress} is not a known host of the cluster.`);
  const machine = world.nodes[name];
  killCorosync(simulation, node, corosync, corosync.nodes[name]?.nodeid ?? 0);
  const cluster = simulation.clusterOf(node);
  keepKeys(simulation, node.cluster);
  // Its directory stays (scenario 23: its guests do).
  cluster.leftNodes = [...new Set([...(cluster.leftNodes ?? []), name])];
  if (machine?.cluster === node.cluster) {
    keepCertificate(simulation, machine);
    let copy = name;
    while (world.clusters[copy]) copy += "-removed";
    world.clusters[copy] = structuredClone(simulation.clusterOf(node));
    machine.cluster = copy;
  }
  const before = { configVersion: corosync.configVersion, members: liveMembers(corosync) };
  delete corosync.nodes[name];
  corosync.configVersion++;
  reloadCorosync(corosync, before);
}
