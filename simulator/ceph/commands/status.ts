import type { Ceph } from "../ceph.js";
import { machine, releaseOf, versionLine } from "../daemon-metadata.js";
import { standbys } from "../filesystems.js";
import { healthJson, healthOf, healthText } from "../health/health.js";
import { osds, pools } from "../osdmap.js";
import { countStates, reports } from "../pg-counts.js";
import { ranked } from "../monitor-quorum.js";
import { bytesOf, objectsOf, totals } from "../osd-usage.js";
import {
  colonStamp,
  flag,
  ok,
  optional,
  seconds,
  shown,
  stamp,
  text,
  type Answer,
  type Args,
  type Commands,
} from "./command.js";
import { mgrMetadata } from "./managers.js";
import { quorumRanks } from "./monitors.js";
import { osdStat } from "./osd-state.js";

/** `1.6 GiB`, as Ceph rounds. */
export function humanBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let value = bytes;
  let at = 0;
  while (value >= 1024 && at < units.length - 1) [value, at] = [value / 1024, at + 1];
  const rounded = at === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(1);
  return `${rounded} ${units[at]}`;
}

function humanCount(count: number): string {
  if (count < 1000) return String(count);
  return `${(count / 1000).toFixed(count < 100_000 ? 2 : 0)}k`;
}

/** What the managers know of PGs and space. */
function pgmap(ceph: Ceph): Record<string, unknown> {
  const { cluster } = ceph;
  const list = reports(cluster, ceph.now);
  const all = pools(cluster);
  const { total, used, available } = totals(ceph);
  const copies = list.reduce((sum, { id, pool }) => sum + (cluster.pgs[id]?.objects ?? 0) * pool.size, 0);
  const sum = (key: "degraded" | "misplaced"): number => list.reduce((all_, pg) => all_ + pg[key], 0);
  const inactive = list.filter(({ state }) => !state.includes("active") && state !== "unknown").length;
  const unknown = list.filter(({ state }) => state === "unknown").length;
  const part = (name: string, count: number): Record<string, number> =>
    count > 0 ? { [`${name}_objects`]: count, [`${name}_total`]: copies, [`${name}_ratio`]: count / copies } : {};
  return {
    pgs_by_state: countStates(list).map(({ state, count }) => ({ state_name: state, count })),
    ...{ num_pgs: list.length, num_pools: all.length },
    num_objects: all.reduce((count, pool) => count + objectsOf(cluster, pool), 0),
    data_bytes: all.reduce((bytes, pool) => bytes + bytesOf(cluster, pool), 0),
    ...{ bytes_used: used, bytes_avail: available, bytes_total: total },
    ...(inactive > 0 ? { inactive_pgs_ratio: inactive / list.length } : {}),
    ...(unknown > 0 ? { unknown_pgs_ratio: unknown / list.length } : {}),
    ...part("degraded", sum("degraded")),
    ...part("misplaced", sum("misplaced")),
    ...recoveryRate(ceph),
  };
}

/** What moves now. */
function recoveryRate({ cluster }: Ceph): Record<string, number> {
  const moving = Object.values(cluster.pgs).filter(({ moving: move }) => move?.began !== undefined);
  if (moving.length === 0) return {};
  const perSecond = (key: "objects" | "bytes"): number =>
    Math.floor(
      moving.reduce(
        (sum, pg) => sum + pg[key] / Math.max(1, ((pg.moving?.ends ?? 0) - (pg.moving?.began ?? 0)) / 1000),
        0,
      ),
    );
  const objects = perSecond("objects");
  return objects > 0
    ? { recovering_objects_per_sec: objects, recovering_bytes_per_sec: perSecond("bytes"), recovering_keys_per_sec: 0 }
    : {};
}

function fsmap(ceph: Ceph): Record<string, unknown> {
  const { fs } = ceph.cluster;
  const [first] = fs.filesystems;
  const by_rank = fs.filesystems.flatMap(({ id, ranks }) =>
    ranks.map((name, rank) => ({ filesystem_id: id, rank, name, status: "up:active", gid: 34_000 + rank })),
  );
  return {
    ...{ epoch: fs.epoch, btime: colonStamp(fs.created) },
    ...(first ? { id: first.id, up: first.ranks.length, in: first.ranks.length, max: first.maxMds } : {}),
    by_rank,
    "up:standby": standbys(ceph).length,
  };
}

