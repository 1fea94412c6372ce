import { createHash } from "node:crypto";
import { contract } from "../../contract/index.js";
import { die, paramError } from "../errors.js";
import { randomHex, randomMac, randomUuid } from "../random.js";
import { schemaOf } from "../verify.js";
import { applyPending, type OptionErrors } from "./apply-pending.js";
import { bootDevices, printBootOrder } from "./boot-order.js";
import { configDigest, writeConfig, type Section } from "./config-file.js";
import {
  assertWritable,
  checkLock,
  checkProtection,
  loadVm,
  type Log,
  type Vm,
  type VmContext,
  type Work,
} from "./context.js";
import { createDisks } from "./create-disks.js";
import { isDriveName, isPlainCdrom, parseDrive } from "./drive.js";
import { checkDriveParams, checkStorageAccess, resolveCdromAlias } from "./drive-params.js";
import { hotplugPending } from "./hotplug.js";
import { assertMachine, memoryOf, pinnedMachine, windowsVersion } from "./machine.js";
import { parseNet, printNet } from "./network-device.js";
import { cleanupPending, hasPending } from "./pending.js";
import { checkBridges, checkCpuModel, checkDevice, checkDrive, checkOptions, checkTags } from "./permissions.js";
import { parseProperties, splitList } from "./property-string.js";
import { assertSshKeys } from "./ssh-keys.js";
import { uniqueTags } from "./tags.js";
import { detachDrive, destroyDrive } from "./unused.js";

/** A change of a VM's configuration, checked as far as it can be without the VM. */
interface Update {
  readonly vmid: number;
  /** Options to set, as they will be stored. */
  readonly set: Section;
  readonly delete: string[];
  readonly revert: ReadonlySet<string>;
  readonly force: boolean;
  readonly skipLock: boolean;
  readonly digest: string | undefined;
  /** The request as the task's log tells it. */
  readonly summary: string;
}

const NOT_OPTIONS = new Set(
  "node vmid digest skiplock delete revert force background_delay skip_cloud_init import-working-storage".split(" "),
);
const INTERNAL = new Set("meta parent snaptime vmstate runningmachine runningcpu running-nets-host-mtu".split(" "));
const DEVICE = /^(?:serial|usb|hostpci|virtiofs|rng)\d+$/;

/** Whether a VM can have the option. */
function optionExists(key: string): boolean {
  const params = contract()["PUT /nodes/{node}/qemu/{vmid}/config"]?.params ?? {};
  return INTERNAL.has(key) || (!NOT_OPTIONS.has(key) && schemaOf(params, key) !== undefined);
}

/** The shares of the CPU that cgroups can express (`clamp_cpu_shares`, cgroup v2). */
export function clampedCpuUnits(value: string): string {
  return String(Math.min(10000, Math.max(1, Number(value))));
}

/** Checks a request to change options (the first half of `update_vm_api`). */
export function prepareUpdate(context: VmContext, params: Readonly<Section>): Update {
  const { rights } = context;
  const set: Section = { ...params };
  for (const key of NOT_OPTIONS) delete set[key];
  const summary = Object.keys(params)
    .filter((key) => !["node", "vmid", "digest", "background_delay"].includes(key))
    .sort()
    .map((key) => `-${key} ${key === "cipassword" ? "<hidden>" : params[key]}`)
    .join(" ");
  if (params.skiplock === "1" && !rights.isRoot) throw paramError({ skiplock: "Only root may use this option." });
  if (set.sshkeys !== undefined) assertSshKeys(set.sshkeys);
  if (set.cpuunits !== undefined) set.cpuunits = clampedCpuUnits(set.cpuunits);
  if (!params.delete && !params.revert && Object.keys(set).length === 0) throw die("no options specified");
  resolveCdromAlias(set);
  const vmid = Number(params.vmid);
  const update: Update = {
    vmid,
    set,
    delete: [],
    revert: checkedReverts(params.revert, set),
    force: params.force === "1",
    skipLock: params.skiplock === "1",
    digest: params.digest,
    summary,
  };
  update.delete.push(...checkedDeletes(params.delete, update));
  checkDriveParams(context, set);
  for (const key of Object.keys(set)) {
    if (/^net\d+$/.test(key)) {
      const net = parseNet(set[key] ?? "");
      net.macaddr ??= randomMac(context.world, macPrefix(context));
      set[key] = printNet(net);
    } else if (key === "vmgenid" && set[key] === "1") set[key] = randomUuid(context.world);
    else if (key === "hookscript") assertHookscript(context, set[key] ?? "");
  }
  checkOptions(context, vmid, undefined, update.delete);
  checkOptions(context, vmid, undefined, Object.keys(set));
  checkStorageAccess(context, vmid, set);
  checkBridges(context, set);
  return update;
}

