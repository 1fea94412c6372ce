import type { Call, Json, Routes } from "../../call.js";
import { die, paramError, PveError } from "../../errors.js";
import { refuse } from "../../fail.js";
import { listContent, updateVolume, volidOf, volumeInfo } from "../../storage/content.js";
import { pathOf } from "../../storage/paths.js";
import { storageOf } from "../../storage/sections.js";
import { parseVolumeName, volidParts } from "../../storage/volume-names.js";
import { allocate, free } from "../../storage/volumes.js";
import type { TaskRun } from "../../tasks.js";

/** `/nodes/{node}/storage/{storage}/content`: volumes. */
export const contentRoutes: Routes = {
  "GET /nodes/{node}/storage/{storage}/content": (call) => {
    const filter = { content: call.params["content"], vmid: call.int("vmid") };
    const entries = listContent(call.world, call.node.name, call.text("storage"), filter);
    return entries.filter(({ volid }) => mayRead(call, volid)) as unknown as Json;
  },

  "POST /nodes/{node}/storage/{storage}/content": (call) => {
    const name = call.text("filename");
    const extension = /\.(raw|qcow2|vmdk)$/.exec(name)?.[1];
    const format = call.params["format"];
    if (extension !== undefined && format !== undefined && format !== extension) {
      throw paramError({ format: `different storage formats (${format} != ${extension})` });
    }
    return allocate(call.world, call.node.name, {
      storage: call.text("storage"),
      vmid: Number(call.text("vmid")),
      name,
      kibibytes: kibibytes(call.text("size")),
      now: call.clock.seconds(),
      ...((extension ?? format) ? { format: extension ?? format ?? "" } : {}),
    });
  },

  "GET /nodes/{node}/storage/{storage}/content/{volume}": (call) => {
    const volid = volidOf(call.text("storage"), call.text("volume"));
    checkRead(call, volid);
    return volumeInfo(call.world, call.node.name, volid) as Json;
  },

  "PUT /nodes/{node}/storage/{storage}/content/{volume}": (call) => {
    const volid = volidOf(call.text("storage"), call.text("volume"));
    checkRead(call, volid);
    const protect = call.has("protected") ? call.flag("protected") : undefined;
    updateVolume(call.world, call.node.name, volid, { notes: call.params["notes"], protect });
  },

  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": (call) => {
    const storage = call.text("storage");
    const volid = volidOf(storage, call.text("volume"));
    const { content, vmid } = parsed(call, volid);
    pathOf(call.world, call.node.name, volid);
    if (content === "backup" && vmid !== undefined) {
      call.rights.check(`/storage/${storage}`, "Datastore.AllocateSpace");
      call.rights.check(`/vms/${vmid}`, "VM.Backup");
    } else {
      call.rights.check(`/storage/${storage}`, "Datastore.Allocate");
    }
    const owner = vmid === undefined ? storage : `${vmid}@${storage}`;
    const upid = call.task("imgdel", owner, function* (task) {
      yield 50;
      removeVolume(call, volid, task);
    });
    return finishedWithin(call, upid);
  },

  "POST /nodes/{node}/storage/{storage}/content/{volume}": (call) => {
    const source = volidOf(call.text("storage"), call.text("volume"));
    const target = volidOf(call.text("storage"), call.text("target"));
    return call.task("imgcopy", "", function* (task) {
      task.log(`DEBUG: starting worker ${task.task.upid}`);
      yield 100;
      parsed(call, target);
      throw die(`can't copy '${source}' to '${target}': the simulator does not copy between nodes`);
    });
  },
};

function kibibytes(size: string): number {
  const [, digits = "0", unit] = /^(\d+)([MG]?)$/.exec(size) ?? refuse({ size: `unable to parse size '${size}'` });
  return Number(digits) * (unit === "G" ? 1024 * 1024 : unit === "M" ? 1024 : 1);
}

function removeVolume(call: Call, volid: string, task: TaskRun): void {
  for (const warning of free(call.world, call.node.name, volid)) task.log(warning);
  task.log(`Removed volume '${volid}'`);
}

/** With `delay` the call waits for the task: nothing to say when it ends well in time. */
async function finishedWithin(call: Call, upid: string): Promise<string | null> {
  const delay = call.int("delay");
  if (delay === undefined) return upid;
  const end = call.clock.now() + delay * 1000;
  while (call.tasks.isActive(upid) && call.clock.now() < end) await call.clock.sleep(1000);
  const status = call.node.tasks.find((task) => task.upid === upid)?.status;
  if (status === undefined) return upid;
  if (status === "OK" || /^WARNINGS: \d+$/.test(status)) return null;
  throw die(status);
}

function parsed(call: Call, volid: string) {
  const { storage, name } = volidParts(volid);
  return parseVolumeName(storageOf(call.cluster, storage), name);
}

/** `check_volume_access` in PVE/Storage.pm. */
export function checkRead(call: Call, volid: string): void {
  const { storage } = volidParts(volid);
  const { content, vmid } = parsed(call, volid);
  const path = `/storage/${storage}`;
  if (call.rights.has(path, "Datastore.Allocate")) return;
  if (content === "iso" || content === "vztmpl" || content === "import") {
    call.rights.checkAny(path, "Datastore.AllocateSpace", "Datastore.Audit");
  } else if (content === "backup" && vmid !== undefined) {
    call.rights.check(path, "Datastore.AllocateSpace");
    call.rights.check(`/vms/${vmid}`, "VM.Backup");
  } else if (content === "images" && vmid !== undefined) {
    call.rights.check(path, "Datastore.Audit");
    call.rights.check(`/vms/${vmid}`, "VM.Config.Disk");
  } else {
    throw die(`missing privileges to access ${volid}`);
  }
}

function mayRead(call: Call, volid: string): boolean {
  try {
    checkRead(call, volid);
    return true;
  } catch (error) {
    if (error instanceof PveError) return false;
    throw error;
  }
}
