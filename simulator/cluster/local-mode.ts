import { ownCertificate, shownFingerprint } from "../http/served-certificate.js";
import type { Simulation } from "../simulation.js";
import type { Ended } from "../ssh/ssh-record.js";
import type { Cluster, NodeState } from "../world/world.js";
import { corosyncConf } from "./corosync-conf.js";
import { startCorosync } from "./corosync-daemon.js";
import { keepCertificate, keepKeys } from "./key-files.js";

/** Is /etc/pve there? pmxcfs shows it, as the service or by hand. */
export const isMounted = ({ clusterService }: NodeState): boolean =>
  clusterService?.stopped !== true || clusterService.local?.running === true;

/**
 * `pmxcfs -l`: its own copy of the database, with quorum, whatever corosync.conf in it says (`force_local_mode` in main of
 * src/pmxcfs/pmxcfs.c of pve-cluster). A second one does not get the lock of the database (the same).
 */
export function startLocal(simulation: Simulation, node: NodeState): Ended {
  const { stopped, local, databaseAway } = node.clusterService ?? {};
  if (!stopped || local?.running)
    return {
      code: 255,
      stderr:
        "[main] notice: unable to acquire pmxcfs lock - trying again\n[main] crit: unable to acquire pmxcfs lock\n",
    };
  if (databaseAway) return { code: 127, stderr: "pve-simulator: pmxcfs without a database\n", unbuilt: true };
  const of = local?.of ?? node.cluster;
  if (!local) node.cluster = copyFor(simulation, node);
  node.clusterService = { ...node.clusterService, local: { of, running: true } };
  delete node.filesAway;
  return { code: 0, seconds: 1 };
}

/** What the node has of the cluster, as a database of its own from now on; returns its key. */
function copyFor(simulation: Simulation, node: NodeState): string {
  const { world } = simulation;
  const old = node.cluster;
  keepKeys(simulation, old);
  for (const { name, cluster } of Object.values(world.nodes)) if (cluster === old) ownCertificate(simulation, name);
  const copy = structuredClone(simulation.clusterOf(node));
  const others = Object.values(world.nodes).filter((one) => one.cluster === old && one !== node);
  for (const other of others) {
    copy.keptCertificates = { ...copy.keptCertificates, [other.name]: shownFingerprint(simulation, other.name) };
    copy.keptPems = { ...copy.keptPems, [other.name]: ownCertificate(simulation, other.name).cert };
    const own = other.customCertificate?.certificate;
    if (own !== undefined) copy.keptOwnPems = { ...copy.keptOwnPems, [other.name]: own };
  }
  let key = node.name;
  while (world.clusters[key]) key += "-own";
  world.clusters[key] = copy;
  return key;
}

/** `killall pmxcfs`: the one that was started by hand; the service's is stopped by systemd. */
export function endLocal(node: NodeState): Ended {
  const { local } = node.clusterService ?? {};
  if (!local?.running) return { code: 1, stderr: "pmxcfs: no process found\n" };
  node.clusterService = { ...node.clusterService, local: { ...local, running: false } };
  node.filesAway = true;
  return { code: 0, seconds: 1 };
}

/**
 * The service with a database that was in local mode: as a member again where it has corosync.conf still, else by itself
 * (main in pmxcfs.c takes corosync's own copy of the file into a new database only). Undefined without such a one.
 */
export function startAfterLocal(simulation: Simulation, node: NodeState): Ended | undefined {
  const { world } = simulation;
  const { local } = node.clusterService ?? {};
  if (!local) return undefined;
  if (local.running)
    return {
      code: 1,
      stderr: "Job for pve-cluster.service failed because the control process exited with error code.\n",
    };
  const own = node.cluster;
  delete node.filesAway;
  const isMember = simulation.clusterOf(node).corosync !== undefined;
  // Whose cluster has gone meanwhile has the one that it left a copy of.
  if (isMember && world.clusters[local.of]) {
    node.cluster = local.of;
    if (own !== local.of) delete world.clusters[own];
  }
  if (!isMember) {
    node.cluster = local.of;
    if (world.clusters[local.of]) leave(simulation, node);
    node.cluster = own;
    if (!Object.values(world.nodes).some(({ cluster }) => cluster === local.of)) delete world.clusters[local.of];
    const members = Object.keys(node.clusterService?.left?.nodes ?? {}).filter((name) => name !== node.name);
    const cluster = simulation.clusterOf(node);
    cluster.leftNodes = [...new Set([...(cluster.leftNodes ?? []), ...members])];
  }
  const { corosyncAway, left } = node.clusterService ?? {};
  if (!isMember && !corosyncAway && left) node.clusterService = { left };
  else {
    delete node.clusterService;
    startCorosync(node);
  }
  return { code: 0, seconds: 1 };
}

/** Files that the others go on having of it. */
function leave(simulation: Simulation, node: NodeState): void {
  keepKeys(simulation, node.cluster);
  keepCertificate(simulation, node);
}

/** `rm /etc/pve/corosync.conf`, which only takes effect where no corosync hands it on; corosync's own copy stays. */
export function removeCorosyncConf(simulation: Simulation, node: NodeState): boolean {
  const cluster: Cluster = simulation.clusterOf(node);
  if (!cluster.corosync || !node.clusterService?.local?.running) return false;
  const nodes = structuredClone(cluster.corosync.nodes);
  node.clusterService = { ...node.clusterService, left: { text: corosyncConf(cluster.corosync), nodes } };
  delete cluster.corosync;
  return true;
}
