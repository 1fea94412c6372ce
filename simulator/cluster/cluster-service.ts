import { passwordOn } from "../access/passwords.js";
import { ownCertificate } from "../http/served-certificate.js";
import { restartProxy } from "../node/restart-proxy.js";
import { freshFileSystem } from "../seeds/standalone.js";
import type { Simulation } from "../simulation.js";
import { sshOf } from "../ssh/host-key.js";
import type { Ended } from "../ssh/ssh-record.js";
import type { NodeState } from "../world/world.js";
import { startCorosync, stopCorosync } from "./corosync-daemon.js";
import { keepCertificate, keepKeys, mergeKeys } from "./key-files.js";
import { startAfterLocal } from "./local-mode.js";

/** What a node's cluster file system and corosync are told over SSH. Undefined for anything else. */
export function clusterService(simulation: Simulation, node: NodeState, line: string): Ended | undefined {
  switch (line) {
    case "systemctl stop pve-cluster corosync":
      stopCorosync(simulation, node);
      node.filesAway = true;
      node.clusterService = { ...node.clusterService, stopped: true };
      return { code: 0, seconds: 2 };
    // One that was started by hand is none of systemd's.
    case "systemctl stop pve-cluster":
      if (!node.clusterService?.local?.running) node.filesAway = true;
      node.clusterService = { ...node.clusterService, stopped: true };
      return { code: 0, seconds: 1 };
    case "systemctl is-active pve-cluster":
      return node.clusterService?.stopped ? { code: 3, stdout: "inactive\n" } : { code: 0, stdout: "active\n" };
    // ConditionPathExists=/etc/corosync/corosync.conf of its unit; without the key it does not start
    case "systemctl start corosync":
      if (!node.clusterService?.corosyncAway) startCorosync(node);
      return { code: 0, seconds: 1 };
    case "systemctl start pve-cluster":
      return startFiles(simulation, node);
    case "pvecm updatecerts":
      return updateCertificates(simulation, node);
    case "systemctl reload-or-restart pvedaemon pveproxy":
      restartProxy(simulation, node);
      return { code: 0, seconds: 1 };
    default:
      return undefined;
  }
}

/**
 * pmxcfs begins a new database where there is none, and takes corosync's own copy of its file into it (main in
 * src/pmxcfs/pmxcfs.c of pve-cluster). With the old one it is the member that it was; without corosync's key that does not run.
 */
function startFiles(simulation: Simulation, node: NodeState): Ended {
  const { world } = simulation;
  const { stopped, databaseAway, corosyncAway } = node.clusterService ?? {};
  if (!stopped) return { code: 0 };
  const local = startAfterLocal(simulation, node);
  if (local) return local;
  delete node.filesAway;
  if (!databaseAway || !corosyncAway) {
    if (corosyncAway) node.clusterService = { corosyncAway };
    else {
      delete node.clusterService;
      startCorosync(node);
    }
    return { code: 0, seconds: 1 };
  }
  node.clusterService = { begun: true };
  startCorosync(node);
  const old = node.cluster;
  const password = passwordOn(node, simulation.clusterOf(node), "root@pam") ?? "";
  node.oldCertificate ??= ownCertificate(simulation, node.name);
  keepKeys(simulation, old);
  keepCertificate(simulation, node);
  let key = node.name;
  while (world.clusters[key]) key += "-own";
  world.clusters[key] = freshFileSystem(`${key} ${node.certificate}`, password);
  node.cluster = key;
  if (!Object.values(world.nodes).some(({ cluster }) => cluster === old)) delete world.clusters[old];
  return { code: 0, seconds: 1 };
}

/** `updatecerts_and_ssh` in PVE/Cluster/Setup.pm: a certificate where there is none, and who may sign in. */
function updateCertificates(simulation: Simulation, node: NodeState): Ended {
  if (!simulation.isQuorate(node)) return { code: 255, stderr: "no quorum - unable to update files\n" };
  const cluster = simulation.clusterOf(node);
  if (node.clusterService?.begun) {
    delete node.clusterService;
    // What is a file there, and no link into the old cluster, is taken in.
    const ssh = sshOf(node);
    const own = ssh.files["/root/.ssh/authorized_keys"];
    if (own === undefined) ssh.authorizedKeys = [];
    delete ssh.files["/root/.ssh/authorized_keys"];
    cluster.keyFiles = { authorized: Buffer.from(own?.content ?? "", "base64").toString("utf8"), hosts: "" };
    simulation.renewCertificate(node);
  } else keepKeys(simulation, node.cluster);
  mergeKeys(cluster, node.name);
  return { code: 0, seconds: 1 };
}
