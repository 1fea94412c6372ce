import type { Call, Json, Routes } from "../../call.js";
import { die, paramError } from "../../errors.js";
import { storageFormats, storageStatus, type StorageStatus } from "../../storage/activation.js";
import { isEnabled, storages } from "../../storage/sections.js";
import type { Storage } from "../../storage/types.js";
import { rrdData } from "../rrd.js";

/** `/nodes/{node}/storage`: what a node can do with its storages now. */
export const statusRoutes: Routes = {
  "GET /nodes/{node}/storage": (call) => {
    const content = call.has("content") ? call.list("content") : undefined;
    const wanted = storages(call.cluster).filter((storage) => holds(call, storage, content));
    if (call.has("storage") && !wanted.some(({ id }) => id === call.text("storage"))) {
      throw paramError({ storage: "No such storage." });
    }
    return wanted
      .filter(({ id }) => call.rights.hasAny(`/storage/${id}`, "Datastore.Audit", "Datastore.AllocateSpace"))
      .filter(({ id }) => !call.has("storage") || id === call.text("storage"))
      .filter(({ options }) => !call.flag("enabled") || !options.disable)
      .filter((storage) => reachesTarget(call, storage))
      .map((storage) => listEntry(call, storage));
  },

  "GET /nodes/{node}/storage/{storage}": () =>
    [
      ...["content", "download-url", "file-restore", "import-metadata", "identity", "oci-registry-pull"],
      ...["prunebackups", "rrd", "rrddata", "status", "upload"],
    ].map((subdir) => ({ subdir })),

  "GET /nodes/{node}/storage/{storage}/status": (call) => {
    const storage = storages(call.cluster).find(({ id }) => id === call.text("storage"));
    if (!storage) throw paramError({ storage: "No such storage." });
    return { ...storageStatus(call.world, call.node.name, storage) };
  },

  "GET /nodes/{node}/storage/{storage}/rrddata": (call) => {
    const storage = storages(call.cluster).find(({ id }) => id === call.text("storage"));
    const status = storage && storageStatus(call.world, call.node.name, storage);
    return rrdData(call, status?.active ? { total: status.total, used: status.used } : {});
  },

  "GET /nodes/{node}/storage/{storage}/rrd": () => {
    throw die("no rrd graphs in the simulator");
  },
};

/** With a content filter, storages that are disabled or on other nodes are left out as well. */
function holds(call: Call, storage: Storage, content: readonly string[] | undefined): boolean {
  if (content === undefined) return true;
  return isEnabled(storage, call.node.name) && content.some((type) => storage.content.some((held) => held === type));
}

/** Only shared storages are of use for another node, and only if both may use them. */
function reachesTarget(call: Call, storage: Storage): boolean {
  const target = call.params["target"];
  if (target === undefined || target === "localhost" || target === call.node.name) return true;
  const { nodes, options } = storage;
  return Boolean(options.shared) && [call.node.name, target].every((node) => nodes?.includes(node) ?? true);
}

function listEntry(call: Call, storage: Storage): Json {
  const status: StorageStatus = storageStatus(call.world, call.node.name, storage);
  const formats = call.flag("format") && status.enabled ? storageFormats(storage) : {};
  const fraction = status.total > 0 ? { used_fraction: status.used / status.total } : {};
  return { storage: storage.id, ...status, ...fraction, ...formats };
}