function statusJson(ceph: Ceph): Record<string, unknown> {
  const { cluster } = ceph;
  const quorum = quorumRanks(ceph);
  const { monmap, mgr } = cluster;
  return {
    fsid: cluster.fsid,
    health: healthJson(ceph, false),
    election_epoch: monmap.electionEpoch,
    quorum: quorum.map(({ rank }) => rank),
    quorum_names: quorum.map(({ name }) => name),
    quorum_age: seconds(ceph.now - monmap.quorumSince),
    monmap: { epoch: monmap.epoch, min_mon_release_name: "tentacle", num_mons: ranked(ceph).length },
    osdmap: osdStat(ceph),
    pgmap: pgmap(ceph),
    fsmap: fsmap(ceph),
    mgrmap: {
      available: mgr.active !== undefined,
      num_standbys: mgr.standbys.length,
      modules: mgr.modules,
      services: {},
    },
    servicemap: { epoch: 1, modified: stamp(cluster.created), services: {} },
    progress_events: progress(ceph),
  };
}

/** One event while copies are on their way; its words are not modelled beyond the share that is done. */
function progress(ceph: Ceph): Record<string, unknown> {
  const moving = Object.entries(ceph.cluster.pgs).filter(([, pg]) => pg.moving?.kind === "backfill");
  if (moving.length === 0) return {};
  const event = {
    message: "Global Recovery Event (0s)\n      [............................] ",
    progress: 0,
    add_to_ceph_s: true,
  };
  return { [ceph.cluster.fsid]: event };
}

function age(ceph: Ceph, since: number): string {
  const total = seconds(ceph.now - since);
  if (total < 120) return `${total}s`;
  if (total < 7200) return `${Math.floor(total / 60)}m`;
  return total < 172_800 ? `${Math.floor(total / 3600)}h` : `${Math.floor(total / 86_400)}d`;
}

function statusText(ceph: Ceph): string {
  const { cluster } = ceph;
  const { status, checks, muted } = healthOf(ceph);
  const counted = checks.filter(({ code }) => !muted.includes(code));
  const quorum = quorumRanks(ceph);
  const missing = ranked(ceph).filter(({ name }) => !quorum.some((each) => each.name === name));
  const stat = osdStat(ceph);
  const map = pgmap(ceph) as {
    num_pools: number;
    num_pgs: number;
    num_objects: number;
    data_bytes: number;
    bytes_used: number;
    bytes_avail: number;
    bytes_total: number;
    pgs_by_state: { state_name: string; count: number }[];
  };
  const { mgr } = cluster;
  const active =
    mgr.active === undefined
      ? `no daemons active${mgr.ever ? ` (since ${age(ceph, mgr.goneSince ?? ceph.now)})` : ""}`
      : `${mgr.active}(active, since ${age(ceph, mgr.activeSince)})`;
  const since = (moment: number, count: unknown): string => (Number(count) > 0 ? ` (since ${age(ceph, moment)})` : "");
  const states = map.pgs_by_state.map(({ state_name, count }) => ({ state_name, count: String(count) }));
  const width = Math.max(0, ...states.map(({ count }) => count.length));
  const lines = states.map(({ state_name, count }) => `${count.padEnd(width)} ${state_name}`);
  const up = cluster.fs.filesystems.flatMap(({ ranks }) => ranks).length;
  const wanted = cluster.fs.filesystems.reduce((sum, { maxMds }) => sum + maxMds, 0);
  const free = standbys(ceph).length;
  return [
    "  cluster:",
    `    id:     ${cluster.fsid}`,
    `    health: ${status}`,
    ...counted.map(({ message }) => `            ${message}`),
    " ",
    "  services:",
    `    mon: ${ranked(ceph).length} daemon${ranked(ceph).length === 1 ? "" : "s"}, quorum ${quorum.map(({ name }) => name).join(",")} (age ${age(ceph, cluster.monmap.quorumSince)}) [leader: ${quorum[0]?.name}]${missing.length > 0 ? `, out of quorum: ${missing.map(({ name }) => name).join(", ")}` : ""}`,
    `    mgr: ${active}${mgr.standbys.length > 0 ? `, standbys: ${mgr.standbys.join(", ")}` : ""}`,
    ...(wanted > 0 ? [`    mds: ${up}/${wanted} daemons up${free > 0 ? `, ${free} standby` : ""}`] : []),
    `    osd: ${stat["num_osds"]} osds: ${stat["num_up_osds"]} up${since(cluster.osdmap.upChange, stat["num_osds"])}, ${stat["num_in_osds"]} in${since(cluster.osdmap.inChange, stat["num_osds"])}`,
    " ",
    "  data:",
    ...(wanted > 0 ? [`    volumes: ${cluster.fs.filesystems.length}/${cluster.fs.filesystems.length} healthy`] : []),
    `    pools:   ${map.num_pools} pools, ${map.num_pgs} pgs`,
    `    objects: ${humanCount(map.num_objects)} objects, ${humanBytes(map.data_bytes)}`,
    `    usage:   ${humanBytes(map.bytes_used)} used, ${humanBytes(map.bytes_avail)} / ${humanBytes(map.bytes_total)} avail`,
    `    pgs:     ${lines.join("\n             ")}`,
    " \n",
  ].join("\n");
}

