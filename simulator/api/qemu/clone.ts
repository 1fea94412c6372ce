import type { Call, Routes } from "../../call.js";
import { die } from "../../errors.js";
import { cloneVm, planClone, type CloneRequest } from "../../qemu/clone.js";
import { writeConfig } from "../../qemu/config-file.js";
import {
  assertWritable,
  assertVmOnNode,
  checkLock,
  isTemplate,
  loadVm,
  lockFile,
  type Vm,
  type VmContext,
} from "../../qemu/context.js";
import { checkDestroy, destroyVm } from "../../qemu/destroy.js";
import { drivesOf, isCdrom, printDrive } from "../../qemu/drive.js";
import { assertQuorum, rootOnly, vmContext, vmidOf } from "./vm-call.js";

export const cloneRoutes: Routes = {
  "POST /nodes/{node}/qemu/{vmid}/clone": (call) => clone(call),
  "POST /nodes/{node}/qemu/{vmid}/template": (call) => template(call),
  "DELETE /nodes/{node}/qemu/{vmid}": (call) => {
    rootOnly(call, "skiplock");
    const context = vmContext(call);
    const vmid = vmidOf(call);
    checkDestroy(context, vmid, call.flag("purge"));
    const options = {
      skipLock: call.flag("skiplock"),
      purge: call.flag("purge"),
      unreferenced: call.flag("destroy-unreferenced-disks"),
    };
    return call.task("qmdestroy", String(vmid), (task) => destroyVm(context, vmid, options, task));
  },
};

function clone(call: Call): string {
  const context = vmContext(call);
  const { name, description, snapname, storage, format, target, pool } = call.params;
  const bwlimit = call.int("bwlimit");
  const request: CloneRequest = {
    vmid: vmidOf(call),
    newid: Number(call.text("newid")),
    ...(name ? { name } : {}),
    ...(description ? { description } : {}),
    ...(call.has("full") ? { full: call.flag("full") } : {}),
    ...(snapname ? { snapname } : {}),
    ...(storage ? { storage } : {}),
    ...(format === undefined ? {} : { format }),
    ...(target && target !== call.node.name && target !== "localhost" ? { target } : {}),
    ...(pool === undefined ? {} : { pool }),
    ...(bwlimit === undefined ? {} : { bwlimit }),
  };
  assertVmOnNode(context, request.vmid);
  assertQuorum(call);
  planClone(context, request);
  return call.task("qmclone", String(request.vmid), (task) => cloneVm(context, request, task));
}

function template(call: Call): string {
  const context = vmContext(call);
  const vmid = vmidOf(call);
  const { disk } = call.params;
  checkTemplate(context, vmid, disk);
  return call.task("qmtemplate", String(vmid), function* (task) {
    yield* task.lock(lockFile(vmid));
    const vm = checkTemplate(context, vmid, disk);
    assertWritable(context, vmid, task.task.pid);
    vm.config.template = "1";
    writeConfig(vm);
    yield 500;
    makeBases(context, vm, disk);
  });
}

function checkTemplate(context: VmContext, vmid: number, disk: string | undefined): Vm {
  const vm = loadVm(context, vmid);
  checkLock(vm.config);
  if (Object.keys(vm.snapshots).length > 0) throw die("unable to create template, because VM contains snapshots");
  if (isTemplate(vm.config) && !disk) throw die("you can't convert a template to a template");
  if (vm.running) throw die("you can't convert a VM to template if VM is running");
  return vm;
}

/** Turns a template's disks into base images where their storage can; others stay as they are. */
export function makeBases(context: VmContext, vm: Vm, only?: string): void {
  for (const [key, drive] of drivesOf(vm.config)) {
    if (isCdrom(drive) || (only && key !== only) || !context.disks.hasFeature("template", drive.file)) continue;
    drive.file = context.disks.makeBase(drive.file);
    vm.config[key] = printDrive(drive);
    writeConfig(vm);
  }
}
