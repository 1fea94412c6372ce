import { die, textOf } from "../errors.js";
import { randomUuid } from "../random.js";
import type { TaskRun } from "../tasks.js";
import { writeConfig, type Section } from "./config-file.js";
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
import { drivesOf, isCdrom, isPlainCdrom, type Drive } from "./drive.js";
import { agentEnabled, agentRuns } from "./guest-system.js";
import { memoryOf } from "./machine.js";
import { poweredOff, powerOn } from "./power.js";
import { renderBytes } from "./size.js";
import { addUnused } from "./unused.js";
import { saveState, stateStorage } from "./vm-state.js";

const NOT_IN_SNAPSHOT = /^(?:unused\d+|lock|vmstate|snaptime|snapstate|description)$/;

const disksOf = (section: Section): [string, Drive][] => drivesOf(section).filter(([, drive]) => !isCdrom(drive));

/** Whether every disk of a configuration can be snapshotted, cloned or copied (`has_feature`). */
export function hasDiskFeature(context: VmContext, section: Section, feature: string, snapshot?: string): boolean {
  return disksOf(section).every(([, drive]) => context.disks.hasFeature(feature, drive.file, snapshot));
}

/** The worker that takes a snapshot. */
export function* createSnapshot(
  context: VmContext,
  vmid: number,
  name: string,
  options: { state: boolean; description?: string },
  task: TaskRun,
): Work<void> {
  const log: Log = (line) => task.log(line);
  const release = yield* task.lock(lockFile(vmid));
  const vm = loadVm(context, vmid);
  if (isTemplate(vm.config)) throw die("you can't take a snapshot if it's a template");
  checkLock(vm.config);
  if (vm.snapshots[name]) throw die(`snapshot name '${name}' already used`);
  if (!hasDiskFeature(context, vm.config, "snapshot")) throw die("snapshot feature is not available");
  assertWritable(context, vmid, task.task.pid);
  const { parent, ...config } = vm.config;
  for (const key of Object.keys(config)) if (NOT_IN_SNAPSHOT.test(key)) delete config[key];
  const state = options.state && vm.running ? saveState(context, vm, name) : undefined;
  state?.log.forEach(log);
  vm.config.lock = "snapshot";
  vm.snapshots[name] = {
    config,
    snaptime: context.clock.seconds(),
    ...(parent ? { parent } : {}),
    ...(options.description ? { description: options.description } : {}),
    ...(state ? { vmstate: state.volid } : {}),
  };
  writeConfig(vm);
  release();
  const taken: string[] = [];
  try {
    if (vm.running && !state) logFreeze(context, vm, log);
    if (state) yield* saveMemory(context, vm, log);
    for (const [key, drive] of disksOf(config)) {
      log(`snapshotting 'drive-${key}' (${drive.file})`);
      yield 500;
      if (vm.running && context.disks.parse(drive.file).format === "qcow2") log("internal qemu snapshot");
      context.disks.snapshot(drive.file, name);
      taken.push(drive.file);
    }
  } catch (error) {
    log("snapshot create failed: starting cleanup");
    for (const volid of taken) context.disks.deleteSnapshot(volid, name);
    if (state) context.disks.free(state.volid);
    delete vm.snapshots[name];
    delete vm.config.lock;
    writeConfig(vm);
    throw die(textOf(error));
  }
  yield* task.lock(lockFile(vmid));
  delete vm.config.lock;
  vm.config.parent = name;
  writeConfig(vm);
}

function logFreeze(context: VmContext, vm: Vm, log: Log): void {
  if (!agentEnabled(vm)) log("skipping guest filesystem freeze - disabled in VM options");
  else if (!agentRuns(context, vm)) log("skipping guest filesystem freeze - agent configured but not running?");
}

