import type { Json, Routes } from "../../call.js";
import { withQuorum } from "../../config-lock.js";
import { storages } from "../../storage/sections.js";
import { createStorage, deleteStorage, storageEntry, updateStorage } from "../../storage/storage-cfg.js";

const audit = ["Datastore.Audit", "Datastore.AllocateSpace"] as const;

/** `/storage`: the definitions of the cluster. */
export const definitionRoutes: Routes = {
  "GET /storage": (call) =>
    storages(call.cluster)
      .filter(({ id }) => call.rights.hasAny(`/storage/${id}`, ...audit))
      .filter(({ type }) => !call.has("type") || call.text("type") === type)
      .map(({ id }) => storageEntry(call.cluster, id) as Json),

  "GET /storage/{storage}": (call) => storageEntry(call.cluster, call.text("storage")) as Json,

  "POST /storage": async (call) => {
    await withQuorum(call, "storage.cfg", "create storage failed: ");
    return asJson(createStorage(call.world, call.node.name, call.params));
  },

  "PUT /storage/{storage}": async (call) => {
    await withQuorum(call, "storage.cfg", "update storage failed: ");
    return asJson(updateStorage(call.world, call.node.name, call.params));
  },

  "DELETE /storage/{storage}": async (call) => {
    await withQuorum(call, "storage.cfg", "delete storage failed: ");
    deleteStorage(call.world, call.node.name, call.text("storage"));
  },
};

function asJson(reply: object): Json {
  return { ...reply };
}
