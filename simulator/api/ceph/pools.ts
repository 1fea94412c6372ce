import type { Call, Json, Routes } from "../../call.js";
import { poolNamed } from "../../ceph/osdmap.js";
import type { Args } from "../../ceph/commands/command.js";
import { checkConfigured, checkInited, connect, longTimeout, Rados, waiting, shortTimeout } from "../../ceph/rados.js";
import { die, PveError, textOf } from "../../errors.js";
import { storages } from "../../storage/sections.js";
import { createStorage, deleteStorage } from "../../storage/storage-cfg.js";
import { storeOf } from "../../storage/volumes.js";
import type { TaskRun } from "../../tasks.js";

type Values = Record<string, Json>;

/** `/nodes/{node}/ceph/pool` (PVE/API2/Ceph/Pool.pm). */
export const cephPoolRoutes: Routes = {
  "GET /nodes/{node}/ceph/pool": (call) => {
    checkInited(call);
    return poolRows(connect(call));
  },

  "POST /nodes/{node}/ceph/pool": (call) => create(call),

  "GET /nodes/{node}/ceph/pool/{name}": () => [{ name: "status" }],

  "GET /nodes/{node}/ceph/pool/{name}/status": (call) => status(call),

  "PUT /nodes/{node}/ceph/pool/{name}": (call) => {
    checkConfigured(call);
    const name = call.text("name");
    return call.task(
      "cephsetpool",
      name,
      waiting(function* (task) {
        yield 200;
        setPool(connect(call, shortTimeout), task, name, wanted(call, false));
      }),
    );
  },

  "DELETE /nodes/{node}/ceph/pool/{name}": (call) => destroy(call),
};

interface Row {
  name: string;
  id: number;
  stats: { bytes_used: number; percent_used: number };
}

function poolRows(rados: Rados): Json[] {
  const { pools: spaces } = rados.json<{ pools: Row[] }>("df");
  const { pools } = rados.json<{ pools: Values[] }>("osd dump");
  const rules = rados.ceph.cluster.osdmap.crush.rules;
  const { mgr } = rados.ceph.cluster;
  const scaling = autoscaling(rados);
  return pools.map((pool): Json => {
    const space = spaces.find(({ id }) => id === pool["pool"])?.stats;
    const options = (pool["options"] ?? {}) as Values;
    const advice = scaling?.find((each) => each["pool_id"] === pool["pool"]);
    return {
      ...{ pool: pool["pool"], pool_name: pool["pool_name"], size: pool["size"], min_size: pool["min_size"] },
      ...{ pg_num: pool["pg_num"], pg_autoscale_mode: pool["pg_autoscale_mode"], crush_rule: pool["crush_rule"] },
      crush_rule_name: rules.find(({ id }) => id === pool["crush_rule"])?.name ?? null,
      ...{ application_metadata: pool["application_metadata"], type: pool["type"] === 3 ? "erasure" : "replicated" },
      ...(advice
        ? {
            ...{ autoscale_status: advice, pg_num_final: advice["pg_num_final"] ?? null },
            pg_num_min: options["pg_num_min"] ?? null,
            target_size: options["target_size_bytes"] ?? null,
            target_size_ratio: options["target_size_ratio"] ?? null,
          }
        : {}),
      // as a manager has last told them
      ...(space && mgr.ever ? { bytes_used: space.bytes_used, percent_used: space.percent_used } : {}),
    };
  });
}

/** Absent while no manager answers. */
function autoscaling(rados: Rados): Values[] | undefined {
  if (rados.ceph.cluster.mgr.active === undefined) return undefined;
  return rados.json<Values[]>("osd pool autoscale-status");
}

