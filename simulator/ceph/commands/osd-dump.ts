import type { CephPool, Osd } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { addressOf, featureBits, vector } from "../daemon-metadata.js";
import { changeMap, isIn, osds, pools } from "../osdmap.js";
import { members } from "../pg-state.js";
import { hole, ok, refused, shown, stamp, text, type Commands } from "./command.js";

/** Flags that every map of this release has, in the order in which they are shown. */
const always = ["sortbitwise", "recovery_deletes", "purged_snapdirs", "pglog_hardlimit"];
/** The order of the bits. */
const flagOrder = [
  ...["pauserd", "pausewr", "noup", "nodown", "noout", "noin", "nobackfill", "norebalance", "norecover", "noscrub"],
  ...["nodeep-scrub", "notieragent", "nosnaptrim"],
] as const;

export const flagsSet = (ceph: Ceph): string[] => flagOrder.filter((each) => ceph.cluster.osdmap.flags.includes(each));

const flagsText = (ceph: Ceph): string => [...flagsSet(ceph), ...always].join(",");

/** Ratios are stored as floats of 32 bits. */
const float = (value: number): number => Math.fround(value);

/** What the balancer thinks of how evenly primaries are spread is not modelled. */
const readBalance = { score_type: "Fair distribution", score_acting: 1, score_stable: 1, optimal_score: 1 };

function poolJson(ceph: Ceph, pool: CephPool, idKey: "pool" | "pool_id"): Record<string, unknown> {
  const merge = { source_pgid: "0.0", ready_epoch: 0, last_epoch_started: 0, last_epoch_clean: 0 };
  return {
    ...{ [idKey]: pool.id, pool_name: pool.name, create_time: stamp(pool.created) },
    ...{ flags: poolFlagBits(pool), flags_names: pool.flags.join(","), type: pool.kind === "erasure" ? 3 : 1 },
    ...{ size: pool.size, min_size: pool.minSize, crush_rule: pool.rule },
    ...{ peering_crush_bucket_count: 0, peering_crush_bucket_target: 0, peering_crush_bucket_barrier: 0 },
    ...{ peering_crush_bucket_mandatory_member: 2147483647, is_stretch_pool: false, object_hash: 2 },
    ...{ pg_autoscale_mode: pool.autoscale, pg_num: pool.pgNum, pg_placement_num: pool.pgpNum },
    ...{ pg_placement_num_target: pool.pgpNumTarget, pg_num_target: pool.pgNumTarget, pg_num_pending: pool.pgNum },
    last_pg_merge_meta: { ...merge, source_version: "0'0", target_version: "0'0" },
    last_change: String(pool.lastChange),
    ...{ last_force_op_resend: "0", last_force_op_resend_prenautilus: "0", last_force_op_resend_preluminous: "0" },
    ...{ auid: 0, snap_mode: "selfmanaged", snap_seq: 0, snap_epoch: 0, pool_snaps: [], removed_snaps: "[]" },
    ...{
      quota_max_bytes: pool.quotaBytes,
      quota_max_objects: pool.quotaObjects,
      tiers: [],
      tier_of: -1,
      read_tier: -1,
    },
    ...{ write_tier: -1, cache_mode: "none", target_max_bytes: 0, target_max_objects: 0 },
    ...{ cache_target_dirty_ratio_micro: 400000, cache_target_dirty_high_ratio_micro: 600000 },
    ...{ cache_target_full_ratio_micro: 800000, cache_min_flush_age: 0, cache_min_evict_age: 0 },
    erasure_code_profile: pool.erasureProfile ?? "",
    ...{ hit_set_params: { type: "none" }, hit_set_period: 0, hit_set_count: 0, use_gmt_hitset: true },
    ...{ min_read_recency_for_promote: 0, min_write_recency_for_promote: 0, hit_set_grade_decay_rate: 0 },
    ...{ hit_set_search_last_n: 0, grade_table: [] },
    stripe_width: pool.kind === "erasure" ? 4096 * dataPieces(ceph, pool) : 0,
    ...{ expected_num_objects: 0, fast_read: false, nonprimary_shards: "{}", options: pool.options },
    application_metadata: pool.applications,
    ...(pool.kind === "erasure" ? {} : { read_balance: readBalance }),
  };
}

const dataPieces = ({ cluster }: Ceph, pool: CephPool): number =>
  Number(cluster.osdmap.erasureProfiles[pool.erasureProfile ?? ""]?.["k"] ?? 2);

