import { die, denied, paramError, textOf } from "../../errors.js";
import type { Call, Routes } from "../../call.js";
import { randomMac, randomUuid } from "../../random.js";
import { addResource } from "../../ha/ha-resources.js";
import type { TaskRun } from "../../tasks.js";
import { joinPool } from "../../resources.js";
import { defaultBootDevices, printBootOrder } from "../../qemu/boot-order.js";
import { giveVmAddresses } from "../../qemu/vnet-addresses.js";
import { writeConfig, type Section } from "../../qemu/config-file.js";
import { lockFile, type Log, type Vm, type VmContext, type Work } from "../../qemu/context.js";
import { createDisks } from "../../qemu/create-disks.js";
import {
  checkDriveParams,
  checkStorageAccess,
  checkVolumeAccess,
  resolveCdromAlias,
  splitVolid,
} from "../../qemu/drive-params.js";
import { isDriveName } from "../../qemu/drive.js";
import { pinnedMachine, QEMU_VERSION } from "../../qemu/machine.js";
import { parseNet, printNet } from "../../qemu/network-device.js";
import { checkBridges, checkCpuModel, checkDevice, checkOptions, checkTags } from "../../qemu/permissions.js";
import { newSmbios, START_TIME, startVm } from "../../qemu/power.js";
import { assertSshKeys } from "../../qemu/ssh-keys.js";
import { uniqueTags } from "../../qemu/tags.js";
import { clampedCpuUnits, macPrefix } from "../../qemu/update.js";
import { assertQuorum, vmContext, vmidOf } from "./vm-call.js";

// parameters that are no options of the VM
const CREATE_ONLY =
  "node vmid archive bwlimit force pool start ha-managed storage unique live-restore import-working-storage".split(" ");

export const createRoutes: Routes = {
  "POST /nodes/{node}/qemu": (call) => createVm(call),
};

function createVm(call: Call): string {
  const context = vmContext(call);
  const vmid = vmidOf(call);
  const { pool, storage, archive } = call.params;
  const options: Section = { ...call.params };
  for (const key of CREATE_ONLY) delete options[key];
  if (options.sshkeys !== undefined) assertSshKeys(options.sshkeys);
  if (options.cpuunits !== undefined) options.cpuunits = clampedCpuUnits(options.cpuunits);
  assertQuorum(call);
  checkCreateRights(call, vmid, pool, storage);
  if (archive) checkArchive(context, vmid, archive, options);
  if (Object.keys(options).length > 0) prepareOptions(context, vmid, pool, options, storage, call);
  assertUnused(context, vmid);
  const vm: Vm = {
    vmid,
    type: "qemu",
    node: call.node.name,
    config: { lock: "create" },
    pending: {},
    pendingDelete: {},
    snapshots: {},
  };
  context.cluster.guests[String(vmid)] = vm;
  return call.task("qmcreate", String(vmid), function* (task) {
    try {
      yield* create(context, vm, options, task, pool, storage);
    } catch (error) {
      if (context.cluster.guests[String(vmid)] === vm) delete context.cluster.guests[String(vmid)];
      throw error;
    }
    if (call.flag("ha-managed")) addToHa(call, vmid, task);
    if (call.flag("start")) yield* autostart(context, vmid, task);
  });
}

function checkCreateRights(call: Call, vmid: number, pool: string | undefined, storage: string | undefined): void {
  const { rights } = call;
  if (pool !== undefined) rights.checkPoolExists(pool);
  if (storage !== undefined) rights.check(`/storage/${storage}`, "Datastore.AllocateSpace");
  if (call.flag("ha-managed")) rights.check("/", "Sys.Console");
  if (call.flag("start")) rights.checkVm(vmid, pool, "VM.PowerMgmt");
  if (rights.has(`/vms/${vmid}`, "VM.Allocate")) return;
  if (pool !== undefined && rights.has(`/pool/${pool}`, "VM.Allocate")) return;
  throw denied();
}

