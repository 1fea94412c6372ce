import type { Osd } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { locationOf, removeItem, setClass } from "../crush.js";
import { addressOf, machine, vector, vectorText } from "../daemon-metadata.js";
import { deviceOfOsd } from "../osd-volumes.js";
import { markDown } from "../osd-processes.js";
import { changeMap, freeOsdId, isIn, osds } from "../osdmap.js";
import { remap } from "../peering.js";
import { reports } from "../pg-counts.js";
import { okToStop, parseIds, safeToDestroy } from "../safety.js";
import {
  flag,
  list,
  ok,
  refused,
  seconds,
  shown,
  text,
  zulu,
  type Answer,
  type Args,
  type Commands,
} from "./command.js";

/** Does something to each OSD named; absent ones are told of and are no error (FACT 6). */
function each(ceph: Ceph, args: Args, act: (osd: Osd) => { said: string; rc?: "EBUSY" }): Answer {
  const words = list(args, "ids");
  const ids = parseIds(ceph, words);
  if (typeof ids === "string")
    return refused("EINVAL", `Expected option value to be integer, got '${ids}'invalid osd id-1`);
  const said: string[] = [];
  let failed = false;
  const before = ceph.cluster.osdmap.epoch;
  for (const id of ids) {
    const osd = ceph.cluster.osdmap.osds[id];
    const result = osd ? act(osd) : { said: `osd.${id} does not exist. ` };
    said.push(result.said);
    if ("rc" in result && result.rc !== undefined) failed = true;
  }
  if (ceph.cluster.osdmap.epoch !== before) remap(ceph.cluster, ceph.now);
  return failed ? refused("EBUSY", said.join("")) : ok(said.join(""));
}

function markOut(ceph: Ceph, osd: Osd): { said: string } {
  if (!isIn(osd)) return { said: `osd.${osd.id} is already out. ` };
  osd.weight = 0;
  osd.autoOut = false;
  ceph.cluster.osdmap.inChange = ceph.now;
  changeMap(ceph.cluster, ceph.now);
  return { said: `marked out osd.${osd.id}. ` };
}

function markIn(ceph: Ceph, osd: Osd): { said: string } {
  if (isIn(osd)) return { said: `osd.${osd.id} is already in. ` };
  osd.weight = 1;
  delete osd.new;
  osd.autoOut = false;
  ceph.cluster.osdmap.inChange = ceph.now;
  changeMap(ceph.cluster, ceph.now);
  return { said: `marked in osd.${osd.id}. ` };
}

function remove(ceph: Ceph, osd: Osd): { said: string; rc?: "EBUSY" } {
  if (osd.up) return { said: `osd.${osd.id} is still up; must be down before removal. `, rc: "EBUSY" };
  delete ceph.cluster.osdmap.osds[osd.id];
  changeMap(ceph.cluster, ceph.now);
  return { said: `removed osd.${osd.id}` };
}

/** Only `--force` of the command line passes an OSD that is not safe; by librados nothing reaches it (FACT 9). */
function destroy(ceph: Ceph, args: Args, purge: boolean): Answer {
  if (args["viaCli"] !== true)
    return refused("EINVAL", typeof args["id"] === "number" ? "(22) Invalid argument" : "bad or missing field 'id'");
  const sure = flag(args, "yes_i_really_mean_it") || flag(args, "force");
  const id = Number(text(args, "id").replace(/^osd\./, ""));
  const osd = ceph.cluster.osdmap.osds[id];
  if (!osd) return ok(`osd.${id} does not exist`);
  // the manager looks first whether it is safe, unless both flags say that it need not be
  const unsafe = flag(args, "force") ? undefined : safetyRefusal(ceph, id, sure);
  if (unsafe) return unsafe;
  if (!sure)
    return refused(
      "EPERM",
      "Are you SURE?  Did you verify with 'ceph osd safe-to-destroy'?  This will mean real, permanent data loss, as well as deletion of cephx and lockbox keys. Pass --yes-i-really-mean-it if you really do.",
    );
  if (osd.up) return refused("EBUSY", `osd.${id} is not \`down\`.`);
  return end(ceph, osd, purge);
}

/**
 * `osd purge-new` (`OSDMonitor::prepare_command_impl`): the monitors themselves see to it that the OSD has never been in; whether it
 * is safe to destroy is not asked.
 */