/** The prefix of new MAC addresses in this cluster. */
export function macPrefix(context: VmContext): string | undefined {
  return context.cluster.options.mac_prefix;
}

function checkedReverts(text: string | undefined, set: Section): ReadonlySet<string> {
  const reverts = splitList(text);
  for (const key of reverts) {
    if (!optionExists(key)) throw paramError({ revert: `unknown option '${key}'` });
    // the wrong parameter, but that is the one qemu-server names
    if (set[key] !== undefined) {
      throw paramError({ delete: `you can't use '-${key}' and -revert ${key}' at the same time` });
    }
  }
  return new Set(reverts);
}

function checkedDeletes(text: string | undefined, update: Update): string[] {
  return splitList(text).map((name) => {
    const key = name === "cdrom" ? "ide2" : name;
    if (update.set[key] !== undefined) {
      throw paramError({ delete: `you can't use '-${key}' and -delete ${key}' at the same time` });
    }
    if (update.revert.has(key)) {
      throw paramError({ revert: `you can't use '-delete ${key}' and -revert ${key}' at the same time` });
    }
    if (!optionExists(key)) throw paramError({ delete: `unknown option '${key}'` });
    return key;
  });
}

function assertHookscript(context: VmContext, volid: string): void {
  const { content } = context.disks.parse(volid);
  const refuse = (text: string): Error => paramError({ hookscript: `${text}\n` });
  if (content !== "snippets") throw refuse(`'${volid}' is not in the snippets directory`);
  if (!context.disks.find(volid)) throw refuse(`script '${volid}' does not exist`);
  // what the API can upload is never executable
  throw refuse(`script '${volid}' is not executable`);
}

/** Checks the VM's state against a change; `final` when the change follows at once. */
export function checkUpdate(context: VmContext, update: Update, final: boolean): Vm {
  const vm = loadVm(context, update.vmid);
  if (update.digest && update.digest !== configDigest(vm)) {
    throw die("checksum mismatch (file change by other user?)");
  }
  checkCpuModel(context, update.set.cpu, vm.config.cpu);
  const suspended = update.delete.includes("vmstate") && vm.config.lock === "suspended";
  if (suspended && final) update.delete.push("lock");
  if (!update.skipLock && !suspended) checkLock(vm.config);
  for (const key of update.revert) {
    if (vm.config[key] !== undefined) update.set[key] = vm.config[key];
    else if (vm.pending[key] !== undefined && final) update.delete.push(key);
  }
  const { memory, balloon } = update.set;
  if (memory || balloon !== undefined) {
    const total = memoryOf({ memory: memory ?? vm.pending.memory ?? vm.config.memory ?? "512" });
    const least = Number(balloon ?? vm.pending.balloon ?? vm.config.balloon ?? 0);
    if (least > total) throw die("balloon value too large (must be smaller than assigned memory)");
  }
  return vm;
}

/** Carries a change out: first into the pending section, then as far as the VM's state allows. */
export function* runUpdate(context: VmContext, update: Update, log: Log, pid?: number): Work<void> {
  const vm = checkUpdate(context, update, true);
  log(`update VM ${update.vmid}: ${update.summary}`);
  assertWritable(context, update.vmid, pid);
  const modified = new Set<string>();
  const order = bootDevices(vm.config);
  for (const key of update.delete) removeOption(context, vm, update, key, order, modified, log);
  for (const key of Object.keys(update.set).sort()) {
    modified.add(key);
    const value = update.set[key] ?? "";
    if (vm.pending[key] === value) continue;
    yield* setOption(context, vm, update, key, value, order, modified, log);
    delete vm.pendingDelete[key];
    writeConfig(vm);
  }
  cleanupPending(vm);
  writeConfig(vm);
  if (!hasPending(vm)) return;
  const errors: OptionErrors = {};
  if (vm.running) yield* hotplugPending(context, vm, modified, errors, log);
  else applyPending(context, vm, errors, log);
  if (Object.keys(errors).length > 0) throw paramError(errors);
}

