import type { CephFileSystem, CephPool } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { addressOf, featureBits, machine, vectorText } from "../daemon-metadata.js";
import { standbys } from "../filesystems.js";
import { changeMap, poolNamed } from "../osdmap.js";
import { objectsOf } from "../osd-usage.js";
import {
  colonStamp,
  flag,
  hole,
  list,
  ok,
  refused,
  shown,
  stamp,
  text,
  type Answer,
  type Args,
  type Commands,
} from "./command.js";

const named = (ceph: Ceph, name: string): CephFileSystem | undefined =>
  ceph.cluster.fs.filesystems.find((fs) => fs.name === name);

const poolName = (ceph: Ceph, id: number): string => ceph.cluster.osdmap.pools[id]?.name ?? "";

function create(ceph: Ceph, args: Args): Answer {
  const name = text(args, "fs_name");
  const { fs } = ceph.cluster;
  const found = [text(args, "metadata"), text(args, "data")].map(
    (each) => [each, poolNamed(ceph.cluster, each)] as const,
  );
  for (const [each, pool] of found) if (!pool) return refused("ENOENT", `pool '${each}' does not exist`);
  const [metadata, data] = found.map(([, pool]) => pool) as [CephPool, CephPool];
  if (named(ceph, name)) return ok(`filesystem '${name}' already exists`);
  const used = (pool: CephPool): boolean =>
    fs.filesystems.some((each) => each.metadataPool === pool.id || each.dataPools.includes(pool.id));
  if (used(metadata) || used(data))
    return refused(
      "EINVAL",
      `Filesystem '${name}' is already using one of the specified RADOS pools. This should ONLY be done in emergencies and after careful reading of the documentation. Pass --allow-dangerous-metadata-overlay to permit this.`,
    );
  if (objectsOf(ceph.cluster, metadata) > 0)
    return refused("EINVAL", `pool '${metadata.name}' already contains some objects. Use an empty pool instead.`);
  fs.filesystems.push({
    ...{ id: fs.nextId++, name, metadataPool: metadata.id, dataPools: [data.id], created: ceph.now, maxMds: 1 },
    ...{ ranks: [], joinable: true },
  });
  fs.epoch++;
  metadata.applications = { cephfs: { metadata: name } };
  data.applications = { cephfs: { data: name } };
  // what it is given so that its few objects have more PGs, and are recovered first (recording 60, n 27)
  Object.assign(metadata.options, { pg_autoscale_bias: 4, pg_num_min: 16, recovery_priority: 5 });
  changeMap(ceph.cluster, ceph.now);
  const hint =
    data.autoscale === "on" && !data.flags.includes("bulk")
      ? `  Pool '${data.name}' (id '${data.id}') has pg autoscale mode 'on' but is not marked as bulk.\n  Consider setting the flag by running\n    # ceph osd pool set ${data.name} bulk true\n`
      : "";
  return ok(`${hint}new fs with metadata pool ${metadata.id} and data pool ${data.id}`);
}

/** Only when no MDS serves it any more (FACT 22). */
function remove(ceph: Ceph, args: Args): Answer {
  const name = text(args, "fs_name");
  const system = named(ceph, name);
  if (!system) return ok(`filesystem '${name}' does not exist`);
  if (system.ranks.length > 0)
    return refused("EINVAL", "all MDS daemons must be inactive/failed before removing filesystem. See `ceph fs fail`.");
  if (!flag(args, "yes_i_really_mean_it")) return hole;
  const { fs } = ceph.cluster;
  fs.filesystems = fs.filesystems.filter((each) => each !== system);
  fs.epoch++;
  return ok(
    "If there are active snapshot schedules associated with this file-system, you might see EIO errors in the mgr logs or " +
      "at the snap-schedule command-line due to the missing file-system. However, these errors are transient and will get " +
      "auto-resolved.",
  );
}

function set(ceph: Ceph, args: Args): Answer {
  const system = named(ceph, text(args, "fs_name"));
  if (!system) return refused("ENOENT", `Filesystem not found: '${text(args, "fs_name")}'`);
  const value = text(args, "val");
  switch (text(args, "var")) {
    case "max_mds":
      system.maxMds = Number(value);
      system.ranks = system.ranks.slice(0, system.maxMds);
      break;
    case "joinable":
      system.joinable = value === "true";
      break;
    case "nosuch":
      return refused("EINVAL", "unknown variable nosuch");
    default:
      return hole;
  }
  ceph.cluster.fs.epoch++;
  return ok("");
}

