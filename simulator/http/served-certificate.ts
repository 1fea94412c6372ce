import { nodeCertificate, type Certificate } from "../certificates.js";
import type { Simulation } from "../simulation.js";

/** The certificate that a node serves now. */
export function servedCertificate(simulation: Simulation, name: string): Certificate {
  const { cluster, domain, address, certificate } = simulation.node(name);
  return nodeCertificate(cluster, name, domain, address, certificate);
}