function status(call: Call): Json {
  checkInited(call);
  const name = call.text("name");
  const rados = connect(call);
  const { pool: _, pool_id: id, ...all } = rados.json<Values>("osd pool get", { pool: name, var: "all" });
  const options = ["pg_num_min", "target_size_ratio"];
  const answer: Values = {
    ...{ id: id ?? null, name },
    ...Object.fromEntries(Object.entries(all).filter(([key]) => shown.includes(key))),
    ...Object.fromEntries(options.map((key) => [key, all[key] ?? null])),
    target_size: all["target_size_bytes"] ?? null,
    fast_read: all["fast_read"] === 1,
  };
  if (!call.flag("verbose")) return answer;
  const applications = rados.json<Values>("osd pool application get", { pool: name });
  const space = rados.json<{ pools: Row[] }>("df").pools.find((row) => row.name === name);
  const advices = autoscaling(rados);
  return {
    ...answer,
    ...{ application_list: Object.keys(applications) },
    statistics: space?.stats ?? null,
    ...(advices ? { autoscale_status: advices.find((each) => each["pool_name"] === name) ?? null } : {}),
  };
}

const shown = [
  ...["size", "min_size", "pg_num", "pgp_num", "crush_rule", "hashpspool", "nodelete", "nopgchange", "nosizechange"],
  ...["write_fadvise_dontneed", "noscrub", "nodeep-scrub", "use_gmt_hitset", "fast_read", "pg_autoscale_mode"],
];

/** Settings in the order in which Proxmox applies them: size first, the others by name. */
function wanted(call: Call, withDefaults: boolean): Record<string, string> {
  const defaults = withDefaults
    ? { application: "rbd", min_size: "2", pg_autoscale_mode: "warn", pg_num: "128", size: "3" }
    : {};
  const given = Object.fromEntries(
    [
      "application",
      "crush_rule",
      "min_size",
      "pg_autoscale_mode",
      "pg_num",
      "pg_num_min",
      "size",
      "target_size_ratio",
    ].flatMap((key) => (call.has(key) ? [[key, call.text(key)]] : [])),
  ) as Record<string, string>;
  const target = call.params["target_size"];
  const all: Record<string, string> = {
    ...defaults,
    ...given,
    ...(target === undefined ? {} : { target_size_bytes: String(bytes(target)) }),
  };
  const { size, ...others } = all;
  const sorted = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...(size === undefined ? {} : { size }), ...Object.fromEntries(sorted) };
}

function bytes(text: string): number {
  const [, digits = "0", unit = ""] = /^(\d+(?:\.\d+)?)([KMGT])?$/.exec(text) ?? [];
  return Math.floor(Number(digits) * 1024 ** " KMGT".indexOf(unit || " "));
}

/** `set_pool`: each failure is told and the rest goes on. */
function setPool(rados: Rados, task: TaskRun, pool: string, settings: Readonly<Record<string, string>>): void {
  const now = rados.json<Values>("osd pool get", { pool, var: "all" });
  const isErasure = poolNamed(rados.ceph.cluster, pool)?.kind === "erasure";
  const failed: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (isErasure && (key === "size" || key === "crush_rule")) {
      task.log(`cannot set '${key}' for erasure coded pool`);
      continue;
    }
    if (textOfValue(now[key]) === value) {
      task.log(`skipping '${key}', did not change`);
      continue;
    }
    task.log(`pool ${pool}: applying ${key} = ${value}`);
    try {
      if (key === "application") rados.plain("osd pool application enable", { pool, app: value });
      else rados.plain("osd pool set", { pool, var: key, val: value });
    } catch (error) {
      if (!(error instanceof PveError) || error.status !== 500) throw error;
      task.log(textOf(error));
      failed.push(key);
    }
  }
  if (failed.length > 0) throw die(`Could not set: ${failed.join(", ")}`);
}

const textOfValue = (value: Json | undefined): string =>
  typeof value === "object" || value === undefined ? "" : String(value);

const plainName = /^[a-z][a-z0-9_.-]*[a-z0-9]$/i;

