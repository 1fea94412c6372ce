import { die, PveError, stringified } from "../errors.js";
import type { Call } from "../call.js";
import { withQuorum } from "../config-lock.js";
import { randomUuid } from "../random.js";
import type { Cluster } from "../world/world.js";
import type { Sdn, SdnConfig } from "../world/sdn.js";

/** The parts that are staged and applied. */
export type SdnKind = keyof SdnConfig;

/** What a cluster has of SDN; made at the first use. */
export function sdnOf(cluster: Cluster): Sdn {
  return (cluster.sdn ??= { ...emptySdn(), ipams: {}, dns: {}, fabrics: {}, addresses: {} });
}

export const emptySdn = (): SdnConfig => ({ zones: {}, vnets: {}, subnets: {}, controllers: {} });

/** What was applied last. */
export function runningSdn(cluster: Cluster): SdnConfig & { readonly version: number } {
  return cluster.sdn?.running ?? { ...emptySdn(), version: 0 };
}

/**
 * Changes the configuration (lock_sdn_config in PVE/Network/SDN.pm): while somebody holds it, only with their token;
 * while nobody does, any token passes (scenario 43, line 250).
 */
export async function withSdnLock<T>(call: Call, prefix: string, change: (sdn: Sdn) => T): Promise<T> {
  await withQuorum(call, "sdn", `${prefix}: `, "domain");
  const sdn = sdnOf(call.cluster);
  try {
    if (sdn.lock !== undefined && sdn.lock !== call.params["lock-token"])
      throw die("invalid lock token provided! at /usr/share/perl5/PVE/Network/SDN.pm line 291.");
    return change(sdn);
  } catch (error) {
    if (error instanceof PveError) throw new PveError(500, `${prefix}: ${stringified(error)}`);
    throw error;
  }
}

/** A new token, like a UUID of version 7. */
export function takeSdn(call: Call, sdn: Sdn): string {
  return (sdn.lock = randomUuid(call.world).replace(/^(.{14})4/, "$17"));
}

/** What has been applied takes the place of what is staged. */
export function rollBack(sdn: Sdn): void {
  const { version: _, ...running } = structuredClone(sdn.running ?? { ...emptySdn(), version: 0 });
  Object.assign(sdn, { fabrics: {}, ...running });
}

/** What is staged becomes what runs (commit_config). */
export function commitSdn(sdn: Sdn): void {
  const { zones, vnets, subnets, controllers, fabrics } = structuredClone(sdn);
  sdn.running = { version: (sdn.running?.version ?? 0) + 1, zones, vnets, subnets, controllers, fabrics };
}
