import type { Routes } from "../../call.js";
import { paramError, PveError } from "../../errors.js";
import { storageOf } from "../../storage/sections.js";
import { parseVolumeName, volidParts } from "../../storage/volume-names.js";

/** What vzdump assumes; a storage adds its own retention and directory. */
const defaults = {
  ...{ all: 0, bwlimit: 0, compress: "0", ionice: 7, lockwait: 180, mailnotification: "always", mode: "snapshot" },
  ...{ "notification-mode": "auto", pigz: 0, quiet: 0, remove: 1, stdexcludes: 1, stop: 0, stopwait: 10, zstd: 1 },
  fleecing: { enabled: 0 },
  performance: { "max-workers": 16, "pbs-entries-max": 1048576 },
};

/** `/nodes/{node}/vzdump`: reads and refusals; the simulator makes no backups. */
export const backupRoutes: Routes = {
  "GET /nodes/{node}/vzdump/defaults": (call) => {
    const storage = storageOf(call.cluster, call.params["storage"] ?? "local");
    const retention = storage.options["prune-backups"] ?? "keep-all=1";
    const directory = storage.options["path"] === undefined ? {} : { dumpdir: `${storage.options["path"]}/dump` };
    return { ...defaults, ...directory, storage: storage.id, "prune-backups": retention };
  },

  "GET /nodes/{node}/vzdump/extractconfig": (call) => {
    const { storage, name } = volidParts(call.text("volume"));
    parseVolumeName(storageOf(call.cluster, storage), name);
    throw notBuilt("GET", `/nodes/${call.node.name}/vzdump/extractconfig`);
  },

  "POST /nodes/{node}/vzdump": (call) => {
    if (!call.has("vmid") && !call.flag("all") && !call.has("pool")) {
      throw paramError({ vmid: "property is missing" });
    }
    throw notBuilt("POST", `/nodes/${call.node.name}/vzdump`);
  },
};

function notBuilt(method: string, path: string): PveError {
  return new PveError(501, `Method '${method} ${path}' not implemented`);
}