function versions(ceph: Ceph): Answer {
  const count = (names: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const line of names) counts[line] = (counts[line] ?? 0) + 1;
    return counts;
  };
  // a monitor that is in the map no more is forgotten, though its process runs on
  const { mons } = ceph.cluster.monmap;
  const isKnown = (kind: string, name: string): boolean => kind !== "mons" || mons.some((mon) => mon.name === name);
  const lines = (kind: "mons" | "mgrs" | "mdss"): string[] =>
    ceph.nodes.flatMap((node) =>
      Object.keys(node.ceph?.[kind] ?? {})
        .filter((name) => isKnown(kind, name))
        .map(() => versionLine(releaseOf(node), " - RelWithDebInfo")),
    );
  const ofOsds = osds(ceph.cluster)
    .filter((osd) => osd.upFrom > 0)
    .map((osd) => machine(ceph.nodeNamed(osd.node) ?? ceph.nodes[0]!)["ceph_version"] ?? "");
  const [mon, mgr, mds] = [lines("mons"), lines("mgrs"), lines("mdss")];
  const json = {
    mon: count(mon),
    ...(mgr.length > 0 ? { mgr: count(mgr) } : {}),
    ...(ofOsds.length > 0 ? { osd: count(ofOsds) } : {}),
    ...(mds.length > 0 ? { mds: count(mds) } : {}),
    overall: count([...mon, ...mgr, ...ofOsds, ...mds]),
  };
  return shown(json, `${JSON.stringify(json, null, 4)}\n`);
}

function mute(ceph: Ceph, args: Args): Answer {
  const [, digits = "0", unit = "s"] = /^(\d+)([smhdw])?/.exec(optional(args, "ttl") ?? "") ?? [];
  const factor: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  const length = Number(digits) * (factor[unit] ?? 1) * 1000;
  const code = text(args, "code");
  ceph.cluster.mutes = ceph.cluster.mutes.filter((each) => each.code !== code);
  ceph.cluster.mutes.push({ code, sticky: flag(args, "sticky"), ...(length > 0 ? { until: ceph.now + length } : {}) });
  return ok("");
}

/** Daemons and clients by what they understand; how many clients there are beside the daemons is not simulated. */
function features(ceph: Ceph): Answer {
  const of = (num: number) => [{ features: "0x3f07fffffffdffff", release: "squid", num }];
  const { osdmap, mgr } = ceph.cluster;
  const managers = (mgr.active === undefined ? 0 : 1) + mgr.standbys.length;
  const up = Object.values(osdmap.osds).filter((osd) => osd.up).length;
  return shown({
    mon: of(quorumRanks(ceph).length),
    ...(up > 0 ? { osd: of(up) } : {}),
    client: of(1 + managers),
    ...(managers > 0 ? { mgr: of(managers) } : {}),
  });
}

export const statusCommands: Commands = {
  features: { run: features },
  // Lines of somebody's own are taken, and of the log nothing is shown.
  log: { args: "logtext*", run: () => ok("") },
  "mgr versions": {
    run: (ceph) => {
      const found: Record<string, number> = {};
      for (const { ceph_version: version = "" } of mgrMetadata(ceph)) found[version] = (found[version] ?? 0) + 1;
      return shown(found, `${JSON.stringify(found, null, 4)}\n`);
    },
  },
  "osd blocked-by": {
    manager: true,
    run: () => shown({ pg_ready: true, osd_blocked_by: { osd_blocked_by_infos: [] } }),
  },
  status: { run: (ceph) => shown(statusJson(ceph), statusText(ceph)) },
  health: {
    args: "detail?",
    run: (ceph, args) => {
      const detail = optional(args, "detail") === "detail";
      return shown(healthJson(ceph, detail), healthText(ceph, detail));
    },
  },
  "health mute": { args: "code ttl? sticky!", run: mute },
  "health unmute": {
    args: "code?",
    run: (ceph, args) => {
      const code = optional(args, "code");
      ceph.cluster.mutes = ceph.cluster.mutes.filter((each) => code !== undefined && each.code !== code);
      return ok("");
    },
  },
  versions: { run: versions },
  fsid: { run: ({ cluster: { fsid } }) => shown({ fsid }, `${fsid}\n`) },
  "crash ls": { module: true, run: () => shown([], "") },
  "crash ls-new": { module: true, run: () => shown([], "") },
  "crash archive-all": { module: true, run: () => ok("") },
};