function* saveMemory(context: VmContext, vm: Vm, log: Log): Work<void> {
  const seconds = Math.max(1, Math.round(memoryOf(vm.config) / 1024));
  log(`saving VM state and RAM using storage '${stateStorage(context, vm)}'`);
  yield seconds * 1000;
  log(`completed saving the VM state in ${seconds}s, saved ${renderBytes((memoryOf(vm.config) * 1024 * 1024) / 4)}`);
}

/** The worker that deletes a snapshot. */
export function* deleteSnapshot(
  context: VmContext,
  vmid: number,
  name: string,
  force: boolean,
  task: TaskRun,
): Work<void> {
  const log: Log = (line) => task.log(line);
  const release = yield* task.lock(lockFile(vmid));
  const vm = loadVm(context, vmid);
  const snapshot = existing(vm, name);
  checkLock(vm.config);
  assertWritable(context, vmid, task.task.pid);
  vm.config.lock = "snapshot-delete";
  writeConfig(vm);
  release();
  if (isTemplate(vm.config)) throw die("you can't delete a snapshot if vm is a template");
  if (snapshot.vmstate) context.disks.free(snapshot.vmstate).forEach(log);
  const volumes: string[] = [];
  for (const [, drive] of disksOf(snapshot.config)) {
    yield 500;
    try {
      context.disks.deleteSnapshot(drive.file, name);
    } catch (error) {
      if (!force) throw error;
      log(textOf(error));
    }
    volumes.push(drive.file);
  }
  yield* task.lock(lockFile(vmid));
  unlinkParent(vm, name, snapshot.parent);
  delete vm.snapshots[name];
  delete vm.config.lock;
  for (const volid of volumes) addUnused(vm, volid);
  writeConfig(vm);
}

function existing(vm: Vm, name: string): Vm["snapshots"][string] {
  const snapshot = vm.snapshots[name];
  if (!snapshot) throw die(`snapshot '${name}' does not exist`);
  return snapshot;
}

function unlinkParent(vm: Vm, name: string, parent: string | undefined): void {
  for (const child of [vm.config, ...Object.values(vm.snapshots)]) {
    if (child.parent !== name) continue;
    if (parent) child.parent = parent;
    else delete child.parent;
  }
}

/** The worker that goes back to a snapshot. */
export function* rollback(context: VmContext, vmid: number, name: string, task: TaskRun): Work<void> {
  const log: Log = (line) => task.log(line);
  const release = yield* task.lock(lockFile(vmid));
  const vm = loadVm(context, vmid);
  if (isTemplate(vm.config)) throw die("you can't rollback if vm is a template");
  const snapshot = existing(vm, name);
  checkLock(vm.config);
  if (vm.running) {
    yield 1000;
    poweredOff(context, vm, log);
  }
  assertWritable(context, vmid, task.task.pid);
  vm.config.lock = "rollback";
  writeConfig(vm);
  release();
  yield 500 * disksOf(snapshot.config).length;
  const releaseAgain = yield* task.lock(lockFile(vmid));
  const kept = new Set(
    drivesOf(snapshot.config)
      .filter(([, drive]) => !isPlainCdrom(drive))
      .map(([, drive]) => drive.file),
  );
  for (const [, drive] of drivesOf(vm.config)) {
    if (isPlainCdrom(drive) || kept.has(drive.file)) continue;
    if (/vm-\d+-cloudinit/.test(drive.file)) {
      log(`found unused cloudinit disk '${drive.file}', removing it`);
      context.disks.free(drive.file);
    } else addUnused(vm, drive.file);
  }
  const config: Section = { ...snapshot.config, parent: name };
  for (const [key, value] of Object.entries(vm.config)) {
    if (/^unused\d+$/.test(key) || key === "description") config[key] = value;
  }
  if (config.vmgenid) config.vmgenid = randomUuid(context.world);
  vm.config = config;
  vm.pending = {};
  vm.pendingDelete = {};
  writeConfig(vm);
  if (snapshot.vmstate) yield* powerOn(context, vm, log);
  releaseAgain();
}