function fail(ceph: Ceph, args: Args): Answer {
  const name = text(args, "fs_name");
  const system = named(ceph, name);
  if (!system) return refused("ENOENT", `Filesystem not found: '${name}'`);
  system.joinable = false;
  system.ranks = [];
  ceph.cluster.fs.epoch++;
  return ok(`${name} marked not joinable; MDS cannot join the cluster. All MDS ranks marked failed.`);
}

function authorize(ceph: Ceph, args: Args): Answer {
  const name = text(args, "filesystem");
  if (!named(ceph, name)) return refused("EINVAL", `filesystem ${name} does not exist.`);
  return hole;
}

const gid = (ceph: Ceph, name: string): number =>
  30_000 + (Math.floor((ceph.daemon("mdss", name)?.daemon.since ?? 0) / 100) % 9000);

/** Ids that do not exist are safe (FACT 3). */
function okToStop(ceph: Ceph, ids: readonly string[]): Answer {
  const free = standbys(ceph).filter((name) => !ids.includes(name));
  const active = ceph.cluster.fs.filesystems.flatMap(({ ranks }) => ranks).filter((name) => ids.includes(name));
  if (active.length <= free.length) return ok(`should be safe to stop [${ids.join(",")}]`);
  const stopped = standbys(ceph).filter((name) => ids.includes(name));
  const gids = (names: readonly string[]): string => names.map((name) => gid(ceph, name)).join(",");
  return refused(
    "EBUSY",
    `insufficent standby MDS daemons to stop active gids ${gids(active)} and/or standby gids ${gids(stopped)}`,
  );
}

const features = {
  ...{ feature_1: "base v0.20", feature_2: "client writeable ranges", feature_3: "default file layouts on dirs" },
  ...{ feature_4: "dir inode in separate object", feature_5: "mds uses versioned encoding" },
  ...{ feature_6: "dirfrag is stored in omap", feature_8: "no anchor table", feature_9: "file layout v2" },
  ...{ feature_10: "snaprealm v2", feature_11: "minor log segments", feature_12: "quiesce subvolumes" },
};
const compat = { compat: {}, ro_compat: {}, incompat: features };
const daemonCompat = { compat: {}, ro_compat: {}, incompat: { ...features, feature_7: "mds uses inline data" } };

function daemonJson(ceph: Ceph, name: string, rank: number, state: string): Record<string, unknown> {
  const node = ceph.daemon("mdss", name)?.node.name ?? "";
  const address = addressOf(ceph, node);
  return {
    ...{
      gid: gid(ceph, name),
      name,
      rank,
      incarnation: rank < 0 ? 0 : 1,
      state,
      state_seq: 2,
      addr: `${address}:6837/1`,
    },
    addrs: {
      addrvec: [
        { type: "v2", addr: `${address}:6836`, nonce: 1 },
        { type: "v1", addr: `${address}:6837`, nonce: 1 },
      ],
    },
    ...{ join_fscid: -1, export_targets: [], features: featureBits, flags: 0, compat: daemonCompat },
  };
}

function mdsmap(ceph: Ceph, system: CephFileSystem): Record<string, unknown> {
  const ids = system.ranks.map((name) => gid(ceph, name));
  return {
    mdsmap: {
      ...{ epoch: ceph.cluster.fs.epoch, flags: 18 },
      flags_state: {
        ...{ joinable: system.joinable, allow_snaps: true, allow_multimds_snaps: true, allow_standby_replay: false },
        ...{ refuse_client_session: false, refuse_standby_for_another_fs: false, balance_automate: false },
      },
      ...{ ever_allowed_features: 0, explicitly_allowed_features: 0, created: stamp(system.created) },
      ...{ modified: stamp(system.created), tableserver: 0, root: 0, session_timeout: 60, session_autoclose: 300 },
      ...{ required_client_features: {}, max_file_size: 1099511627776, max_xattr_size: 65536, last_failure: 0 },
      ...{ last_failure_osd_epoch: 0, compat: daemonCompat, max_mds: system.maxMds },
      in: system.ranks.map((_, rank) => rank),
      up: Object.fromEntries(ids.map((id, rank) => [`mds_${rank}`, id])),
      ...{ failed: [], damaged: [], stopped: [] },
      info: Object.fromEntries(
        system.ranks.map((name, rank) => [`gid_${gid(ceph, name)}`, daemonJson(ceph, name, rank, "up:active")]),
      ),
      ...{ data_pools: system.dataPools, metadata_pool: system.metadataPool, enabled: true, fs_name: system.name },
      ...{ balancer: "", bal_rank_mask: "-1", standby_count_wanted: standbys(ceph).length > 0 ? 1 : 0 },
      ...{ qdb_leader: ids[0] ?? 0, qdb_cluster: ids },
    },
    id: system.id,
  };
}

