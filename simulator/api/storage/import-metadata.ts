import type { Routes } from "../../call.js";
import { die } from "../../errors.js";
import { storageOf } from "../../storage/sections.js";
import { parseVolumeName } from "../../storage/volume-names.js";
import { checkRead } from "./content.js";

export const importRoutes: Routes = {
  "GET /nodes/{node}/storage/{storage}/import-metadata": (call) => {
    const storage = storageOf(call.cluster, call.text("storage"));
    const volume = call.text("volume");
    checkRead(call, `${storage.id}:${volume}`);
    if (!["dir", "nfs", "cifs", "cephfs", "btrfs", "esxi"].includes(storage.type)) {
      throw die("storage does not support the importer API");
    }
    const { content, format } = parseVolumeName(storage, volume);
    if (content !== "import") throw die(`invalid content type '${content}'`);
    if (format !== "ova" && format !== "ovf") throw die("invalid format");
    throw die("could not open OVF: the simulator reads no OVF descriptors");
  },
};