/** Backups are not simulated: an archive is never there. */
function checkArchive(context: VmContext, vmid: number, archive: string, options: Section): never {
  for (const key of Object.keys(options).sort()) {
    if (isDriveName(key)) throw paramError({ [key]: "option conflicts with option 'archive'" });
  }
  if (archive === "-") throw die("pipe requires cli environment");
  checkVolumeAccess(context, vmid, archive, "backup");
  throw die(splitVolid(archive) ? `volume '${archive}' does not exist` : `can't find file '${archive}'`);
}

function prepareOptions(
  context: VmContext,
  vmid: number,
  pool: string | undefined,
  options: Section,
  storage: string | undefined,
  call: Call,
): void {
  resolveCdromAlias(options);
  checkStorageAccess(context, vmid, options, storage, call.params["import-working-storage"]);
  checkOptions(context, vmid, pool, Object.keys(options));
  for (const key of Object.keys(options)) {
    if (/^(?:serial|usb|hostpci|virtiofs|rng)\d+$/.test(key)) checkDevice(context, vmid, pool, key, options[key] ?? "");
  }
  checkBridges(context, options);
  checkCpuModel(context, options.cpu);
  checkDriveParams(context, options);
  for (const key of Object.keys(options).sort()) {
    if (!/^net\d+$/.test(key)) continue;
    const net = parseNet(options[key] ?? "");
    net.macaddr ??= randomMac(context.world, macPrefix(context));
    options[key] = printNet(net);
  }
}

function assertUnused(context: VmContext, vmid: number): void {
  const taken = context.cluster.guests[String(vmid)];
  if (!taken) return;
  const kind = taken.type === "lxc" ? "CT" : "VM";
  throw die(`unable to create VM ${vmid} - ${kind} ${vmid} already exists on node '${taken.node}'`);
}

function* create(
  context: VmContext,
  vm: Vm,
  options: Section,
  task: TaskRun,
  pool: string | undefined,
  storage: string | undefined,
): Work<void> {
  const log: Log = (line) => task.log(line);
  const release = yield* task.lock(lockFile(vm.vmid), 1000);
  const config: Section = { ...options };
  let made: string[] = [];
  try {
    const { volids, drives } = yield* createDisks(context, { vmid: vm.vmid, config }, options, log, storage);
    made = volids;
    Object.assign(config, drives);
    completeConfig(context, vm.vmid, config, log);
    vm.config = config;
    writeConfig(vm);
    giveVmAddresses(context, vm.vmid, config);
  } catch (error) {
    for (const volid of made) context.disks.free(volid).forEach(log);
    throw die(`unable to create VM ${vm.vmid} - ${textOf(error)}`);
  }
  if (pool !== undefined) joinPool(context.cluster, pool, vm.vmid);
  release();
}

/** What every new VM gets that the request does not say. */
function completeConfig(context: VmContext, vmid: number, config: Section, log: Log): void {
  config.meta = `creation-qemu=${QEMU_VERSION},ctime=${context.clock.seconds()}`;
  if (!config.boot) config.boot = printBootOrder(defaultBootDevices(config));
  if (!config.smbios1) config.smbios1 = newSmbios(context);
  if ((config.vmgenid ?? "1") === "1" && config.arch !== "aarch64") config.vmgenid = randomUuid(context.world);
  const machine = pinnedMachine(config.machine, config.ostype, log);
  if (machine) config.machine = machine;
  if (config.tags !== undefined) {
    checkTags(context, vmid, "", uniqueTags(config.tags));
    config.tags = uniqueTags(config.tags);
  }
}

/** `ha-managed=1`: what goes wrong with it is only a line of the log. */
function addToHa(call: Call, vmid: number, task: TaskRun): void {
  task.log("Add as HA resource");
  try {
    addResource(call.cluster, `vm:${vmid}`, { state: call.flag("start") ? "started" : "stopped" });
  } catch (error) {
    task.log(textOf(error));
  }
}

/** `start=1`: the VM starts in the same task, and its failure is only a warning that nobody counts. */
function* autostart(context: VmContext, vmid: number, task: TaskRun): Work<void> {
  task.log("Execute autostart");
  context.tasks.start(context.node, "qmstart", String(vmid), context.rights.user, (start) =>
    startVm(context, vmid, start),
  );
  yield START_TIME + 200;
}
