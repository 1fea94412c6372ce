import { createHash, X509Certificate } from "node:crypto";
import { ownCertificate } from "../http/served-certificate.js";
import type { Simulation } from "../simulation.js";
import type { Cluster, NodeState } from "../world/world.js";

/** Root's own key of a node, in the one line that it writes into the cluster's file (`ssh_merge_keys` in PVE/Cluster/Setup.pm). */
const keyOf = (name: string, kind: string): string =>
  createHash("sha512").update(`${kind} of ${name}`).digest("base64").replace(/=+$/, "");
const keyLine = (name: string): string => `ssh-rsa ${keyOf(name, "root's key")} root@${name}\n`;
const hostLine = (name: string): string => `${name} ssh-rsa ${keyOf(name, "host key")}\n`;

/** /etc/pve/priv/authorized_keys: the lines of all that are members now, unless somebody has changed it. */
export function authorizedKeys(simulation: Simulation, key: string): string {
  return simulation.world.clusters[key]?.keyFiles?.authorized ?? members(simulation, key).map(keyLine).join("");
}

/** /etc/pve/priv/known_hosts. */
export function knownHosts(simulation: Simulation, key: string): string {
  return simulation.world.clusters[key]?.keyFiles?.hosts ?? members(simulation, key).map(hostLine).join("");
}

/** Before the members change: nobody's lines go because he goes. */
export function keepKeys(simulation: Simulation, key: string): void {
  const cluster = simulation.world.clusters[key];
  if (cluster) cluster.keyFiles = { authorized: authorizedKeys(simulation, key), hosts: knownHosts(simulation, key) };
}

/** What stays of a machine in the cluster file system that it leaves: its certificate is a file there. */
export function keepCertificate(simulation: Simulation, node: NodeState): void {
  const cluster = simulation.clusterOf(node);
  const { fingerprint, cert } = ownCertificate(simulation, node.name);
  const own = node.customCertificate?.certificate;
  const shown = own === undefined ? fingerprint : new X509Certificate(own).fingerprint256;
  cluster.keptCertificates = { ...cluster.keptCertificates, [node.name]: shown };
  cluster.keptPems = { ...cluster.keptPems, [node.name]: cert };
  if (own !== undefined) cluster.keptOwnPems = { ...cluster.keptOwnPems, [node.name]: own };
}

/** A node adds its own lines. */
export function mergeKeys(cluster: Cluster, name: string): void {
  const { authorized = "", hosts = "" } = cluster.keyFiles ?? {};
  const added = (text: string, line: string): string => (text.includes(line) ? text : text + line);
  cluster.keyFiles = { authorized: added(authorized, keyLine(name)), hosts: added(hosts, hostLine(name)) };
}

const members = ({ world }: Simulation, key: string): string[] =>
  Object.values(world.nodes)
    .filter(({ cluster }) => cluster === key)
    .map(({ name }) => name);