function create(call: Call): string {
  checkConfigured(call);
  const name = call.text("name");
  const rados = connect(call);
  const erasure = call.has("erasure-coding")
    ? (Object.fromEntries(
        call
          .text("erasure-coding")
          .split(",")
          .map((part) => part.split("=")),
      ) as Record<string, string>)
    : undefined;
  const given = erasure?.["profile"];
  if (given !== undefined && !rados.ceph.cluster.osdmap.erasureProfiles[given])
    throw die(`Erasure code profile '${given}' does not exist.`);
  const addStorages = call.flag("add_storages", erasure !== undefined);
  if (addStorages) {
    call.rights.check("/storage", "Datastore.Allocate");
    if (!plainName.test(name)) throw die(`storage ID '${name}' contains illegal characters`);
  }
  return call.task(
    "cephcreatepool",
    name,
    waiting(function* (task) {
      yield 300;
      const long = connect(call, longTimeout);
      const settings = wanted(call, true);
      const replicated = erasure ? `${name}-metadata` : name;
      if (erasure) createErasurePool(long, task, name, erasure, settings);
      createPool(long, task, replicated, settings);
      if (!addStorages) return;
      try {
        createStorage(call.world, call.node.name, {
          ...{ storage: name, type: "rbd", pool: replicated, content: "rootdir,images", krbd: 0 },
          ...(erasure ? { "data-pool": `${name}-data` } : {}),
        });
      } catch (error) {
        if (!(error instanceof PveError)) throw error;
        throw die(`adding PVE storage for ceph pool '${name}' failed: ${textOf(error)}\n`);
      }
    }),
  );
}

function createPool(rados: Rados, task: TaskRun, pool: string, settings: Readonly<Record<string, string>>): void {
  rados.plain("osd pool create", { pool, pg_num: Number(settings["pg_num"]) });
  setPool(rados, task, pool, settings);
}

function createErasurePool(
  rados: Rados,
  task: TaskRun,
  name: string,
  erasure: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>>,
): void {
  const profile = erasure["profile"] ?? `pve_ec_${name}`;
  if (erasure["profile"] === undefined) {
    const words = [
      `crush-failure-domain=${erasure["failure-domain"] ?? "host"}`,
      `k=${erasure["k"]}`,
      `m=${erasure["m"]}`,
      ...(erasure["device-class"] === undefined ? [] : [`crush-device-class=${erasure["device-class"]}`]),
    ];
    rados.json("osd erasure-code-profile set", { name: profile, profile: words });
    task.log(`created new erasure code profile '${profile}'`);
  }
  const pool = `${name}-data`;
  const type = { pool_type: "erasure", erasure_code_profile: profile };
  rados.plain("osd pool create", { pool, pg_num: Number(settings["pg_num"]), ...type });
  const { size: _, min_size: __, crush_rule: ___, ...rest } = settings;
  setPool(rados, task, pool, { allow_ec_overwrites: "true", ...rest });
}

/** Storages on a pool of this cluster, by their ids. */
function storagesOf(call: Call, pool: string): ReturnType<typeof storages> {
  return storages(call.cluster).filter(
    ({ type, options }) =>
      type === "rbd" && options["monhost"] === undefined && (options["pool"] === pool || options["data-pool"] === pool),
  );
}

function destroy(call: Call): string {
  checkInited(call);
  const pool = call.text("name");
  const removeStorages = call.flag("remove_storages");
  if (removeStorages) call.rights.check("/storage", "Datastore.Allocate");
  return call.task(
    "cephdestroypool",
    pool,
    waiting(function* (task) {
      yield 300;
      const used = storagesOf(call, pool);
      if (!call.flag("force")) {
        for (const storage of used) {
          task.log(`checking storage '${storage.id}' for RBD images..`);
          if (Object.keys(storeOf(call.world, call.node.name, storage)).length > 0)
            throw die(`ceph pool '${pool}' still in use by storage '${storage.id}'`);
        }
      }
      const rados = connect(call);
      const all = rados.json<Values>("osd pool get", { pool, var: "all" });
      const args: Args = { pool, pool2: pool, yes_i_really_really_mean_it: true };
      rados.plain("osd pool delete", args);
      const profile = all["erasure_code_profile"];
      if (typeof profile === "string" && profile !== "" && call.flag("remove_ecprofile", true)) {
        task.log(`found erasure coded profile '${profile}', destroying its CRUSH rule`);
        rados.plain("osd crush rule rm", { name: pool });
        task.log(`destroying erasure coded profile '${profile}'`);
        rados.plain("osd erasure-code-profile rm", { name: profile });
      }
      if (removeStorages) for (const { id } of used) deleteStorage(call.world, call.node.name, id);
    }),
  );
}
