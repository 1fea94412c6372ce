import { die, textOf } from "../errors.js";
import type { TaskRun } from "../tasks.js";
import { effectiveBootOrder, printBootOrder } from "./boot-order.js";
import { cloneDisk } from "./clone.js";
import { configDigest, writeConfig } from "./config-file.js";
import {
  assertWritable,
  checkLock,
  isTemplate,
  loadVm,
  lockFile,
  type Log,
  type Vm,
  type VmContext,
  type Work,
} from "./context.js";
import { isCdrom, isDriveName, isPlainCdrom, parseDrive, printDrive, type Drive } from "./drive.js";
import { splitVolid } from "./drive-params.js";
import { prepareUpdate, runUpdate } from "./update.js";
import { addUnused, volumeInUse } from "./unused.js";

/** Parses a drive or an `unusedN` entry. */
function anyDrive(key: string, value: string): Drive {
  const drive = parseDrive(key, value);
  if (!drive?.file) throw die(`disk '${key}' has no associated volume`);
  return drive;
}

/** The worker of PUT resize: every check is made in the task. */
export function* resizeDisk(
  context: VmContext,
  vmid: number,
  request: { disk: string; size: string; digest?: string; skipLock: boolean },
  task: TaskRun,
): Work<void> {
  const { disks, rights } = context;
  const { disk } = request;
  yield* task.lock(lockFile(vmid));
  const vm = loadVm(context, vmid);
  if (request.digest && request.digest !== configDigest(vm))
    throw die("checksum mismatch (file change by other user?)");
  if (!request.skipLock) checkLock(vm.config);
  if (!vm.config[disk]) throw die(`disk '${disk}' does not exist`);
  const drive = anyDrive(disk, vm.config[disk]);
  const { storage, format } = disks.parse(drive.file);
  if (isCdrom(drive)) throw die("you can't resize a cdrom");
  rights.check(`/storage/${storage}`, "Datastore.AllocateSpace");
  const size = disks.find(drive.file)?.size;
  if (size === undefined) throw die(`volume '${drive.file}' does not exist`);
  const wanted = wantedSize(request.size, size);
  if (wanted < size) throw die("shrinking disks is not supported");
  if (wanted === size) return;
  if (!vm.running && disks.parse(drive.file).isBase && disks.storage(storage).files) {
    const path = disks.path(drive.file);
    task.log(`qemu-img: Could not open '${path}': Could not open '${path}': Operation not permitted`);
  }
  disks.resize(drive.file, wanted);
  yield 300;
  if (!vm.running && disks.storage(storage).files && format !== "vmdk") task.log("Image resized.");
  drive.size = wanted;
  assertWritable(context, vmid, task.task.pid);
  vm.config[disk] = printDrive(drive);
  writeConfig(vm);
}

function wantedSize(text: string, size: number): number {
  const match = /^(\+)?(\d+(?:\.\d+)?)([KMGT])?$/.exec(text);
  if (!match) throw die("internal error");
  const unit = 1024 ** ("KMGT".indexOf(match[3] ?? "?") + 1);
  return Math.trunc(Number(match[2]) * unit + (match[1] ? size : 0));
}

/** A request to move a disk to another storage. */
export interface MoveRequest {
  readonly vmid: number;
  readonly disk: string;
  readonly storage: string;
  readonly format?: string;
  readonly deleteSource: boolean;
  readonly digest?: string;
  readonly bwlimit?: number;
}

/** Checks a move, before the task and in it. */
export function checkMove(context: VmContext, request: MoveRequest): { vm: Vm; drive: Drive; from: string } {
  const { disks } = context;
  const vm = loadVm(context, request.vmid);
  checkLock(vm.config);
  assertUnmodified(request.digest, vm);
  const value = vm.config[request.disk];
  if (!value) throw die(`disk '${request.disk}' does not exist`);
  const drive = anyDrive(request.disk, value);
  if (isPlainCdrom(drive)) throw die("you can't move a cdrom");
  const { storage: from, format } = disks.parse(drive.file);
  if (from === request.storage && (!request.format || format === request.format)) {
    throw die("you can't move to the same storage with same format");
  }
  if (!disks.usableStorage(request.storage).content.has("images")) {
    throw die(`storage '${request.storage}' does not support vm images`);
  }
  if (request.deleteSource && volumeInUse(vm, drive.file, request.disk)) {
    throw die("you can't move a disk with snapshots and delete the source");
  }
  return { vm, drive, from };
}

function assertUnmodified(digest: string | undefined, vm: Vm): void {
  if (digest && digest !== configDigest(vm)) {
    throw die("detected modified configuration - file changed by other user? Try again.");
  }
}

