import { randomHex, type RandomState } from "../random.js";
import type { CephCluster } from "../world/ceph.js";

/** A key as 20.2.4 makes them: AES-256, 60 characters, one `=` at the end (FACT 24). */
export function newKey(random: RandomState): string {
  return Buffer.concat([Buffer.from([0x02, 0x00]), Buffer.from(randomHex(random, 84), "hex")]).toString("base64");
}

/** Gives an entity a key and capabilities; one that is there keeps its key. */
export function grant(cluster: CephCluster, random: RandomState, entity: string, caps: Record<string, string>): string {
  const known = cluster.auth[entity];
  if (known) return known.key;
  const key = newKey(random);
  cluster.auth[entity] = { key, caps };
  return key;
}
