import { backingStore } from "../storage/paths.js";
import { storages } from "../storage/sections.js";
import type { CephCluster, CephPool } from "../world/ceph.js";
import type { Volume } from "../world/storage.js";
import type { Cluster, World } from "../world/world.js";
import { bytesOf, objectsOf } from "./osd-usage.js";
import { isIn, osdsOfRule, ruleById } from "./osdmap.js";

const objectSize = 4 * 2 ** 20;

/** What an image takes: its header and its name, and pieces of 4 MiB of what was written (recording 60, n 130). */
interface Image {
  readonly name: string;
  readonly namespace: string;
  readonly pieces: number;
}

const imagesOf = (store: Readonly<Record<string, Volume>>, namespace: string): Image[] =>
  Object.entries(store).map(([name, volume]) => ({
    ...{ name, namespace },
    pieces: Math.ceil(volume.data / objectSize),
  }));

/** Images whose names and headers are in a pool, and those whose pieces are there. */
function imagesIn(world: World, pool: string): { headers: Image[]; data: Image[] } {
  const headers = Object.entries(world.shared).flatMap(([key, store]) => {
    const [, found, namespace = ""] = /^rbd:([^/]+)(?:\/(.+))?$/.exec(key) ?? [];
    return found === pool ? imagesOf(store, namespace) : [];
  });
  const elsewhere = allStorages(world).filter(({ options }) => options["data-pool"] !== undefined);
  const data = elsewhere
    .filter(({ options }) => options["data-pool"] === pool)
    .flatMap((storage) => imagesOf(world.shared[backingStore(storage)] ?? {}, ""));
  const dataElsewhere = elsewhere.some(({ options }) => (options.pool ?? "rbd") === pool);
  return { headers, data: [...data, ...(dataElsewhere ? [] : headers)] };
}

const allStorages = (world: World) =>
  Object.values(world.clusters).flatMap((cluster: Cluster) => storages(cluster).filter(({ type }) => type === "rbd"));

/** The objects of a pool as `rados ls --all` names them; what was written beside RBD has numbers for names. */
export function objectNames(world: World, cluster: CephCluster, pool: CephPool): { namespace: string; name: string }[] {
  const { headers, data } = imagesIn(world, pool.name);
  if (headers.length > 0) pool.heldImages = true;
  const own = pool.heldImages ? ["rbd_directory", "rbd_info", "rbd_children"] : [];
  return [
    ...own.map((name) => ({ namespace: "", name })),
    ...headers.flatMap(({ name, namespace }) => [
      { namespace, name: `rbd_id.${name}` },
      { namespace, name: `rbd_header.${name}` },
    ]),
    ...data.flatMap(({ name, namespace, pieces }) =>
      Array.from({ length: pieces }, (_, at) => ({
        namespace,
        name: `rbd_data.${name}.${at.toString(16).padStart(16, "0")}`,
      })),
    ),
    ...Array.from({ length: objectsOf(cluster, pool) }, (_, at) => ({ namespace: "", name: `object.${at}` })),
  ];
}

/** How many objects a pool holds and their bytes, images among them. */
export function contentOf(world: World, cluster: CephCluster, pool: CephPool): { objects: number; bytes: number } {
  const { headers, data } = imagesIn(world, pool.name);
  if (headers.length > 0) pool.heldImages = true;
  const pieces = data.reduce((sum, image) => sum + image.pieces, 0);
  return {
    objects: objectsOf(cluster, pool) + pieces + headers.length * 2 + (pool.heldImages ? 3 : 0),
    bytes: bytesOf(cluster, pool) + pieces * objectSize,
  };
}

/** With a pool its images are gone. */
export function dropImages(world: World, pool: string): void {
  for (const key of Object.keys(world.shared))
    if (key === `rbd:${pool}` || key.startsWith(`rbd:${pool}/`)) delete world.shared[key];
}

/** Space as Proxmox's RBD plugin tells it: what is stored, and what can be (PVE/Storage/RBDPlugin.pm status). */
export function rbdSpace(
  world: World,
  cluster: CephCluster,
  pool: CephPool,
): { total: number; used: number; avail: number } {
  const rule = ruleById(cluster.osdmap, pool.rule);
  const raw = (rule ? osdsOfRule(cluster, rule) : []).filter(isIn).reduce((sum, osd) => sum + osd.size, 0);
  const k = Number(cluster.osdmap.erasureProfiles[pool.erasureProfile ?? ""]?.["k"] ?? 1);
  const used = contentOf(world, cluster, pool).bytes;
  const avail = Math.max(0, Math.floor((raw * cluster.osdmap.fullRatio * k) / pool.size) - used);
  return { total: used + avail, used, avail };
}