export function purgeNew(ceph: Ceph, id: number, sure: boolean): Answer {
  if (!sure)
    return refused(
      "EPERM",
      "Are you SURE?  Did you verify with 'ceph osd safe-to-destroy'?  This will mean real, permanent data loss, as well as deletion of cephx and lockbox keys. Pass --yes-i-really-mean-it if you really do.",
    );
  const osd = ceph.cluster.osdmap.osds[id];
  if (!osd) return ok(`osd.${id} does not exist`);
  if (osd.up) return refused("EBUSY", `osd.${id} is not \`down\`.`);
  if (!osd.new) return refused("EPERM", `osd.${id} is not new`);
  return end(ceph, osd, true);
}

/** What the monitors keep of an OSD goes, with its keys and that of its disk. */
function end(ceph: Ceph, osd: Osd, purge: boolean): Answer {
  const { id } = osd;
  delete ceph.cluster.auth[`osd.${id}`];
  delete ceph.cluster.auth[`client.osd-lockbox.${osd.uuid}`];
  for (const key of Object.keys(ceph.cluster.configKeys))
    if (key.startsWith(`dm-crypt/osd/${osd.uuid}/`)) delete ceph.cluster.configKeys[key];
  if (purge) {
    removeItem(ceph.cluster.osdmap.crush, id);
    delete ceph.cluster.osdmap.crush.classes[id];
    delete ceph.cluster.osdmap.osds[id];
  } else {
    osd.destroyed = true;
  }
  changeMap(ceph.cluster, ceph.now);
  remap(ceph.cluster, ceph.now);
  return ok(`${purge ? "purged" : "destroyed"} osd.${id}`);
}

function safetyRefusal(ceph: Ceph, id: number, sure: boolean): Answer | undefined {
  if (sure) return undefined;
  const answer = safeToDestroy(ceph, [String(id)], false);
  if (answer.rc === 0) return undefined;
  const how = "You can proceed by passing --force, but be warned that this will likely mean real, permanent data loss.";
  return { ...answer, status: `${answer.status}\n${how}` };
}

/** `osd new`: an id for a disk's identity; the class goes into CRUSH at once, the place when it boots. */
export function newOsd(ceph: Ceph, { uuid, id: wanted, node, size, deviceClass }: NewOsd): Answer {
  const { osdmap, stores } = ceph.cluster;
  const known = osds(ceph.cluster).find((osd) => osd.uuid === uuid);
  if (known) return shown({ osdid: known.id }, `${known.id}\n`);
  const existing = wanted === undefined ? undefined : osdmap.osds[wanted];
  if (existing && !existing.destroyed)
    return refused("EINVAL", `id ${wanted} already in use and does not match uuid ${uuid}`);
  const id = wanted ?? freeOsdId(ceph.cluster);
  osdmap.osds[id] = {
    ...{ id, uuid, up: false, weight: 0, autoOut: false, primaryAffinity: 1, upFrom: 0, downAt: 0, node, size },
    ...{ created: ceph.now, new: true },
    ...(deviceClass === undefined ? {} : { wantedClass: deviceClass }),
  };
  stores[uuid] = { osd: id, pgs: {} };
  if (deviceClass !== undefined) setClass(osdmap.crush, id, deviceClass);
  changeMap(ceph.cluster, ceph.now);
  return shown({ osdid: id }, `${id}\n`);
}

interface NewOsd {
  readonly uuid: string;
  readonly id?: number;
  readonly node: string;
  readonly size: number;
  readonly deviceClass?: string;
}

