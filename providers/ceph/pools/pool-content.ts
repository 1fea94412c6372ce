import { wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { objectNames } from "../over-ssh";

/** The most objects that are looked at one by one: what RBD and CephFS keep for themselves is far fewer. */
const few = 256;

/**
 * What RBD leaves in a pool of which all images are gone. Everything else is somebody's data: images, also those in the
 * trash and in namespaces, have objects with other names.
 */
const leftByRbd = new Set([
  ...[
    "rbd_directory",
    "rbd_info",
    "rbd_children",
    "rbd_trash",
    "rbd_trash_purge_schedule",
    "rbd_mirror_snapshot_schedule",
  ],
  ...["rbd_task", "rbd_namespace", "rbd_mirroring", "rbd_mirror_leader"],
]);

/** What is in a pool, in words; undefined when nothing is. What cannot be told is not nothing. */
export async function whatIsIn(pve: Pve, call: Call, node: string, pool: string): Promise<string | undefined> {
  const status = wire.object(await pve.api.nodes.$(node).ceph.pool.$(pool).status.$get({ verbose: true }));
  const statistics = wire.object(status["statistics"]);
  const [objects, stored] = [wire.integer(statistics["objects"]), wire.number(statistics["stored"])];
  if (objects === undefined || stored === undefined) return `pool ${pool} may hold data: Ceph does not tell how many`;
  const content = `pool ${pool} holds ${objects} objects (${inWords(stored)})`;
  // The count lags some seconds behind, and RBD keeps some objects for itself: the names tell.
  if (pve.process.ssh && objects <= few) {
    const names = await objectNames(pve, call, node, pool);
    const data = names.filter((name) => !leftByRbd.has(name));
    if (data.length === 0) return undefined;
    return `pool ${pool} holds ${data.length} objects${imagesIn(data)}`;
  }
  return objects === 0 ? undefined : content;
}

function imagesIn(names: readonly string[]): string {
  const images = names.flatMap((name) => /^rbd_id\.(.+)$/.exec(name)?.[1] ?? []);
  if (images.length === 0) return "";
  const shown = images.slice(0, 5).join(", ");
  return `, of images ${shown}${images.length > 5 ? ` and ${images.length - 5} more` : ""}`;
}

function inWords(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [bytes, 0];
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${Math.round(value * 10) / 10} ${units[unit]}`;
}

/** Storages of this cluster that are on a pool; `own` is the one that was added for it. */
export async function storagesOn(
  pve: Pve,
  pools: readonly string[],
  own: string,
): Promise<{ own: boolean; others: string[] }> {
  const rows = wire.list(await pve.api.storage.$get());
  const users = rows
    .filter(({ type, monhost }) => type === "rbd" && monhost === undefined)
    .filter(
      (row) => pools.includes(wire.string(row["pool"]) ?? "rbd") || pools.includes(wire.string(row["data-pool"]) ?? ""),
    )
    .map((row) => wire.string(row["storage"]) ?? "");
  return { own: users.includes(own), others: users.filter((id) => id !== own).sort() };
}

/** The file system that a pool belongs to; Ceph itself refuses to remove such a pool. */
export async function fileSystemOn(pve: Pve, node: string, pools: readonly string[]): Promise<string | undefined> {
  const rows = wire.list(await pve.api.nodes.$(node).ceph.fs.$get());
  const found = rows.find(
    (row) =>
      pools.includes(wire.string(row["metadata_pool"]) ?? "") ||
      wire.strings(row["data_pools"]).some((name) => pools.includes(name)),
  );
  return found && wire.string(found["name"]);
}