function dump(ceph: Ceph): Record<string, unknown> {
  const { fs } = ceph.cluster;
  return {
    ...{ epoch: fs.epoch, btime: colonStamp(fs.created), default_fscid: fs.filesystems[0]?.id ?? -1, compat },
    feature_flags: { enable_multiple: true, ever_enabled_multiple: true },
    standbys: standbys(ceph).map((name) => ({ ...daemonJson(ceph, name, -1, "up:standby"), epoch: fs.epoch })),
    filesystems: fs.filesystems.map((system) => mdsmap(ceph, system)),
  };
}

function statText(ceph: Ceph): string {
  const parts = ceph.cluster.fs.filesystems.map(
    ({ name, maxMds, ranks }) =>
      `${name}:${maxMds}${ranks.length > 0 ? ` {${ranks.map((mds, rank) => `${rank}=${mds}=up:active`).join(",")}}` : ""}`,
  );
  const free = standbys(ceph).length;
  return `${[...parts, ...(free > 0 ? [`${free} up:standby`] : [])].join(" ")}\n`;
}

export function mdsMetadata(ceph: Ceph): Record<string, unknown>[] {
  const active = ceph.cluster.fs.filesystems.flatMap(({ ranks }) => ranks);
  return [...standbys(ceph), ...active].flatMap((name) => {
    const node = ceph.daemon("mdss", name)?.node;
    return node ? [{ name, addr: vectorText(addressOf(ceph, node.name), 6836, 1), ...machine(node) }] : [];
  });
}

export const fileSystemCommands: Commands = {
  "fs new": { args: "fs_name metadata data force!", run: create },
  "fs rm": { args: "fs_name yes_i_really_mean_it!", run: remove },
  "fs set": { args: "fs_name var val", run: set },
  "fs fail": { args: "fs_name", run: fail },
  // Of a file system that is there the numbers of its clients and directories are not simulated.
  "fs status": {
    manager: true,
    run: (ceph) => {
      if (ceph.cluster.fs.filesystems.length > 0) return hole;
      const free = standbys(ceph);
      const versions = free.map((name) => machine(ceph.daemon("mdss", name)!.node)["ceph_version"] ?? "");
      const mds_version = [...new Set(versions)].map((version) => ({
        daemon: free.filter((_, at) => versions[at] === version),
        version,
      }));
      const mdsmap = free.map((name) => ({ name, state: "standby" }));
      const status = { clients: [], mds_version, mdsmap, pools: [] };
      return free.length === 0 ? shown(status, "") : shown(status);
    },
  },
  "fs volume ls": {
    manager: true,
    run: (ceph) => shown(ceph.cluster.fs.filesystems.map(({ name }) => ({ name }))),
  },
  "fs add_data_pool": {
    args: "fs_name pool",
    run: (ceph, args) => {
      const name = text(args, "pool");
      const pool = poolNamed(ceph.cluster, name);
      const other = Object.keys(pool?.applications ?? {}).some((application) => application !== "cephfs");
      return other ? refused("EINVAL", `RADOS pool '${name}' has another non-CephFS application enabled.`) : hole;
    },
  },
  "fs authorize": { args: "filesystem entity caps*", run: authorize },
  "fs ls": {
    run: (ceph) => {
      const rows = ceph.cluster.fs.filesystems.map(({ name, metadataPool, dataPools }) => ({
        ...{
          name,
          metadata_pool: poolName(ceph, metadataPool),
          metadata_pool_id: metadataPool,
          data_pool_ids: dataPools,
        },
        data_pools: dataPools.map((id) => poolName(ceph, id)),
      }));
      const lines = rows.map(
        (row) => `name: ${row.name}, metadata pool: ${row.metadata_pool}, data pools: [${row.data_pools.join(" ")} ]\n`,
      );
      return shown(rows, rows.length === 0 ? "No filesystems enabled\n" : lines.join(""));
    },
  },
  "fs get": {
    args: "fs_name",
    run: (ceph, args) => {
      const system = named(ceph, text(args, "fs_name"));
      return system
        ? shown(mdsmap(ceph, system))
        : refused("ENOENT", `filesystem '${text(args, "fs_name")}' not found`);
    },
  },
  "fs dump": { run: (ceph) => shown(dump(ceph), undefined, `dumped fsmap epoch ${ceph.cluster.fs.epoch}`) },
  "mds stat": {
    run: (ceph) => {
      const { epoch } = ceph.cluster.fs;
      return shown({ fsmap: dump(ceph), mdsmap_first_committed: 1, mdsmap_last_committed: epoch }, statText(ceph));
    },
  },
  "mds metadata": { run: (ceph) => shown(mdsMetadata(ceph)) },
  "mds ok-to-stop": { args: "ids*", run: (ceph, args) => okToStop(ceph, list(args, "ids")) },
};