/** What an OSD told of itself when it last booted; a down one still has it (recording 20, n 144). */
export function osdMetadata(ceph: Ceph, osd: Osd): Record<string, unknown> {
  const node = ceph.nodeNamed(osd.node);
  if (!node || osd.upFrom === 0) return { id: osd.id };
  const address = addressOf(ceph, osd.node);
  const port = 6800 + (osd.id % 64) * 8;
  const nonce = parseInt(osd.uuid.slice(0, 8), 16);
  const of = (offset: number): string => vectorText(address, port + offset, nonce);
  const disk = deviceOfOsd(node, osd.uuid)?.disk;
  const rotational = disk?.type === "hdd" ? "1" : "0";
  const name = disk?.devpath.replace("/dev/", "") ?? "";
  const about = machine(node);
  const kind = disk?.type ?? "ssd";
  return {
    ...{ id: osd.id, ...about, back_addr: of(2), back_iface: "", bluefs: "1", bluefs_dedicated_db: "0" },
    ...{ bluefs_dedicated_wal: "0", bluefs_single_shared_device: "1", bluestore_allocation_from_file: "0" },
    ...{ bluestore_allocator: "hybrid", bluestore_bdev_access_mode: "blk", bluestore_bdev_block_size: "4096" },
    ...{
      bluestore_bdev_dev_node: `/dev/dm-${osd.id}`,
      bluestore_bdev_devices: name,
      bluestore_bdev_driver: "KernelDevice",
    },
    ...{ bluestore_bdev_optimal_io_size: "0", bluestore_bdev_path: `/var/lib/ceph/osd/ceph-${osd.id}/block` },
    ...{ bluestore_bdev_rotational: rotational, bluestore_bdev_size: String(osd.size) },
    ...{ bluestore_bdev_support_discard: "1", bluestore_bdev_type: kind === "nvme" ? "ssd" : kind },
    ...{ bluestore_min_alloc_size: "4096", bluestore_onode_segmentation: "inactive", bluestore_write_mode: "classic" },
    ...{ ceph_version_when_created: about["ceph_version"], created_at: zulu(osd.created) },
    default_device_class: kind === "nvme" ? "ssd" : kind,
    device_ids: disk ? `${name}=${disk.model.replaceAll(" ", "_")}_${disk.serial}` : "",
    ...{ device_paths: "", devices: name, front_addr: of(0), front_iface: "" },
    ...{ hb_back_addr: of(6), hb_front_addr: of(4), journal_rotational: rotational },
    ...{ network_numa_unknown_ifaces: "back_iface,front_iface", objectstore_numa_unknown_devices: name },
    ...{ osd_data: `/var/lib/ceph/osd/ceph-${osd.id}`, osd_objectstore: "bluestore", osdspec_affinity: "", rotational },
  };
}

function find(ceph: Ceph, id: number): Answer {
  const osd = ceph.cluster.osdmap.osds[id];
  if (!osd) return refused("ENOENT", `osd.${id} does not exist`);
  const location = locationOf(ceph.cluster.osdmap.crush, id);
  return shown({
    osd: id,
    addrs: vector(addressOf(ceph, osd.node), 6800 + (id % 64) * 8, parseInt(osd.uuid.slice(0, 8), 16)),
    ...{ osd_fsid: osd.uuid, host: osd.node, crush_location: location },
  });
}

export function osdStat(ceph: Ceph): Record<string, number> {
  const { osdmap } = ceph.cluster;
  const all = osds(ceph.cluster);
  const remapped = reports(ceph.cluster, ceph.now).filter(({ up, acting }) => up.join() !== acting.join()).length;
  return {
    ...{ epoch: osdmap.epoch, num_osds: all.length, num_up_osds: all.filter(({ up }) => up).length },
    ...{ osd_up_since: seconds(osdmap.upChange), num_in_osds: all.filter(isIn).length },
    ...{ osd_in_since: seconds(osdmap.inChange), num_remapped_pgs: remapped },
  };
}

function scrub(ceph: Ceph, args: Args, what: string): Answer {
  const ids = parseIds(ceph, list(args, "who"));
  if (typeof ids === "string") return refused("EINVAL", `invalid osd id '${ids}'`);
  const absent = ids.find((id) => !ceph.cluster.osdmap.osds[id]);
  if (absent !== undefined) return refused("ENOENT", `osd.${absent} does not exist`);
  return ok(`instructed osd(s) ${ids.join(",")} to ${what}`);
}

const perf = { commit_latency_ms: 0, apply_latency_ms: 0, commit_latency_ns: 0, apply_latency_ns: 0 };