const bits: Readonly<Record<string, number>> = {
  ...{ hashpspool: 1, full: 2, ec_overwrites: 4096, nodelete: 16, nopgchange: 32, nosizechange: 64 },
  ...{ write_fadvise_dontneed: 128, noscrub: 256, "nodeep-scrub": 512, full_quota: 1024, nearfull: 2048 },
  ...{ selfmanaged_snaps: 8192, eio: 32768, bulk: 65536 },
};
const poolFlagBits = ({ flags }: CephPool): number => flags.reduce((sum, each) => sum + (bits[each] ?? 0), 0);

/** Ports of an OSD's messengers: eight each, one after the other. */
const portOf = ({ id }: Osd): number => 6800 + (id % 64) * 8;
const nonceOf = ({ uuid }: Osd): number => parseInt(uuid.slice(0, 8), 16);

function osdJson(ceph: Ceph, osd: Osd): Record<string, unknown> {
  const booted = osd.upFrom > 0;
  const address = addressOf(ceph, osd.node);
  const of = (offset: number): unknown =>
    booted ? vector(address, portOf(osd) + offset, nonceOf(osd)) : { addrvec: [] };
  const v1 = (offset: number): string =>
    booted ? `${address}:${portOf(osd) + offset + 1}/${nonceOf(osd)}` : "(unrecognized address family 0)/0";
  return {
    ...{ osd: osd.id, uuid: osd.uuid, up: osd.up ? 1 : 0, in: isIn(osd) ? 1 : 0, weight: osd.weight },
    ...{ primary_affinity: osd.primaryAffinity, last_clean_begin: 0, last_clean_end: 0, up_from: osd.upFrom },
    ...{ up_thru: osd.upFrom, down_at: osd.downAt, lost_at: 0 },
    ...{ public_addrs: of(0), cluster_addrs: of(2), heartbeat_back_addrs: of(6), heartbeat_front_addrs: of(4) },
    ...{ public_addr: v1(0), cluster_addr: v1(2), heartbeat_back_addr: v1(6), heartbeat_front_addr: v1(4) },
    state: stateWords(osd),
  };
}

function stateWords(osd: Osd): string[] {
  return [
    ...(osd.autoOut && !osd.up ? ["autoout"] : []),
    ...(osd.destroyed ? ["destroyed"] : []),
    "exists",
    ...(osd.new ? ["new"] : []),
    ...(osd.up ? ["up"] : []),
  ];
}

function osdDump(ceph: Ceph): Record<string, unknown> {
  const { osdmap, fsid, created } = ceph.cluster;
  const set = [...flagsSet(ceph), ...always].sort();
  const all = osds(ceph.cluster);
  return {
    ...{ epoch: osdmap.epoch, fsid, created: stamp(created), modified: stamp(osdmap.modified) },
    ...{ last_up_change: stamp(osdmap.upChange), last_in_change: stamp(osdmap.inChange) },
    ...{ flags: flagsText(ceph), flags_num: 5799936, flags_set: set, crush_version: osdmap.crush.version },
    ...{ full_ratio: float(osdmap.fullRatio), backfillfull_ratio: float(osdmap.backfillfullRatio) },
    ...{ nearfull_ratio: float(osdmap.nearfullRatio), cluster_snapshot: "", pool_max: osdmap.poolMax },
    ...{ max_osd: (all.at(-1)?.id ?? -1) + 1, require_min_compat_client: osdmap.requireMinCompat },
    ...{
      min_compat_client: Object.keys(osdmap.upmaps).length > 0 ? "luminous" : "jewel",
      require_osd_release: "tentacle",
      allow_crimson: false,
    },
    pools: pools(ceph.cluster).map((pool) => poolJson(ceph, pool, "pool")),
    osds: all.map((osd) => osdJson(ceph, osd)),
    osd_xinfo: all.map(({ id, downSince }) => ({
      ...{ osd: id, down_stamp: downSince === undefined ? "0.000000" : stamp(downSince), laggy_probability: 0 },
      ...{ laggy_interval: 0, features: featureBits, old_weight: 0 },
      ...{ last_purged_snaps_scrub: "0.000000", dead_epoch: 0 },
    })),
    pg_upmap: [],
    pg_upmap_items: Object.entries(osdmap.upmaps).map(([pgid, list]) => ({
      ...{ pgid, mappings: list.map(([from, to]) => ({ from, to })) },
    })),
    pg_upmap_primaries: [],
    pg_temp: Object.entries(ceph.cluster.pgs)
      .filter(([, { up, acting }]) => up.join() !== acting.join())
      .map(([pgid, { acting }]) => ({ pgid, osds: members(acting) })),
    ...{ primary_temp: [], blocklist: {}, range_blocklist: {}, erasure_code_profiles: osdmap.erasureProfiles },
    ...{ removed_snaps_queue: [], new_removed_snaps: [], new_purged_snaps: [] },
    crush_node_flags: groupFlags(ceph, (name) => osdmap.crush.buckets.some((bucket) => bucket.name === name)),
    device_class_flags: groupFlags(ceph, (name) => osdmap.crush.classNames.includes(name)),
    stretch_mode: {
      ...{ stretch_mode_enabled: false, stretch_bucket_count: 0, degraded_stretch_mode: 0 },
      ...{ recovering_stretch_mode: 0, stretch_mode_bucket: 0 },
    },
  };
}

