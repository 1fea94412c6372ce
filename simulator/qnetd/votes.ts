import { liveMembers, liveNodes } from "../corosync.js";
import { nodeState } from "../node/node-state.js";
import { sshOf } from "../ssh/host-key.js";
import type { QuorumDevice } from "../world/qnetd.js";
import type { Cluster, Corosync, NodeState, World } from "../world/world.js";
import { certificateFrom, nodeStore, qnetdStore, storeIn } from "./store.js";

/** What votes hang on, of a simulation. */
interface Votes {
  readonly world: World;
  readonly clock: { now(): number };
  clusterOf(node: NodeState): Cluster;
  membersSeen(node: NodeState, corosync: Corosync): string[];
}

/** The device that corosync works with: of its file, unless it refuses that. */
export const deviceOf = (corosync: Corosync): QuorumDevice | undefined =>
  corosync.refused ? corosync.refused.device : corosync.device;

/** Without a number one less than the nodes have (`votequorum_readconfig` in corosync's votequorum.c). */
export function votesOf(corosync: Corosync): number {
  const device = deviceOf(corosync);
  if (!device) return 0;
  return device.votes ?? Object.values(liveNodes(corosync)).reduce((sum, { votes }) => sum + votes, -1);
}

export const algorithmOf = ({ net }: QuorumDevice): string => net["algorithm"] ?? "ffsplit";

/** Why a node's daemon is not connected: what `corosync-qdevice-tool` calls its state. */
export function connection(
  simulation: Votes,
  node: NodeState,
): "stopped" | "Connect failed" | "Disconnected" | "Connected" {
  const { corosync } = simulation.clusterOf(node);
  const device = corosync && deviceOf(corosync);
  if (!corosync || !node.qdevice?.running || node.corosyncStopped || nodeState(node) === "off") return "stopped";
  if (!device || !reachesQnetd(simulation, node, device.net["host"])) return "Connect failed";
  const { qnetd } = simulation.world;
  const tls = device.net["tls"] ?? "on";
  if (!qnetd || (!qnetd.tls && tls === "required")) return "Disconnected";
  return !qnetd.tls || tls === "off" || isTrusted(simulation, node, corosync.name) ? "Connected" : "Disconnected";
}

/** Does something answer at port 5403 there? */
export function reachesQnetd({ world }: Pick<Votes, "world">, node: NodeState, host: string | undefined): boolean {
  const { qnetd } = world;
  return (
    qnetd !== undefined &&
    qnetd.address === host &&
    qnetd.state === "online" &&
    qnetd.installed &&
    qnetd.running &&
    qnetd.unreachedBy?.includes(node.name) !== true
  );
}

/** QNetd asks for a certificate of the cluster's name that it has signed, and the node for one of the QNetd that it trusts. */
function isTrusted({ world, clock }: Votes, node: NodeState, cluster: string): boolean {
  const qnetd = world.qnetd;
  const own = storeIn(sshOf(node), nodeStore);
  const theirs = qnetd && storeIn(sshOf(qnetd), qnetdStore);
  const certificate = own?.certificate && certificateFrom(Buffer.from(own.certificate.cert).toString("base64"));
  const signed = qnetd?.signed?.find(({ fingerprint }) => fingerprint === certificate?.fingerprint256);
  return (
    own?.certificate?.key !== undefined &&
    own.authority?.fingerprint === theirs?.authority?.fingerprint &&
    certificate?.subject === `CN=${cluster}` &&
    signed?.key === own.certificate.key &&
    signed.from <= clock.now() + (node.clockOffset ?? 0) * 1000
  );
}

/** Members that are connected to QNetd, by their numbers. */
export function clientsOf(simulation: Votes, corosync: Corosync): NodeState[] {
  const nodes = liveNodes(corosync);
  return liveMembers(corosync)
    .flatMap((name) => simulation.world.nodes[name] ?? [])
    .filter((node) => simulation.clusterOf(node).corosync === corosync && connection(simulation, node) === "Connected")
    .sort((one, other) => (nodes[one.name]?.nodeid ?? 0) - (nodes[other.name]?.nodeid ?? 0));
}

/** Whether QNetd gives its vote to this node, which votequorum then counts beside those of the members that it sees. */
export function hasVote(simulation: Votes, node: NodeState, corosync: Corosync): boolean {
  const device = deviceOf(corosync);
  const clients = device ? clientsOf(simulation, corosync) : [];
  if (!device || !clients.includes(node)) return false;
  const nodes = liveNodes(corosync);
  const parts = clients.map((client) => {
    const seen = simulation.membersSeen(client, corosync);
    return { client, seen, active: seen.filter((name) => clients.some((one) => one.name === name)).length };
  });
  const lowest = (names: readonly string[]): string | undefined =>
    [...names].sort((one, other) => (nodes[one]?.nodeid ?? 0) - (nodes[other]?.nodeid ?? 0))[0];
  if (algorithmOf(device) === "lms") return lms(parts, node.name, lowest(clients.map(({ name }) => name)) ?? "");
  const best = ffsplit(parts, Object.keys(nodes).length, lowest(Object.keys(nodes)) ?? "");
  return best?.seen.includes(node.name) === true;
}

interface Part {
  readonly seen: readonly string[];
  /** How many of them are connected. */
  readonly active: number;
}

/**
 * `qnetd_algo_ffsplit_partition_cmp` in qnetd-algo-ffsplit.c: more than half has it, less has not; of two halves the one with more
 * connected nodes, then the one with the lowest number. Heuristics and the part that had it before are not simulated.
 */
function ffsplit(parts: readonly Part[], count: number, preferred: string): Part | undefined {
  let best: Part | undefined;
  for (const part of parts) {
    const { length } = part.seen;
    if (length * 2 > count) best = part;
    else if (length * 2 < count) continue;
    else if (!best || part.active > best.active) best = part;
    else if (part.active === best.active && part.seen.includes(preferred)) best = part;
  }
  return best;
}

/** `do_lms_algorithm` in qnetd-algo-lms.c: the part with most connected nodes, then the largest, then the one with the lowest number. */
function lms(parts: readonly Part[], own: string, preferred: string): boolean {
  const mine = parts.find(({ seen }) => seen.includes(own));
  const distinct = [...new Map(parts.map((part) => [part.seen.join(), part])).values()];
  const rank = ({ active, seen }: Part): number[] => [active, seen.length, seen.includes(preferred) ? 1 : 0];
  const isBetter = (one: Part, other: Part): boolean => {
    const at = rank(one).findIndex((value, index) => value !== rank(other)[index]);
    return at >= 0 && (rank(one)[at] ?? 0) > (rank(other)[at] ?? 0);
  };
  return mine !== undefined && distinct.every((part) => part === mine || !isBetter(part, mine));
}
