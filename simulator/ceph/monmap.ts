import type { Ceph } from "./ceph.js";

/** Another map, and the election that follows it. */
export function changeMonmap(ceph: Ceph): void {
  const { monmap } = ceph.cluster;
  monmap.epoch++;
  monmap.modified = ceph.now;
  monmap.electionEpoch += 2;
  monmap.quorumSince = ceph.now;
}
