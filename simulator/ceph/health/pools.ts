import { standbys } from "../filesystems.js";
import { pools } from "../osdmap.js";
import { failure, warning, type HealthChecks } from "./check.js";

/** An application is asked for once a pool holds something or is no longer new. */
const newFor = 300_000;

export const poolChecks: HealthChecks = (ceph) => {
  const { cluster } = ceph;
  const all = pools(cluster);
  const alone = all.filter(({ kind, size }) => kind === "replicated" && size === 1);
  const bare = all.filter(
    ({ applications, created }) => Object.keys(applications).length === 0 && ceph.now - created >= newFor,
  );
  const wants = all.flatMap((pool) => {
    const want = cluster.autoscaler.wants[pool.id];
    return want === undefined || pool.autoscale !== "warn" || want === pool.pgNumTarget ? [] : [{ pool, want }];
  });
  const many = wants.filter(({ pool, want }) => pool.pgNumTarget > want);
  const few = wants.filter(({ pool, want }) => pool.pgNumTarget < want);
  const line = ({ pool, want }: (typeof wants)[number]): string =>
    `Pool ${pool.name} has ${pool.pgNumTarget} placement groups, should have ${want}`;
  return [
    ...(alone.length > 0
      ? [
          warning(
            "POOL_NO_REDUNDANCY",
            `${alone.length} pool(s) have no replicas configured`,
            alone.length,
            alone.map(({ name }) => `pool '${name}' has no replicas configured`),
          ),
        ]
      : []),
    ...(bare.length > 0
      ? [
          warning("POOL_APP_NOT_ENABLED", `${bare.length} pool(s) do not have an application enabled`, bare.length, [
            ...bare.map(({ name }) => `application not enabled on pool '${name}'`),
            "use 'ceph osd pool application enable <pool-name> <app-name>', where <app-name> is 'cephfs', 'rbd', 'rgw', or freeform for custom applications.",
          ]),
        ]
      : []),
    ...(many.length > 0
      ? [
          warning(
            "POOL_TOO_MANY_PGS",
            `${many.length} pools have too many placement groups`,
            many.length,
            many.map(line),
          ),
        ]
      : []),
    ...(few.length > 0
      ? [warning("POOL_TOO_FEW_PGS", `${few.length} pools have too few placement groups`, few.length, few.map(line))]
      : []),
  ];
};

const systems = (count: number): string => `${count} filesystem${count === 1 ? " is" : "s are"}`;

export const fileSystemChecks: HealthChecks = (ceph) => {
  const all = ceph.cluster.fs.filesystems;
  const offline = all.filter(({ ranks }) => ranks.length === 0);
  const short = all.filter(({ ranks, maxMds }) => ranks.length < maxMds);
  const free = standbys(ceph).length;
  // one standby is wanted where there ever was one
  const everTwo = ceph.nodes.reduce((sum, node) => sum + Object.keys(node.ceph?.mdss ?? {}).length, 0) > 1;
  const wanting = everTwo && all.some(({ ranks }) => ranks.length > 0) && free === 0;
  return [
    ...(offline.length > 0
      ? [
          failure(
            "MDS_ALL_DOWN",
            `${systems(offline.length)} offline`,
            offline.length,
            offline.map(({ name }) => `fs ${name} is offline because no MDS is active for it.`),
          ),
        ]
      : []),
    ...(short.length > 0
      ? [
          warning(
            "MDS_UP_LESS_THAN_MAX",
            `${systems(short.length)} online with fewer MDS than max_mds`,
            short.length,
            short.map(({ name, ranks, maxMds }) => `fs ${name} has ${ranks.length} MDS online, but wants ${maxMds}`),
          ),
        ]
      : []),
    ...(wanting
      ? [warning("MDS_INSUFFICIENT_STANDBY", "insufficient standby MDS daemons available", 1, ["have 0; want 1 more"])]
      : []),
  ];
};
