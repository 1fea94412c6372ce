import type { Call, Routes } from "../../call.js";
import { die } from "../../errors.js";
import { pruneList, type PruneEntry } from "../../storage/prune.js";
import { free } from "../../storage/volumes.js";

/** `/nodes/{node}/storage/{storage}/prunebackups`, and what else concerns backups there. */
export const pruneRoutes: Routes = {
  "GET /nodes/{node}/storage/{storage}/prunebackups": (call) => listed(call).map((entry) => ({ ...entry })),

  "DELETE /nodes/{node}/storage/{storage}/prunebackups": (call) => {
    const storage = call.text("storage");
    const vmid = call.params["vmid"];
    if (vmid === undefined) call.rights.check(`/storage/${storage}`, "Datastore.Allocate");
    else {
      call.rights.check(`/storage/${storage}`, "Datastore.AllocateSpace");
      call.rights.check(`/vms/${vmid}`, "VM.Backup");
    }
    const id = vmid === undefined ? storage : `${vmid}@${storage}`;
    return call.task("prunebackups", id, function* (task) {
      yield 100;
      for (const { volid, mark } of listed(call)) {
        if (mark !== "remove") continue;
        task.log(`removing backup '${volid}'`);
        free(call.world, call.node.name, volid);
      }
    });
  },

  "GET /nodes/{node}/storage/{storage}/file-restore/list": () => {
    throw die("File restore is only available for Proxmox Backup Server");
  },
};

function listed(call: Call): PruneEntry[] {
  const filter = { keep: call.params["prune-backups"], vmid: call.int("vmid"), type: call.params["type"] };
  return pruneList(call.world, call.node.name, call.text("storage"), filter);
}
