import type { Call, Json, Routes } from "../../call.js";
import { standbys } from "../../ceph/filesystems.js";
import { poolNamed } from "../../ceph/osdmap.js";
import { checkConfigured, checkInited, connect, type Rados, waiting } from "../../ceph/rados.js";
import { settle } from "../../ceph/settle.js";
import { die, PveError, textOf } from "../../errors.js";
import { storages } from "../../storage/sections.js";
import { createStorage, deleteStorage } from "../../storage/storage-cfg.js";

interface FsRow {
  name: string;
  metadata_pool: string;
  metadata_pool_id: number;
  data_pools: string[];
  data_pool_ids: number[];
}

/** `/nodes/{node}/ceph/fs` (PVE/API2/Ceph/FS.pm). */
export const cephFsRoutes: Routes = {
  "GET /nodes/{node}/ceph/fs": (call) => {
    checkInited(call);
    return connect(call)
      .json<FsRow[]>("fs ls")
      .map((row): Json => ({ ...row, data_pool: row.data_pools[0] ?? null }));
  },

  "POST /nodes/{node}/ceph/fs/{name}": (call) => create(call),

  "DELETE /nodes/{node}/ceph/fs/{name}": (call) => destroy(call),
};

function create(call: Call): string {
  checkConfigured(call);
  const name = call.params["name"] ?? "cephfs";
  const { ceph } = connect(call);
  const [data, metadata] = [`${name}_data`, `${name}_metadata`];
  if (poolNamed(ceph.cluster, data) || poolNamed(ceph.cluster, metadata))
    throw die(`ceph pools '${data}' and/or '${metadata}' already exist`);
  const { filesystems } = ceph.cluster.fs;
  if (filesystems.some((system) => system.name === name)) throw die(`ceph fs '${name}' already exists`);
  const free = standbys(ceph).length;
  if (free + filesystems.flatMap(({ ranks }) => ranks).length === 0)
    throw die("no running Metadata Server (MDS) found!");
  if (free === 0) throw die("no standby Metadata Server (MDS) found!");
  const addStorage = call.flag("add-storage");
  if (addStorage) {
    call.rights.check("/storage", "Datastore.Allocate");
    if (storages(call.cluster).some(({ id }) => id === name)) throw die(`storage ID '${name}' already defined`);
  }
  return call.task(
    "cephfscreate",
    name,
    waiting(function* (task) {
      const rados = connect(call);
      const count = call.int("pg_num", 128);
      const made: string[] = [];
      const pool = (pool: string, pg_num: number): void => {
        rados.plain("osd pool create", { pool, pg_num });
        made.push(pool);
      };
      try {
        task.log(`creating data pool '${data}'...`);
        yield 500;
        pool(data, count);
        task.log(`pool ${data}: applying application = cephfs`);
        rados.plain("osd pool application enable", { pool: data, app: "cephfs" });
        task.log("skipping 'pg_num', did not change");
        task.log(`creating metadata pool '${metadata}'...`);
        yield 500;
        pool(metadata, count >= 32 ? Math.floor(count / 4) : 8);
        task.log("skipping 'pg_num', did not change");
        task.log(`configuring new CephFS '${name}'`);
        rados.plain("fs new", { fs_name: name, metadata, data });
      } catch (error) {
        if (!(error instanceof PveError)) throw error;
        if (made.length > 0) task.log("Encountered error after creating at least one pool");
        for (const left of made) {
          task.log(`cleaning up left over pool '${left}'`);
          rados.plain("osd pool delete", { pool: left, pool2: left, yes_i_really_really_mean_it: true });
        }
        throw error;
      }
      settle(rados.ceph);
      task.log(`Successfully create CephFS '${name}'`);
      if (addStorage) {
        task.log(`Adding '${name}' to storage configuration...`);
        createStorage(call.world, call.node.name, {
          storage: name,
          type: "cephfs",
          content: "backup,iso,vztmpl",
          "fs-name": name,
        });
      }
    }),
  );
}

/** There is no `fs fail` in it: while an MDS serves, Ceph refuses (FACT 22). */
function destroy(call: Call): string {
  checkInited(call);
  const name = call.text("name");
  const row = connect(call)
    .json<FsRow[]>("fs ls")
    .find((each) => each.name === name);
  if (!row) throw die(`no such cephfs '${name}'`);
  return call.task(
    "cephdestroyfs",
    name,
    waiting(function* (task) {
      const used = storages(call.cluster).filter(
        ({ type, options }) =>
          type === "cephfs" && options["monhost"] === undefined && (options["fs-name"] ?? "cephfs") === name,
      );
      if (call.flag("remove-storages")) {
        for (const { id, options } of used)
          if (!options["disable"])
            throw die(`storage '${id}' is not disabled, make sure to disable and unmount the storage first`);
      }
      yield 300;
      const rados = connect(call);
      rados.plain("fs rm", { fs_name: name, yes_i_really_mean_it: true });
      if (call.flag("remove-storages")) for (const { id } of used) deleteStorage(call.world, call.node.name, id);
      if (!call.flag("remove-pools")) return;
      task.log(`removing metadata pool '${row.metadata_pool}'`);
      removePool(rados, row.metadata_pool, (text) => task.warn(text));
      for (const pool of row.data_pools) {
        task.log(`removing data pool '${pool}'`);
        removePool(rados, pool, (text) => task.warn(text));
      }
    }),
  );
}

function removePool(rados: Rados, pool: string, warn: (text: string) => void): void {
  try {
    rados.plain("osd pool delete", { pool, pool2: pool, yes_i_really_really_mean_it: true });
  } catch (error) {
    if (!(error instanceof PveError)) throw error;
    warn(textOf(error));
  }
}
