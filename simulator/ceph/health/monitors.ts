import { addressVector, quorumRanks } from "../commands/monitors.js";
import { ranked } from "../monitor-quorum.js";
import { warning, type HealthChecks } from "./check.js";

/** A missing manager is told of after so long (FACT 20). */
const missingManager = 32_000;
/** Of a monitor that is new in the map nothing is said for so long (`mon_down_added_grace`; recording 40, n 58). */
const newMonitor = 60_000;

export const monitorChecks: HealthChecks = (ceph) => {
  const mons = ranked(ceph);
  const quorum = quorumRanks(ceph);
  const down = mons.flatMap((mon, rank) =>
    quorum.some(({ name }) => name === mon.name) || ceph.now < mon.added + newMonitor ? [] : [{ mon, rank }],
  );
  const names = quorum.map(({ name }) => name).join(",");
  const skewed = ceph.simulation.faults
    .standing("clock-skew")
    .filter(({ monitor }) => mons.some(({ name }) => name === monitor));
  const insecure = ceph.configured("mon", "auth_allow_insecure_global_id_reclaim") !== "false";
  const { mgr } = ceph.cluster;
  const without = mgr.ever && mgr.active === undefined && ceph.isOver(mgr.goneSince ?? ceph.now, missingManager);
  return [
    ...(down.length > 0
      ? [
          warning(
            "MON_DOWN",
            `${down.length}/${mons.length} mons down, quorum ${names}`,
            down.length,
            down.map(
              ({ mon, rank }) =>
                `mon.${mon.name} (rank ${rank}) addr ${addressVector(mon.address)} is down (out of quorum)`,
            ),
          ),
        ]
      : []),
    ...(insecure
      ? [
          warning(
            "AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED",
            mons.length === 1
              ? "mon is allowing insecure global_id reclaim"
              : "mons are allowing insecure global_id reclaim",
            mons.length,
            mons.map(({ name }) => `mon.${name} has auth_allow_insecure_global_id_reclaim set to true`),
          ),
        ]
      : []),
    ...(skewed.length > 0
      ? [
          // words of src/mon/HealthMonitor.cc; not recorded
          warning(
            "MON_CLOCK_SKEW",
            `clock skew detected on ${skewed.map(({ monitor }) => `mon.${monitor}`).join(", ")}`,
            skewed.length,
            skewed.map(({ monitor, seconds }) => `mon.${monitor} clock skew ${seconds}s > max 0.05s (latency 0.001s)`),
          ),
        ]
      : []),
    ...(without ? [warning("MGR_DOWN", "no active mgr", 0)] : []),
  ];
};