export const osdStateCommands: Commands = {
  "osd out": { args: "ids*", run: (ceph, args) => each(ceph, args, (osd) => markOut(ceph, osd)) },
  "osd in": { args: "ids*", run: (ceph, args) => each(ceph, args, (osd) => markIn(ceph, osd)) },
  "osd down": {
    args: "ids*",
    run: (ceph, args) =>
      each(ceph, args, (osd) => {
        if (!osd.up) return { said: `osd.${osd.id} is already down. ` };
        markDown(ceph, osd);
        // the process runs on and says so
        const daemon = ceph.daemon("osds", String(osd.id))?.daemon;
        if (daemon) daemon.since = ceph.now;
        return { said: `marked down osd.${osd.id}. ` };
      }),
  },
  "osd rm": { args: "ids*", run: (ceph, args) => each(ceph, args, (osd) => remove(ceph, osd)) },
  "osd destroy": { args: "id force! yes_i_really_mean_it!", run: (ceph, args) => destroy(ceph, args, false) },
  "osd purge": { args: "id force! yes_i_really_mean_it!", run: (ceph, args) => destroy(ceph, args, true) },
  "osd purge-new": {
    args: "id yes_i_really_mean_it!",
    run: (ceph, args) =>
      purgeNew(ceph, Number(text(args, "id").replace(/^osd\./, "")), flag(args, "yes_i_really_mean_it")),
  },
  "osd new": {
    args: "uuid id#?",
    run: (ceph, args) => {
      if (args["id"] !== undefined && typeof args["id"] !== "number")
        return refused("EINVAL", "bad or missing field 'id'");
      const id = args["id"];
      const node = ceph.nodes[0]?.name ?? "";
      return newOsd(ceph, { uuid: text(args, "uuid"), node, size: 0, ...(id === undefined ? {} : { id }) });
    },
  },
  "osd reweight": {
    args: "id# weight",
    run: (ceph, args) => {
      const osd = ceph.cluster.osdmap.osds[text(args, "id")];
      if (!osd) return refused("ENOENT", `osd.${text(args, "id")} does not exist`);
      const weight = Number(text(args, "weight"));
      osd.weight = Math.min(1, weight);
      if (osd.weight > 0) delete osd.new;
      changeMap(ceph.cluster, ceph.now);
      remap(ceph.cluster, ceph.now);
      return ok(`reweighted osd.${osd.id} to ${weight} (${Math.floor(weight * 0x10000).toString(16)})`);
    },
  },
  "osd stat": {
    run: (ceph) => {
      const stat = osdStat(ceph);
      const plain = `${stat["num_osds"]} osds: ${stat["num_up_osds"]} up, ${stat["num_in_osds"]} in; epoch: e${stat["epoch"]}\n`;
      return shown(stat, plain);
    },
  },
  "osd ls": {
    run: (ceph) => {
      const ids = osds(ceph.cluster).map(({ id }) => id);
      return shown(ids, ids.map((id) => `${id}\n`).join(""));
    },
  },
  "osd getmaxosd": {
    run: (ceph) => {
      const max = (osds(ceph.cluster).at(-1)?.id ?? -1) + 1;
      const { epoch } = ceph.cluster.osdmap;
      return shown({ epoch, max_osd: max }, `max_osd = ${max} in epoch ${epoch}\n`);
    },
  },
  "osd metadata": {
    args: "id#?",
    run: (ceph, args) => {
      if (args["id"] === undefined) return shown(osds(ceph.cluster).map((osd) => osdMetadata(ceph, osd)));
      const osd = ceph.cluster.osdmap.osds[text(args, "id")];
      return osd ? shown(osdMetadata(ceph, osd)) : refused("ENOENT", `osd.${text(args, "id")} does not exist`);
    },
  },
  "osd find": { args: "id#", run: (ceph, args) => find(ceph, Number(text(args, "id"))) },
  "osd perf": {
    manager: true,
    run: (ceph) => {
      const up = osds(ceph.cluster).filter((osd) => osd.upFrom > 0);
      const osd_perf_infos = up.reverse().map(({ id }) => ({ id, perf_stats: perf }));
      return shown({ pg_ready: true, osdstats: { osd_perf_infos } });
    },
  },
  "osd scrub": { args: "who", manager: true, run: (ceph, args) => scrub(ceph, args, "scrub") },
  "osd deep-scrub": { args: "who", manager: true, run: (ceph, args) => scrub(ceph, args, "deep-scrub") },
  "osd repair": { args: "who", manager: true, run: (ceph, args) => scrub(ceph, args, "repair") },
  "osd ok-to-stop": { args: "ids*", manager: true, run: (ceph, args) => okToStop(ceph, list(args, "ids")) },
  "osd safe-to-destroy": {
    args: "ids*",
    manager: true,
    run: (ceph, args) => safeToDestroy(ceph, list(args, "ids"), args["format"] === "json"),
  },
};
