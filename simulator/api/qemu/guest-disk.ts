import type { Call, Routes } from "../../call.js";
import { paramError } from "../../errors.js";
import {
  checkMove,
  checkReassign,
  moveDisk,
  reassignDisk,
  resizeDisk,
  type MoveRequest,
} from "../../qemu/disk-moves.js";
import { makeBases } from "./clone.js";
import { rootOnly, vmContext, vmidOf } from "./vm-call.js";

export const diskRoutes: Routes = {
  "PUT /nodes/{node}/qemu/{vmid}/resize": (call) => {
    rootOnly(call, "skiplock");
    const vmid = vmidOf(call);
    const { digest } = call.params;
    const request = {
      disk: call.text("disk"),
      size: call.text("size"),
      skipLock: call.flag("skiplock"),
      ...(digest ? { digest } : {}),
    };
    return call.task("resize", String(vmid), (task) => resizeDisk(vmContext(call), vmid, request, task));
  },
  "POST /nodes/{node}/qemu/{vmid}/move_disk": (call) => move(call),
};

function move(call: Call): string {
  const { storage, "target-vmid": target } = call.params;
  if (target && storage) {
    const text = "either set 'storage' or 'target-vmid', but not both";
    throw paramError({ "target-vmid": text, storage: text });
  }
  if (target) return reassign(call, Number(target));
  if (storage) return moveToStorage(call, storage);
  const text = "both 'storage' and 'target-vmid' missing, either needs to be set";
  throw paramError({ "target-vmid": text, storage: text });
}

function moveToStorage(call: Call, storage: string): string {
  call.rights.check(`/storage/${storage}`, "Datastore.AllocateSpace");
  const context = vmContext(call);
  const { format, digest } = call.params;
  const bwlimit = call.int("bwlimit");
  const request: MoveRequest = {
    vmid: vmidOf(call),
    disk: call.text("disk"),
    storage,
    deleteSource: call.flag("delete"),
    ...(format ? { format } : {}),
    ...(digest ? { digest } : {}),
    ...(bwlimit === undefined ? {} : { bwlimit }),
  };
  checkMove(context, request);
  return call.task("qmmove", String(request.vmid), (task) =>
    moveDisk(context, request, task, (vm, disk) => makeBases(context, vm, disk)),
  );
}

function reassign(call: Call, target: number): string {
  const context = vmContext(call);
  const vmid = vmidOf(call);
  const disk = call.text("disk");
  const { digest, "target-digest": targetDigest } = call.params;
  if (!call.rights.isRoot) call.rights.checkVm(target, undefined, "VM.Config.Disk");
  if (target === vmid) throw paramError({ "target-vmid": "must be different than source VMID to reassign disk" });
  const request = {
    vmid,
    disk,
    target,
    targetDisk: call.params["target-disk"] ?? disk,
    ...(digest ? { digest } : {}),
    ...(targetDigest ? { targetDigest } : {}),
  };
  const { drive } = checkReassign(context, request);
  call.rights.check(`/storage/${context.disks.parse(drive.file).storage}`, "Datastore.AllocateSpace");
  const id = `${vmid}-${disk}>${target}-${request.targetDisk}`;
  return call.task("qmmove", id, (task) => reassignDisk(context, request, task));
}