/** The worker of a move to another storage; `makeBase` turns the copy into a base image when a template needs one. */
export function* moveDisk(
  context: VmContext,
  request: MoveRequest,
  task: TaskRun,
  makeBase: (vm: Vm, disk: string) => void,
): Work<void> {
  const log: Log = (line) => task.log(line);
  yield* task.lock(lockFile(request.vmid));
  const { vm, drive, from } = checkMove(context, request);
  const { disk, storage } = request;
  log(`copying volume '${drive.file}' from current storage '${from}' to target storage '${storage}'`);
  const made: string[] = [];
  try {
    const running = vm.running !== undefined;
    const target = { newid: vm.vmid, storage, ...pick(request) };
    const copied = yield* cloneDisk(
      context,
      vm,
      target,
      { key: disk, drive, full: true, last: false, running },
      made,
      log,
    );
    if (running && !disk.startsWith("unused")) {
      log(`mirror-${disk}: Completing block job...`);
      yield 500;
      log(`mirror-${disk}: Completed successfully.`);
      log(`mirror-${disk}: mirror-job finished`);
    }
    assertWritable(context, vm.vmid, task.task.pid);
    vm.config[disk] = printDrive(copied);
    if (!request.deleteSource) {
      const key = addUnused(vm, drive.file);
      log(`adding source volume '${drive.file}' as '${key ?? ""}' to config`);
    }
    if (isTemplate(vm.config)) makeBase(vm, disk);
    writeConfig(vm);
  } catch (error) {
    for (const volid of made) context.disks.free(volid).forEach(log);
    throw die(`storage migration failed: ${textOf(error)}`);
  }
  if (!request.deleteSource) return;
  log(`removing source volume '${drive.file}' after successful copy`);
  context.disks.free(drive.file).forEach(log);
}

function pick({ format, bwlimit }: MoveRequest): { format?: string; bwlimit?: number } {
  return { ...(format ? { format } : {}), ...(bwlimit === undefined ? {} : { bwlimit }) };
}

/** A request to give a disk to another VM. */
interface ReassignRequest {
  readonly vmid: number;
  readonly disk: string;
  readonly target: number;
  readonly targetDisk: string;
  readonly digest?: string;
  readonly targetDigest?: string;
}

/** Checks a reassignment, before the task and in it. */
export function checkReassign(context: VmContext, request: ReassignRequest): { from: Vm; to: Vm; drive: Drive } {
  const { vmid, target, disk, targetDisk } = request;
  const { guests } = context.cluster;
  const source = guests[String(vmid)];
  const destination = guests[String(target)];
  if (!source) throw die(`could not find VM ${vmid}`);
  if (!destination) throw die(`could not find target VM ${target}`);
  if (source.node !== destination.node) {
    throw die(`Both VMs need to be on the same node (${source.node} != ${destination.node})`);
  }
  const from = loadVm(context, vmid);
  checkLock(from.config);
  const to = loadVm(context, target);
  checkLock(to.config);
  if (isTemplate(from.config) || isTemplate(to.config)) throw die("Can't move disks from or to template VMs");
  const modified = "detected modified configuration - file changed by other user? Try again.";
  if (request.digest && request.digest !== configDigest(from)) throw die(`VM ${vmid}: ${modified}`);
  if (request.targetDigest && request.targetDigest !== configDigest(to)) throw die(`VM ${target}: ${modified}`);
  const value = from.config[disk];
  if (value === undefined) throw die(`Disk '${disk}' for VM '${vmid}' does not exist`);
  if (to.config[targetDisk]) throw die(`Target disk key '${targetDisk}' is already in use for VM '${target}'`);
  const drive = anyDrive(disk, value);
  if (isPlainCdrom(drive)) throw die("CD drive contents can't be moved to another VM");
  if (!splitVolid(drive.file)) throw die(`Volume '${drive.file}' not managed by PVE`);
  if (volumeInUse(from, drive.file, disk)) throw die("Can't move disk used by a snapshot to another VM");
  if (!context.disks.hasFeature("rename", drive.file)) {
    throw die("Storage does not support moving of this disk to another VM");
  }
  if (from.running && !disk.startsWith("unused")) {
    throw die("Cannot move disk to another VM while the source VM is running - detach first");
  }
  return { from, to, drive };
}

/** The worker of a reassignment. */
export function* reassignDisk(context: VmContext, request: ReassignRequest, task: TaskRun): Work<void> {
  const { vmid, target, disk, targetDisk } = request;
  const log: Log = (line) => task.log(line);
  yield* task.lock(lockFile(vmid));
  yield* task.lock(lockFile(target));
  const { from, to, drive } = checkReassign(context, request);
  log(`reassign disk '${disk}' from VM '${vmid}' as '${targetDisk}' to VM '${target}'`);
  assertWritable(context, vmid, task.task.pid);
  drive.file = context.disks.rename(drive.file, target);
  const order = effectiveBootOrder(from.config);
  if (order.includes(disk)) {
    log(`removing disk '${disk}' from boot order config`);
    from.config.boot = printBootOrder(order.filter((device) => device !== disk));
  }
  delete from.config[disk];
  log(`removing disk '${disk}' from VM '${vmid}' config`);
  writeConfig(from);
  const value = printDrive(drive);
  if (!isDriveName(targetDisk)) {
    to.config[targetDisk] = drive.file;
    writeConfig(to);
    return;
  }
  yield* runUpdate(context, prepareUpdate(context, { vmid: String(target), [targetDisk]: value }), log);
}
