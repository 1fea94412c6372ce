import { X509Certificate } from "node:crypto";

/**
 * Which cluster it is, in a few letters: the beginning of the SHA-256 fingerprint of its own authority's certificate
 * (pve-root-ca.pem). It is made with the first node's installation, stays when that one makes a cluster, when members
 * come and go, when the cluster gets another name and the nodes other certificates, and is in every backup of /etc/pve.
 */
export type ClusterIdentity = string;

/** Enough to tell clusters apart; nobody is kept out by it. */
const OCTETS = 8;

export const identityOf = (pem: string): ClusterIdentity =>
  new X509Certificate(pem).fingerprint256.split(":").slice(0, OCTETS).join(":");

const octets = `(?:[0-9A-F]{2}:){${OCTETS - 1}}[0-9A-F]{2}`;
const identityForm = new RegExp(`^${octets}$`);
/** `OLD=NEW`: the cluster with the first identity was rebuilt, and is the one with the second. */
export const rebuiltForm = new RegExp(`^${octets}=${octets}$`, "i");

/** What a state has of it; nothing where an earlier release has written that. */
export const identityIn = (value: unknown): ClusterIdentity | undefined =>
  typeof value === "string" && identityForm.test(value) ? value : undefined;

/** The same of a state that has the authority's certificate. */
export const identityInCertificate = (pem: string | undefined): ClusterIdentity | undefined =>
  pem?.startsWith("-----BEGIN CERTIFICATE-----") ? identityOf(pem) : undefined;

/** Is it the same cluster, or one that has taken its place as `rebuilt` says, perhaps more than once? */
export function isSameCluster(was: ClusterIdentity, is: ClusterIdentity, rebuilt: readonly string[]): boolean {
  const known = new Set([was]);
  // A set goes on with what is added to it meanwhile, and takes nothing twice.
  for (const one of known)
    for (const [from, to] of rebuilt.map((text) => text.toUpperCase().split("=")))
      if (from === one && to !== undefined) known.add(to);
  return known.has(is);
}

/** The Proxmox that answers is not the one that a resource was made in. */
export class OtherCluster extends Error {
  override readonly name = "OtherCluster";
}

/** `where`: who answers, in words; `node`: on which one the state has the resource. */
export function otherCluster(
  was: ClusterIdentity,
  is: ClusterIdentity,
  { where, node }: { readonly where: string; readonly node: string | undefined },
): OtherCluster {
  const on = node === undefined ? "" : ` of node ${node}`;
  return new OtherCluster(
    `another cluster answers than the one that this resource is in; nothing is taken for gone by what it says. ` +
      `Expected: the cluster${on} whose authority (pve-root-ca.pem) has a fingerprint that begins with ${was}. ` +
      `Answers: ${where}, with ${is}. Set proxmox:endpoints back to the first. If that one was made anew, and this is what it is ` +
      `now: pulumi config set proxmox:rebuilt ${was}=${is}, and PROXMOX_REBUILT for refresh and destroy (docs/state.md)`,
  );
}