function groupFlags({ cluster }: Ceph, isOfKind: (name: string) => boolean): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(cluster.osdmap.groupFlags).filter(([name, flags]) => isOfKind(name) && flags.length > 0),
  );
}

const poolLine = (ceph: Ceph, pool: CephPool): string =>
  [
    `pool ${pool.id} '${pool.name}' ${pool.kind === "erasure" ? `erasure profile ${pool.erasureProfile}` : "replicated"}`,
    `size ${pool.size} min_size ${pool.minSize} crush_rule ${pool.rule} object_hash rjenkins`,
    `pg_num ${pool.pgNum} pgp_num ${pool.pgpNum} autoscale_mode ${pool.autoscale} last_change ${pool.lastChange}`,
    `flags ${pool.flags.join(",")} stripe_width ${pool.kind === "erasure" ? 4096 * dataPieces(ceph, pool) : 0}`,
    ...Object.entries(pool.options)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key} ${value}`),
    ...(Object.keys(pool.applications).length === 0 ? [] : [`application ${Object.keys(pool.applications).join(",")}`]),
    ...(pool.kind === "replicated" ? [`read_balance_score ${readBalance.score_acting.toFixed(2)}`] : []),
  ].join(" ");

const releases = ["luminous", "mimic", "nautilus", "octopus", "pacific", "quincy", "reef", "squid", "tentacle"];

export const osdDumpCommands: Commands = {
  "osd set-require-min-compat-client": {
    args: "version",
    run: (ceph, args) => {
      const version = text(args, "version");
      if (!releases.includes(version)) return refused("EINVAL", `version ${version} is not recognized`);
      ceph.cluster.osdmap.requireMinCompat = version;
      changeMap(ceph.cluster, ceph.now);
      return ok(`set require_min_compat_client to ${version}`);
    },
  },
  "osd get-require-min-compat-client": {
    run: (ceph) => ({ rc: 0, plain: `${ceph.cluster.osdmap.requireMinCompat}\n` }),
  },
  // Of clients that were cut off nothing is simulated; the two lists come one after the other, which is no JSON.
  "osd blocklist ls": {
    run: (_ceph, args) => ({ rc: 0, plain: args["format"] === "json" ? "[][]" : "", status: "listed 0 entries" }),
  },
  "osd require-osd-release": {
    args: "release",
    run: (_ceph, args) => (text(args, "release") === "tentacle" ? ok("") : hole),
  },
  "osd dump": { run: (ceph) => shown(osdDump(ceph)) },
  "osd pool ls": {
    args: "detail?",
    run: (ceph, args) => {
      const all = pools(ceph.cluster);
      if (args["detail"] === undefined) {
        const names = all.map(({ name }) => name);
        return shown(names, names.map((name) => `${name}\n`).join(""));
      }
      const plain = `${all.map((pool) => `${poolLine(ceph, pool)}\n`).join("")}\n`;
      return shown(
        all.map((pool) => poolJson(ceph, pool, "pool_id")),
        plain,
      );
    },
  },
  "osd lspools": {
    run: (ceph) => {
      const all = pools(ceph.cluster);
      const json = all.map(({ id, name }) => ({ poolnum: id, poolname: name }));
      return shown(json, all.map(({ id, name }) => `${id} ${name}\n`).join(""));
    },
  },
};
