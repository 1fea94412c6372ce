import type { Osd } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { flagsSet } from "../commands/osd-dump.js";
import { bucketNamed, devicesBelow, isDevice, locationOf } from "../crush.js";
import { defaultSize } from "../pools.js";
import { isIn, osds, pools } from "../osdmap.js";
import { usages } from "../osd-usage.js";
import { deviceOfOsd } from "../osd-volumes.js";
import { failure, warning, type Check, type HealthChecks } from "./check.js";

const place = (ceph: Ceph, item: number): string => {
  const { host, root } = locationOf(ceph.cluster.osdmap.crush, item);
  return [root === undefined ? undefined : `root=${root}`, host === undefined ? undefined : `host=${host}`]
    .filter((part) => part !== undefined)
    .join(",");
};

/** Those that are in: an OSD that is out may be down in peace. */
function down(ceph: Ceph): Check[] {
  const missing = osds(ceph.cluster).filter((osd) => !osd.up && isIn(osd));
  if (missing.length === 0) return [];
  const { crush } = ceph.cluster.osdmap;
  const hosts = crush.buckets.filter(({ id, type }) => {
    const below = devicesBelow(crush, id);
    return type === "host" && below.length > 0 && below.every((osd) => missing.some((each) => each.id === osd));
  });
  const inHosts = hosts.reduce((sum, { id }) => sum + devicesBelow(crush, id).length, 0);
  const details = missing.map(({ id }) => `osd.${id} (${place(ceph, id)}) is down`);
  return [
    warning("OSD_DOWN", `${missing.length} osds down`, missing.length, details),
    ...(hosts.length > 0
      ? [
          warning(
            "OSD_HOST_DOWN",
            `${hosts.length} host${hosts.length === 1 ? "" : "s"} (${inHosts} osds) down`,
            hosts.length,
            hosts.map(
              ({ id, name }) => `host ${name} (${place(ceph, id)}) (${devicesBelow(crush, id).length} osds) is down`,
            ),
          ),
        ]
      : []),
  ];
}

function orphans({ cluster }: Ceph): Check[] {
  const ids = [...new Set(cluster.osdmap.crush.buckets.flatMap(({ items }) => items.map(({ id }) => id)))];
  const lost = ids.filter((id) => isDevice(id) && !cluster.osdmap.osds[id]);
  if (lost.length === 0) return [];
  const details = lost.map((id) => `osd.${id} exists in crush map but not in osdmap`);
  return [
    warning("OSD_ORPHAN", `${lost.length} osds exist in the crush map but not in the osdmap`, lost.length, details),
  ];
}

const words = {
  nearfull: {
    code: "OSD_NEARFULL",
    pool: "POOL_NEARFULL",
    near: "near full",
    poolIs: "is nearfull",
    summary: "nearfull",
  },
  backfillfull: {
    ...{ code: "OSD_BACKFILLFULL", pool: "POOL_BACKFILLFULL", near: "backfill full" },
    ...{ poolIs: "is backfillfull", summary: "backfillfull" },
  },
  full: { code: "OSD_FULL", pool: "POOL_FULL", near: "full", poolIs: "is full (no space)", summary: "full" },
} as const;

/** How full OSDs are: each counts for the worst that holds. */
function fullness(ceph: Ceph): Check[] {
  const { osdmap } = ceph.cluster;
  const worst = (ratio: number): keyof typeof words | undefined => {
    if (ratio >= osdmap.fullRatio) return "full";
    if (ratio >= osdmap.backfillfullRatio) return "backfillfull";
    return ratio >= osdmap.nearfullRatio ? "nearfull" : undefined;
  };
  const states = new Map<keyof typeof words, Osd[]>();
  for (const { osd, used, total } of usages(ceph)) {
    const state = isIn(osd) && total > 0 ? worst(used / total) : undefined;
    if (state) states.set(state, [...(states.get(state) ?? []), osd]);
  }
  const heaviest = (["full", "backfillfull", "nearfull"] as const).find((state) => states.has(state));
  const all = pools(ceph.cluster);
  const ofPools = heaviest && words[heaviest];
  return [
    ...[...states].map(([state, list]) => {
      const { code, near, summary } = words[state];
      const details = list.map(({ id }) => `osd.${id} is ${near}`);
      const message = `${list.length} ${summary} osd(s)`;
      return state === "full"
        ? failure(code, message, list.length, details)
        : warning(code, message, list.length, details);
    }),
    ...(ofPools && all.length > 0
      ? [
          warning(
            ofPools.pool,
            `${all.length} pool(s) ${ofPools.summary}`,
            all.length,
            all.map(({ name }) => `pool '${name}' ${ofPools.poolIs}`),
          ),
        ]
      : []),
  ];
}

function flags(ceph: Ceph): Check[] {
  const set = flagsSet(ceph);
  const groups = Object.entries(ceph.cluster.osdmap.groupFlags).filter(([, list]) => list.length > 0);
  const name = (group: string): string => {
    if (group.startsWith("osd.")) return group;
    return bucketNamed(ceph.cluster.osdmap.crush, group)
      ? `${bucketNamed(ceph.cluster.osdmap.crush, group)?.type} ${group}`
      : group;
  };
  return [
    // the count is the length of the text, as in Ceph (recording 50, n 99 and 113)
    ...(set.length > 0 ? [warning("OSDMAP_FLAGS", `${set.join(",")} flag(s) set`, set.join(",").length)] : []),
    ...(groups.length > 0
      ? [
          warning(
            "OSD_FLAGS",
            `${groups.length} OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set`,
            groups.length,
            groups.map(([group, list]) => `${name(group)} has flags ${list.join(",")}`),
          ),
        ]
      : []),
  ];
}

function slow(ceph: Ceph): Check[] {
  const disks = ceph.simulation.faults.standing("disk-slow");
  const struck = osds(ceph.cluster).filter((osd) => {
    const node = ceph.nodeNamed(osd.node);
    const disk = node && deviceOfOsd(node, osd.uuid)?.disk;
    return osd.up && disks.some((each) => each.node === osd.node && each.serial === disk?.serial);
  });
  if (struck.length === 0) return [];
  // words as recorded for a monitor (40, n 102)
  const who =
    struck.length === 1
      ? `osd.${struck[0]?.id} has`
      : `daemons [${struck.map(({ id }) => `osd.${id}`).join(",")}] have`;
  return [warning("SLOW_OPS", `${struck.length * 8} slow ops, oldest one blocked for 35 sec, ${who} slow ops`, 1)];
}

export const osdChecks: HealthChecks = (ceph) => {
  const size = defaultSize(ceph);
  const count = osds(ceph.cluster).length;
  return [
    ...(count < size && ceph.cluster.mgr.ever
      ? [warning("TOO_FEW_OSDS", `OSD count ${count} < osd_pool_default_size ${size}`, size - count)]
      : []),
    ...down(ceph),
    ...orphans(ceph),
    ...fullness(ceph),
    ...flags(ceph),
    ...slow(ceph),
  ];
};
