import { die } from "../errors.js";
import { randomUuid } from "../random.js";
import type { TaskRun } from "../tasks.js";
import { applyPending, regenerateCloudinit, type OptionErrors } from "./apply-pending.js";
import { CLOUDINIT_SIZE, cloudinitDrive } from "./cloudinit.js";
import { writeConfig } from "./config-file.js";
import {
  assertWritable,
  assertVmOnNode,
  checkLock,
  isTemplate,
  loadVm,
  lockFile,
  type Log,
  type Vm,
  type VmContext,
  type Work,
} from "./context.js";
import { parseDrive } from "./drive.js";
import { splitVolid } from "./drive-params.js";
import { agentEnabled, agentRuns, bootableSystem, BOOT_TIME } from "./guest-system.js";
import { QEMU_VERSION } from "./machine.js";
import { hasPending } from "./pending.js";
import { parseProperties } from "./property-string.js";
import { assertStartable } from "./start-checks.js";
import { completeVmAddresses } from "./vnet-addresses.js";
import { saveState } from "./vm-state.js";

/** Milliseconds that a VM takes to start. */
export const START_TIME = 1500;
const QUIT_TIME = 1000;
/** Milliseconds that an operating system takes to go down. */
const SHUTDOWN_TIME = 2500;

/** Starts a VM (`vm_start`). */
export function* startVm(context: VmContext, vmid: number, task: TaskRun, skipLock = false): Work<void> {
  const release = yield* task.lock(lockFile(vmid));
  const vm = loadVm(context, vmid);
  if (isTemplate(vm.config)) throw die("you can't start a vm if it's a template");
  const suspended = vm.config.lock === "suspended";
  if (vm.config.lock === "backup" && vm.running) delete vm.running.paused;
  else {
    if (!skipLock && !suspended) checkLock(vm.config);
    if (vm.running) throw die(`VM ${vmid} already running`);
    yield* powerOn(
      context,
      vm,
      (line) => task.log(line),
      (line) => task.warn(line),
    );
  }
  release();
}

/** Powers on a VM whose lock is held (`vm_start_nolock`). */
export function* powerOn(context: VmContext, vm: Vm, log: Log, warn: Log = log): Work<void> {
  const resumes = vm.config.lock === "suspended" || vm.config.vmstate !== undefined;
  if (!resumes && hasPending(vm)) applyPending(context, vm, {}, log);
  generateCloudinit(context, vm, log);
  if (resumes) log("Resuming suspended VM");
  warnOfOldCertificates(vm, log, warn);
  assertStartable(context, vm.config, log);
  completeVmAddresses(context, context.node, vm.vmid, vm.config, log);
  yield START_TIME;
  const os = bootableSystem(context, vm);
  vm.running = {
    pid: context.node.nextPid++,
    since: context.clock.now(),
    booting: context.clock.now() - (resumes ? BOOT_TIME : 0),
    ...(os ? { os: { ...os, agent: os.agent && agentEnabled(vm) } } : {}),
  };
  if (resumes) dropState(context, vm);
}

/** Secure boot with keys of which some end in 2026 (`check_efi_vars`). */
function warnOfOldCertificates(vm: Vm, log: Log, warn: Log): void {
  const efidisk = parseDrive("efidisk0", vm.config.efidisk0 ?? "");
  if (efidisk?.options["pre-enrolled-keys"] !== "1" || efidisk.options["ms-cert"] === "2023k") return;
  warn("EFI disk without 'ms-cert=2023k' option, suggesting that not all UEFI 2023");
  const lines = [
    "certificates from Microsoft are enrolled yet.",
    "The UEFI 2011 certificates expire in June 2026! The new certificates are required",
    "for secure boot update for Windows and common Linux distributions.",
    "Use 'Disk Action > Enroll Updated Certificates' in the UI or, while the VM is",
    `shut down, run 'qm enroll-efi-keys ${vm.vmid}' to enroll the new certificates.`,
    "",
    "For Windows with BitLocker, run the following command inside Powershell:",
    "  manage-bde -protectors -disable <drive>",
    "for each drive with BitLocker (for example, <drive> could be 'C:').",
    "This is required for each drive with BitLocker before proceeding with enrollment.",
    "Otherwise, you will be prompted for the BitLocker recovery key on the next boot.",
  ];
  lines.forEach(log);
}

function dropState(context: VmContext, vm: Vm): void {
  const { vmstate } = vm.config;
  if (vmstate) context.disks.free(vmstate);
  for (const key of ["lock", "vmstate", "runningmachine", "runningcpu", "running-nets-host-mtu"]) {
    delete vm.config[key];
  }
  writeConfig(vm);
}

/** Writes the cloud-init image anew; a volume that is gone is made again. */
function generateCloudinit(context: VmContext, vm: Vm, log: Log): void {
  const key = cloudinitDrive(vm.config);
  const drive = key === undefined ? undefined : parseDrive(key, vm.config[key] ?? "");
  if (!drive) return;
  for (const volid of Object.values(parseProperties(vm.config.cicustom ?? ""))) {
    if (!context.disks.find(volid)) throw die(`volume '${volid}' does not exist`);
  }
  if (!context.disks.find(drive.file)) {
    const { name, format } = context.disks.parse(drive.file);
    const storage = splitVolid(drive.file)?.storage ?? "";
    context.disks.allocate(storage, { vmid: vm.vmid, format, name, size: CLOUDINIT_SIZE }).log.forEach(log);
  }
  log("generating cloud-init ISO");
  regenerateCloudinit(vm);
}

