import { X509Certificate } from "node:crypto";
import { newAuthority, newNodeCertificate, type Certificate, type NodeCertificate } from "../certificates.js";
import type { Simulation } from "../simulation.js";

/** The authority of a cluster; made when it is first asked for, and kept in the world. */
export function authorityOf(simulation: Simulation, cluster: string): Certificate {
  const state = simulation.world.clusters[cluster];
  if (!state) throw new Error(`no cluster file system '${cluster}'`);
  return (state.authority ??= newAuthority(cluster));
}

/** The certificate that a node serves now: its own, or an earlier one until pveproxy is restarted. */
export function servedCertificate(simulation: Simulation, name: string): Certificate {
  return simulation.node(name).oldCertificate ?? ownCertificate(simulation, name);
}

/** The certificate of a node in its cluster's file system (pve-ssl.pem), which the cluster tells of. */
export function ownCertificate(simulation: Simulation, name: string): NodeCertificate {
  const node = simulation.node(name);
  if (node.served?.serial !== node.certificate) {
    node.served = newNodeCertificate(authorityOf(simulation, node.cluster), node, node.certificate);
  }
  return node.served;
}

/** What the cluster tells of a node: of the certificate that was uploaded for pveproxy, if there is one (`get_node_fingerprint` in PVE/Cluster.pm). */
export function shownFingerprint(simulation: Simulation, name: string): string {
  const own = simulation.node(name).customCertificate?.certificate;
  return own === undefined ? ownCertificate(simulation, name).fingerprint : new X509Certificate(own).fingerprint256;
}
