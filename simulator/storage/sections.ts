import { PveError } from "../errors.js";
import { fail } from "../fail.js";
import { splitList } from "../formats/list.js";
import type { StorageConfig } from "../world/storage.js";
import type { Cluster, World } from "../world/world.js";
import { numericOptions, storageTypes } from "./storage-types.js";
import type { ContentType, Storage, StorageType } from "./types.js";

/** The definition that every installation has, written in `storage.cfg` or not. */
const implicitLocal: StorageConfig = {
  type: "dir",
  path: "/var/lib/vz",
  content: "backup,images,iso,rootdir,snippets,vztmpl",
  "prune-backups": "keep-all=1",
};

/** The cluster file system that a node sees. */
export function clusterOf(world: World, node: string): Cluster {
  const cluster = world.clusters[world.nodes[node]?.cluster ?? ""];
  if (!cluster) throw new Error(`node '${node}' is in no cluster of this world`);
  return cluster;
}

/** The sections of storage.cfg, `local` among them: when it is not written on `/var/lib/vz`, it exists all the same. */
export function sections(cluster: Cluster): Record<string, StorageConfig> {
  const { local, ...others } = cluster.storages;
  const isLocal = local?.type === "dir" && (local.path ?? "/var/lib/vz") === "/var/lib/vz";
  return isLocal ? cluster.storages : { ...others, local: implicitLocal };
}

/** A section with the defaults of its type. */
export function readSection(id: string, section: StorageConfig): Storage {
  const { type: name, content, nodes, "content-dirs": contentDirs, ...rest } = section;
  const type = storageTypes[name as StorageType];
  const options = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, numericOptions.has(key) ? Number(value) : value]),
  );
  return {
    id,
    type: name as StorageType,
    content: content === undefined ? type.content.default : (splitList(content) as ContentType[]),
    ...(nodes === undefined || id === "local" ? {} : { nodes: splitList(nodes) }),
    ...(contentDirs === undefined ? {} : { contentDirs: parseContentDirs(contentDirs) }),
    options: { ...options, ...(type.shared ? { shared: 1 } : {}) },
  };
}

function parseContentDirs(text: string): Record<string, string> {
  return Object.fromEntries(
    splitList(text).map((entry) => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

/** The storages of a cluster as Proxmox reads them. */
export function storages(cluster: Cluster): Storage[] {
  return Object.entries(sections(cluster)).map(([id, section]) => readSection(id, section));
}

/** One storage as Proxmox reads it; ends the request when there is none of that name. */
export function storageOf(cluster: Cluster, id: string): Storage {
  const section = sections(cluster)[id];
  return section ? readSection(id, section) : fail(`storage '${id}' does not exist`);
}

/** The storage as a node sees it; ends the request when it is disabled or restricted to other nodes. */
export function enabledStorage(world: World, node: string, id: string): Storage {
  const storage = storageOf(clusterOf(world, node), id);
  if (storage.options.disable) return fail(`storage '${id}' is disabled`);
  if (storage.nodes && !storage.nodes.includes(node)) {
    return fail(`storage '${id}' is not available on node '${node}'`);
  }
  return storage;
}

/** Whether the definition lets the node use the storage. */
export function isEnabled(storage: Storage, node: string): boolean {
  return !storage.options.disable && (storage.nodes?.includes(node) ?? true);
}

/** Whether an action is possible; errors other than Proxmox' are passed on. */
export function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof PveError) return false;
    throw error;
  }
}