/** How a VM is stopped. */
interface StopOptions {
  readonly skipLock?: boolean;
  /** Ask the guest instead of pulling the plug. */
  readonly shutdown?: boolean;
  /** Pull the plug when the guest does not go down in time. */
  readonly force?: boolean;
  /** Seconds. */
  readonly timeout?: number;
}

/** Stops a VM (`vm_stop`). */
export function* stopVm(context: VmContext, vmid: number, task: TaskRun, options: StopOptions): Work<void> {
  const release = yield* task.lock(lockFile(vmid));
  const vm = assertVmOnNode(context, vmid);
  if (vm.running) yield* powerOff(context, vm, options, (line) => task.log(line));
  release();
}

/** Stops a running VM whose lock is held (`_do_vm_stop`), and applies what was pending. */
function* powerOff(context: VmContext, vm: Vm, options: StopOptions, log: Log): Work<void> {
  if (!options.skipLock) checkLock(vm.config);
  const down = parseProperties(vm.config.startup ?? "", { defaultKey: "order" }).down;
  const timeout = options.timeout ?? (options.shutdown && down ? Number(down) : 60);
  const { shutdown = false, force = !shutdown } = options;
  if (shutdown && agentEnabled(vm) && !agentRuns(context, vm)) {
    log(`QEMU Guest Agent is not running - VM ${vm.vmid} qga command 'guest-ping' failed - got timeout`);
    yield 3000;
  }
  const needed = shutdown ? shutdownTime(context, vm) : QUIT_TIME;
  if (needed > timeout * 1000) {
    yield timeout * 1000;
    if (!force) throw die("VM quit/powerdown failed - got timeout");
    log("VM still running - terminating now with SIGTERM");
    yield QUIT_TIME;
  } else yield needed;
  poweredOff(context, vm, log);
}

/** Milliseconds until the guest is down; without an operating system it never is. */
function shutdownTime(context: VmContext, vm: Vm): number {
  const { running } = vm;
  if (!running?.os || running.paused) return Infinity;
  const rest = context.clock.mode === "immediate" ? 0 : running.booting + BOOT_TIME - context.clock.now();
  return Math.max(0, rest) + SHUTDOWN_TIME;
}

/** The process is gone (`vm_stop_cleanup`). */
export function poweredOff(context: VmContext, vm: Vm, log: Log): void {
  delete vm.running;
  const errors: OptionErrors = {};
  applyPending(context, vm, errors, log);
}

/** Shuts a VM down and starts it again, with what was pending (`vm_reboot`). */
export function* rebootVm(context: VmContext, vmid: number, task: TaskRun, timeout?: number): Work<void> {
  const release = yield* task.lock(lockFile(vmid));
  const vm = assertVmOnNode(context, vmid);
  if (vm.running) {
    const log: Log = (line) => task.log(line);
    yield* powerOff(context, vm, { shutdown: true, ...(timeout === undefined ? {} : { timeout }) }, log);
    // qmeventd's cleanup finds the reboot request and starts the VM; nobody sees its output
    yield* powerOn(context, vm, () => undefined);
  }
  release();
}

/** Resets a running VM. */
export function* resetVm(context: VmContext, vmid: number, task: TaskRun, skipLock: boolean): Work<void> {
  const release = yield* task.lock(lockFile(vmid));
  const vm = loadVm(context, vmid);
  if (!skipLock) checkLock(vm.config);
  yield 100;
  if (vm.running) {
    vm.running.booting = context.clock.now();
    delete vm.running.leases;
  }
  release();
}

/** Pauses a VM, or saves its state and stops it (`vm_suspend`). */
export function* suspendVm(
  context: VmContext,
  vmid: number,
  task: TaskRun,
  options: { skipLock: boolean; toDisk: boolean; storage?: string },
): Work<void> {
  const release = yield* task.lock(lockFile(vmid));
  const vm = loadVm(context, vmid);
  const backup = vm.config.lock === "backup";
  if (!options.skipLock && !backup) checkLock(vm.config);
  if (backup && options.toDisk) throw die("cannot suspend to disk during backup");
  if (!options.toDisk) {
    yield 100;
    if (vm.running) vm.running.paused = true;
    return release();
  }
  assertWritable(context, vmid, task.task.pid);
  const date = new Date(context.clock.now()).toISOString().slice(0, 10);
  const { volid, log } = saveState(context, vm, `suspend-${date}`, options.storage);
  log.forEach((line) => task.log(line));
  Object.assign(vm.config, { lock: "suspending", vmstate: volid, runningmachine: `pc-i440fx-${QEMU_VERSION}` });
  writeConfig(vm);
  release();
  yield 5000;
  task.log("State saved, quitting");
  delete vm.running;
  vm.config.lock = "suspended";
  writeConfig(vm);
}

/** Lets a paused VM go on. */
export function* resumeVm(context: VmContext, vmid: number, task: TaskRun, skipLock: boolean): Work<void> {
  const release = yield* task.lock(lockFile(vmid));
  const vm = loadVm(context, vmid);
  if (!skipLock && vm.config.lock !== "backup") checkLock(vm.config);
  yield 100;
  if (vm.running) delete vm.running.paused;
  release();
}

/** A new uuid as `smbios1` has it. */
export function newSmbios(context: VmContext): string {
  return `uuid=${randomUuid(context.world)}`;
}
