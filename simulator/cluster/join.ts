import { passwordOn } from "../access/passwords.js";
import { die, PveError, textOf } from "../errors.js";
import { startFirewall } from "../firewall/firewall-daemon.js";
import { tcpVerdict } from "../firewall/packet-verdicts.js";
import { nodeReaches } from "../network/fabric.js";
import { ownCertificate, servedCertificate } from "../http/served-certificate.js";
import { reloadProxyLater } from "../node/restart-proxy.js";
import type { Simulation } from "../simulation.js";
import type { TaskRun } from "../tasks.js";
import type { Steps } from "../worker.js";
import type { NodeState } from "../world/world.js";
import { startCorosync } from "./corosync-daemon.js";
import { keepKeys, mergeKeys } from "./key-files.js";
import { hasAddress, linksOf, resolve } from "./links.js";
import { addMember, joinErrors } from "./membership.js";

type Params = Readonly<Record<string, string | undefined>>;

/** The task of `POST /cluster/config/join` (`join` and `finish_join` in PVE/Cluster/Setup.pm). */
export function* joinCluster(simulation: Simulation, node: NodeState, params: Params, task: TaskRun): Steps {
  yield* task.lock("/var/lock/pvecm.lock");
  checkJoinable(simulation, node, params, task);
  const { hostname: host = "" } = params;
  task.log(`Establishing API connection with host '${host}'`);
  yield 200;
  const peer = yield* logIn(simulation, node, params);
  task.log("Login succeeded.");
  task.log("check cluster join API version");
  yield 100;
  const request: Record<string, string | undefined> = { ...params, apiversion: "1" };
  if (Object.keys(linksOf(params)).length === 0) {
    task.log(`No cluster network links passed explicitly, fallback to local node IP '${node.address}'`);
    request["new_node_ip"] = node.address;
  }
  task.log("Request addition of this node");
  yield 300;
  requestAddition(simulation, peer, node, request, task);
  task.log("Join request OK, finishing setup locally");
  yield* finish(simulation, peer, node, task);
}

function checkJoinable(simulation: Simulation, node: NodeState, params: Params, task: TaskRun): void {
  const errors = joinErrors(simulation, node, params);
  if (errors.length === 0) return;
  const lines = errors.map((error) => `* ${error}\n`).join("");
  for (const line of `detected the following error(s):\n${lines}`.replace(/\n$/, "").split("\n")) task.log(line);
  if (params["force"] !== "1") throw die("Check if node may join a cluster failed!");
  for (const line of ["", "WARNING : detected error but forced to continue!", ""]) task.log(line);
}

/** Connects to the member and logs in: the connection, the certificate, the password. */
function* logIn(simulation: Simulation, node: NodeState, params: Params): Generator<number, NodeState, void> {
  const { hostname: host = "", fingerprint = "", password } = params;
  const address = resolve(node, host);
  if (address === undefined) throw unreachable(host, "Temporary failure in name resolution");
  const peer = Object.values(simulation.world.nodes).find((one) => hasAddress(one, address));
  const isFar = peer && peer !== node && !nodeReaches(simulation.world, node, address);
  if (!peer || isFar || peer.state === "off" || peer.state === "isolated" || node.state === "isolated") {
    yield 3000;
    throw unreachable(host, "No route to host");
  }
  const verdict = peer === node ? "accept" : tcpVerdict(simulation.world, node, peer, address, 8006);
  if (verdict === "drop") {
    yield 3000;
    throw unreachable(host, "Connection timed out");
  }
  if (verdict === "reject") throw unreachable(host, "Connection refused");
  if (peer.state === "stopped") throw unreachable(host, "Connection refused");
  const served = servedCertificate(simulation, peer.name).fingerprint;
  if (fingerprint.toUpperCase() !== served) throw die(`fingerprint '${served}' not verified, abort!`);
  yield 300;
  if (passwordOn(peer, simulation.clusterOf(peer), "root@pam") !== password) {
    yield 3000;
    throw die("401 authentication failure");
  }
  return peer;
}

function unreachable(host: string, reason: string): PveError {
  return die(`500 Can't connect to ${host}:8006 (${reason})`);
}

/** `POST /cluster/config/nodes/{node}` on the member; its errors are printed here. */
function requestAddition(
  simulation: Simulation,
  peer: NodeState,
  node: NodeState,
  params: Params,
  task: TaskRun,
): void {
  try {
    if (!simulation.isQuorate(peer)) throw die("cluster not ready - no quorum?");
    addMember(simulation.clusterOf(peer).corosync, node.name, params);
  } catch (error) {
    if (!(error instanceof PveError)) throw error;
    task.log(`An error occurred on the cluster node: ${textOf(error)}`);
    for (const [, text] of Object.entries(error.errors ?? {}).sort()) task.log(`! ${text}`);
    throw die("Cluster join aborted!");
  }
}

/** The node leaves its own cluster file system for the cluster's, and gets another certificate. */
function* finish(simulation: Simulation, peer: NodeState, node: NodeState, task: TaskRun): Steps {
  const { world } = simulation;
  task.log("stopping pve-cluster service");
  // pveproxy goes on with what it has loaded, whatever becomes of the files
  node.oldCertificate ??= ownCertificate(simulation, node.name);
  node.filesAway = true;
  yield 500;
  task.log(`backup old database to '/var/lib/pve-cluster/backup/config-${simulation.clock.seconds()}.sql.gz'`);
  yield 1500;
  const old = node.cluster;
  const password = passwordOn(node, simulation.clusterOf(node), "root@pam");
  if (password !== undefined) node.rootPassword = password;
  keepKeys(simulation, peer.cluster);
  node.cluster = peer.cluster;
  startCorosync(node);
  if (!Object.values(world.nodes).some(({ cluster }) => cluster === old)) delete world.clusters[old];
  // its pve-firewall finds the cluster's files
  startFirewall(simulation, node);
  yield 3000;
  // without a limit; with the immediate clock there is nobody to wait for
  while (!simulation.isQuorate(node)) yield simulation.clock.mode === "immediate" ? Infinity : 1000;
  delete node.filesAway;
  task.log("waiting for quorum...OK");
  task.log("(re)generate node files");
  task.log("generate new node certificate");
  yield 1000;
  task.log("merge authorized SSH keys");
  task.log("generated new node certificate, restart pveproxy and pvedaemon services");
  simulation.renewCertificate(node);
  const cluster = simulation.clusterOf(node);
  cluster.leftNodes = (cluster.leftNodes ?? []).filter((name) => name !== node.name);
  delete cluster.keptCertificates?.[node.name];
  delete cluster.keptPems?.[node.name];
  delete cluster.keptOwnPems?.[node.name];
  mergeKeys(cluster, node.name);
  yield 1000;
  task.log(`successfully added node '${node.name}' to cluster.`);
  reloadProxyLater(simulation, node);
}
