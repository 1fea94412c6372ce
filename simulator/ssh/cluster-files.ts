import { filesOf } from "../ceph/ceph.js";
import { confText } from "../ceph/conf.js";
import { corosyncConf } from "../cluster/corosync-conf.js";
import { writeCorosyncConf } from "../cluster/corosync-file.js";
import { corosyncKey } from "../cluster/corosync-daemon.js";
import { authorizedKeys, knownHosts } from "../cluster/key-files.js";
import { isMounted, removeCorosyncConf } from "../cluster/local-mode.js";
import { authorityOf, ownCertificate } from "../http/served-certificate.js";
import { firewallFileAt, removeFile, textOfFile, timeOfFile, writeFile } from "../firewall/firewall-files.js";
import { filesChanged } from "../firewall/firewall-daemon.js";
import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";

const database = "/var/lib/pve-cluster/config.db";

/** Files of a node's membership, as texts; undefined for all others, and where there are none. */
export function clusterFile(simulation: Simulation, node: NodeState, at: string): string | undefined {
  const { corosync } = simulation.clusterOf(node);
  const { stopped, databaseAway, corosyncAway, left } = node.clusterService ?? {};
  switch (at) {
    case "/etc/hostname":
      return `${node.name}\n`;
    case database:
      return databaseAway ? undefined : "SQLite format 3\0";
    case "/etc/corosync/corosync.conf":
      // pmxcfs writes the file of its database there as soon as it runs as a member; the key it does not have.
      if (corosyncAway && (stopped || !corosync)) return undefined;
      return corosync ? corosyncConf(corosync) : left?.text;
    case "/etc/corosync/authkey":
      return (corosync ?? left) && !corosyncAway ? corosyncKey(simulation.clusterOf(node)) : undefined;
  }
  if (!isMounted(node)) return undefined;
  const plain = plainFileAt(at);
  if (plain !== undefined) return simulation.clusterOf(node).plainFiles?.[plain];
  const firewall = firewallFileAt(at, node.name);
  if (firewall !== undefined) return firewallFileOn(simulation, node, firewall);
  switch (at) {
    // pmxcfs's own (cfs-plug-func.c), there as long as it is mounted.
    case "/etc/pve/.version":
      return `${JSON.stringify({ starttime: node.booted })}\n`;
    case "/etc/pve/corosync.conf":
      return corosync && corosyncConf(corosync);
    case "/etc/pve/ceph.conf": {
      const { conf } = filesOf(simulation.clusterOf(node));
      return conf && confText(conf);
    }
    // a link into the cluster's files
    case "/root/.ssh/authorized_keys":
      return node.clusterService?.unlinked ? undefined : authorizedKeys(simulation, node.cluster);
    case "/etc/pve/pve-root-ca.pem":
      return authorityOf(simulation, node.cluster).cert;
    case "/etc/pve/priv/authorized_keys":
      return authorizedKeys(simulation, node.cluster);
    case "/etc/pve/priv/known_hosts":
      return knownHosts(simulation, node.cluster);
    case `/etc/pve/nodes/${node.name}/pve-ssl.pem`:
      return node.clusterService?.begun ? undefined : ownCertificate(simulation, node.name).cert;
    default:
      return certificateAt(simulation, node, at);
  }
}

/** Undefined for a node that has those of the others. */
const ownFiles = (simulation: Simulation, node: NodeState) =>
  simulation.isQuorate(node) ? undefined : (node.firewall ?? node.filesOfBefore);

/** What others have written does not reach a node without quorum: it has what its pve-firewall has read last. */
function firewallFileOn(simulation: Simulation, node: NodeState, name: string): string | undefined {
  const own = ownFiles(simulation, node);
  if (own) return own.files[name];
  return textOfFile(simulation.clusterOf(node), name);
}

/** When a node's file of the firewall was written last; undefined for all others, and where there is none. */
export function timeOfClusterFile(simulation: Simulation, node: NodeState, at: string): number | undefined {
  const name = firewallFileAt(at, node.name);
  if (name === undefined || !isMounted(node)) return undefined;
  const own = ownFiles(simulation, node);
  if (own) return own.files[name] === undefined ? undefined : (own.times?.[name] ?? 0);
  return timeOfFile(simulation.clusterOf(node), name);
}

/** The certificate of another member, or of one that was. */
function certificateAt(simulation: Simulation, node: NodeState, at: string): string | undefined {
  const [, name, file] = /^\/etc\/pve\/nodes\/([^/]+)\/(pve-ssl|pveproxy-ssl)\.pem$/.exec(at) ?? [];
  if (name === undefined) return undefined;
  const machine = simulation.world.nodes[name];
  const isHere = machine?.cluster === node.cluster;
  const { keptPems, keptOwnPems } = simulation.clusterOf(node);
  if (file === "pveproxy-ssl") return isHere ? machine.customCertificate?.certificate : keptOwnPems?.[name];
  return isHere ? ownCertificate(simulation, name).cert : keptPems?.[name];
}

/** Files that somebody put into /etc/pve and that mean nothing to Proxmox: it keeps them as any other. */
export const plainFileAt = (at: string): string | undefined => /^\/etc\/pve\/(pulumi-[a-z0-9.-]+)$/.exec(at)?.[1];

/** True when it was one of these, and has gone. */
export function removeClusterFile(simulation: Simulation, node: NodeState, at: string): boolean {
  const firewall = firewallFileAt(at, node.name);
  if (firewall !== undefined) {
    removeFile(simulation.clusterOf(node), firewall);
    filesChanged(simulation, simulation.clusterOf(node));
  } else if (at === database) node.clusterService = { ...node.clusterService, databaseAway: true };
  else if (at === "/etc/pve/corosync.conf") return removeCorosyncConf(simulation, node);
  else if (/^\/etc\/corosync\/(?:corosync\.conf|authkey)$/.test(at))
    node.clusterService = { ...node.clusterService, corosyncAway: true };
  else if (at === "/root/.ssh/authorized_keys") node.clusterService = { ...node.clusterService, unlinked: true };
  else return false;
  return true;
}

/** True when it is one of those of the cluster's file system that may be written there. */
export function writeClusterFile(simulation: Simulation, node: NodeState, at: string, text: string): boolean {
  const cluster = simulation.clusterOf(node);
  const firewall = firewallFileAt(at, node.name);
  if (firewall !== undefined) {
    writeFile(cluster, firewall, text, simulation.clock.seconds() + (node.clockOffset ?? 0));
    filesChanged(simulation, cluster);
  } else if (at === "/etc/pve/priv/authorized_keys") cluster.keyFiles = { ...cluster.keyFiles, authorized: text };
  else if (at === "/etc/pve/priv/known_hosts") cluster.keyFiles = { ...cluster.keyFiles, hosts: text };
  else if (at === "/etc/pve/corosync.conf" && cluster.corosync) writeCorosyncConf(cluster.corosync, text);
  else return false;
  return true;
}

/** /etc/pve/nodes/NAME of members and of those that were. */
export function nodeDirectory(simulation: Simulation, node: NodeState, at: string): string | undefined {
  const name = /^\/etc\/pve\/nodes\/([^/]+)$/.exec(at)?.[1];
  if (name === undefined || !isMounted(node)) return undefined;
  const { corosync, leftNodes = [] } = simulation.clusterOf(node);
  const names = corosync ? [...Object.keys(corosync.nodes), ...leftNodes] : [node.name, ...leftNodes];
  return names.includes(name) ? name : undefined;
}