function removeOption(
  context: VmContext,
  vm: Vm,
  update: Update,
  key: string,
  order: string[],
  modified: Set<string>,
  log: Log,
): void {
  const value = vm.config[key] ?? vm.pending[key];
  if (value === undefined) {
    log(`cannot delete '${key}' - not set in current configuration!`);
    return;
  }
  modified.add(key);
  const wasPending = vm.pending[key] !== undefined;
  delete vm.pending[key];
  if (order.includes(key)) {
    order.splice(order.indexOf(key), 1);
    vm.pending.boot = printBootOrder(order);
    modified.add("boot");
  }
  const later = (): void => {
    vm.pendingDelete[key] = { force: update.force };
  };
  if (key.startsWith("unused") || key === "vmstate") {
    const drive = parseDrive(key, value) ?? { file: value, options: {} };
    checkProtection(
      vm.config,
      key === "vmstate" ? `can't remove vmstate '${value}'` : `can't remove unused disk '${drive.file}'`,
    );
    context.rights.checkVm(vm.vmid, undefined, "VM.Config.Disk");
    if (destroyDrive(context, vm.vmid, vm, key, drive, log)) delete vm.config[key];
  } else if (isDriveName(key)) {
    checkProtection(vm.config, `can't remove drive '${key}'`);
    checkDrive(context, vm.vmid, key, value);
    const drive = wasPending ? parseDrive(key, value) : undefined;
    if (drive) detachDrive(context, vm.vmid, vm, drive);
    later();
  } else if (key === "tags") {
    checkTags(context, vm.vmid, vm.config.tags);
    delete vm.config[key];
  } else {
    if (DEVICE.test(key)) checkDevice(context, vm.vmid, undefined, key, value, "delete");
    if (/^net\d+$/.test(key) && vm.config[key]) checkBridges(context, { [key]: vm.config[key] });
    later();
  }
  writeConfig(vm);
}

function* setOption(
  context: VmContext,
  vm: Vm,
  update: Update,
  key: string,
  value: string,
  order: string[],
  modified: Set<string>,
  log: Log,
): Work<void> {
  const old = vm.config[key];
  if (isDriveName(key)) return yield* setDrive(context, vm, key, value, order, modified, log);
  if (DEVICE.test(key)) {
    if (old) checkDevice(context, vm.vmid, undefined, key, old, "modify");
    checkDevice(context, vm.vmid, undefined, key, value, "modify");
  } else if (key === "tags") {
    checkTags(context, vm.vmid, old, uniqueTags(value));
    vm.pending.tags = uniqueTags(value);
    return;
  } else if (/^net\d+$/.test(key) && old) checkBridges(context, { [key]: old });
  else if (key === "machine") assertMachine(value);
  else if (key === "ostype" && update.set.machine === undefined && !vm.pending.machine && !modified.has("machine")) {
    const machine = pinnedMachine(vm.config.machine, value, log);
    if (machine) vm.pending.machine = machine;
  } else if (key === "cipassword") {
    vm.config.cipassword = windowsVersion(vm.config.ostype) > 0 ? value : hashedPassword(context, value);
    return;
  } else if (key === "boot") {
    vm.pending.boot = checkedBoot(vm, update, value);
    return;
  }
  vm.pending[key] = value;
}

function* setDrive(
  context: VmContext,
  vm: Vm,
  key: string,
  value: string,
  order: string[],
  modified: Set<string>,
  log: Log,
): Work<void> {
  const old = vm.config[key];
  if (old !== undefined) {
    checkDrive(context, vm.vmid, key, old);
    if (key === "tpmstate0") assertSameTpmVersion(old, value);
  }
  checkDrive(context, vm.vmid, key, value);
  const replaced = vm.pending[key] === undefined ? undefined : parseDrive(key, vm.pending[key]);
  if (replaced) detachDrive(context, vm.vmid, vm, replaced);
  const { drives } = yield* createDisks(context, vm, { [key]: value }, log);
  Object.assign(vm.pending, drives);
  const drive = parseDrive(key, value);
  if (order.length > 0 && drive && isPlainCdrom(drive) && !order.includes(key)) {
    order.push(key);
    vm.pending.boot = printBootOrder(order);
    modified.add("boot");
  }
}

function assertSameTpmVersion(old: string, now: string): void {
  const before = parseDrive("tpmstate0", old);
  const after = parseDrive("tpmstate0", now);
  if (!before || !after || before.file !== after.file) return;
  if ((before.options.version ?? "v1.2") !== (after.options.version ?? "v1.2")) {
    throw die("cannot change TPM state version after creation");
  }
}

function checkedBoot(vm: Vm, update: Update, value: string): string {
  const { order } = parseProperties(value, { defaultKey: "legacy" });
  if (!order) return value;
  const devices = splitList(order);
  for (const device of devices) {
    const exists = vm.config[device] || vm.pending[device] || update.set[device];
    if (!exists || update.delete.includes(device)) {
      throw die(`invalid bootorder: device '${device}' does not exist'`);
    }
  }
  if (vm.config.bootdisk) vm.pendingDelete.bootdisk = { force: false };
  return printBootOrder(devices);
}

/** A password as `crypt` would hash it, unless it already is a hash. */
function hashedPassword(context: VmContext, password: string): string {
  if (/^\$(?:[156]|2[ay])(\$.+){2}/.test(password)) return password;
  const salt = randomHex(context.world, 8);
  const hash = createHash("sha256").update(salt + password);
  // 43 characters of crypt's alphabet
  return `$5$${salt}$${hash.digest("base64url").replaceAll("-", ".").replaceAll("_", "/")}`;
}
