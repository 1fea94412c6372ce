import { copyGuestFirewall, removeGuestFirewall } from "../firewall/guest-firewall.js";
import { die, paramError, textOf } from "../errors.js";
import { randomMac, randomUuid } from "../random.js";
import { Interrupted, type TaskRun } from "../tasks.js";
import { CLOUDINIT_SIZE } from "./cloudinit.js";
import { giveVmAddresses } from "./vnet-addresses.js";
import { configPath, writeConfig, type Section } from "./config-file.js";
import {
  assertVmOnNode,
  checkLock,
  findVm,
  isTemplate,
  lockFile,
  type Log,
  type Vm,
  type VmContext,
  type Work,
} from "./context.js";
import { EFI_VARS_SIZE, TPM_STATE_SIZE } from "./create-disks.js";
import {
  isCdrom,
  isCloudinit,
  isDriveName,
  isPlainCdrom,
  parseDrive,
  printDrive,
  drivesOf,
  type Drive,
} from "./drive.js";
import { splitVolid } from "./drive-params.js";
import { agentEnabled, agentRuns } from "./guest-system.js";
import { convertImage, mirrorImage } from "./image-copy.js";
import { parseNet, printNet } from "./network-device.js";
import { checkBridges, checkCpuModel } from "./permissions.js";
import { parseProperties, printProperties } from "./property-string.js";
import { macPrefix } from "./update.js";

/** A request to clone a VM. */
export interface CloneRequest {
  readonly vmid: number;
  readonly newid: number;
  readonly name?: string;
  readonly description?: string;
  readonly full?: boolean;
  readonly snapname?: string;
  readonly storage?: string;
  readonly format?: string;
  /** Another node. */
  readonly target?: string;
  readonly pool?: string;
  /** KiB per second. */
  readonly bwlimit?: number;
}

/** What a clone will be, after all checks. */
interface ClonePlan {
  /** The new configuration, its copied disks missing. */
  readonly config: Section;
  /** Source drives to copy or link, by key. */
  readonly drives: readonly { readonly key: string; readonly drive: Drive; readonly full: boolean }[];
  readonly running: boolean;
}

// bookkeeping of snapshots and of suspended VMs
const NOT_COPIED = new Set(
  "snapshots parent snaptime vmstate snapstate runningcpu runningmachine running-nets-host-mtu".split(" "),
);

/** Checks a request to clone, and plans it (`load_and_check` of `clone_vm`). */
export function planClone(context: VmContext, request: CloneRequest): ClonePlan {
  const { disks, rights } = context;
  if (request.pool !== undefined) rights.checkPoolExists(request.pool);
  if (request.target && !context.world.nodes[request.target]) throw die(`no such cluster node '${request.target}'`);
  checkTargetStorage(context, request);
  const vm = assertVmOnNode(context, request.vmid);
  checkLock(vm.config);
  const running = vm.running !== undefined;
  const snapshot = request.snapname === undefined ? undefined : vm.snapshots[request.snapname];
  if (request.snapname !== undefined && !snapshot) throw die(`snapshot '${request.snapname}' does not exist`);
  const full = request.full ?? !isTemplate(vm.config);
  if (request.storage !== undefined && !full) throw die("parameter 'storage' not allowed for linked clones");
  if (request.format !== undefined && !full) throw die("parameter 'format' not allowed for linked clones");
  const source: Section = snapshot
    ? { ...snapshot.config, ...(snapshot.description ? { description: snapshot.description } : {}) }
    : vm.config;
  const shared = checkCloneAccess(context, source, request.storage);
  checkBridges(context, source);
  checkCpuModel(context, source.cpu);
  if (request.target && !shared) throw die(`can't clone VM to node '${request.target}' (VM uses local storage)`);
  if (findVm(context, request.newid)) throw die(`unable to create VM ${request.newid}: config file already exists`);
  const config: Section = {};
  const drives: { key: string; drive: Drive; full: boolean }[] = [];
  for (const key of Object.keys(source).sort()) {
    const value = source[key] ?? "";
    if (NOT_COPIED.has(key) || /^unused\d+$/.test(key)) continue;
    if (full && running && !snapshot && key === "tpmstate0") throw die("cannot clone TPM state while VM is running");
    if (/^net\d+$/.test(key)) {
      config[key] = printNet({ ...parseNet(value), macaddr: randomMac(context.world, macPrefix(context)) });
      continue;
    }
    const drive = isDriveName(key) ? parseDrive(key, value) : undefined;
    if (!drive || isPlainCdrom(drive)) {
      config[key] = value;
      continue;
    }
    const whole = full || isCloudinit(drive) || key === "tpmstate0";
    if (!disks.hasFeature(whole ? "copy" : "clone", drive.file, request.snapname)) {
      const of = request.snapname === undefined ? "" : " a snapshot of";
      throw die(`${whole ? "Full" : "Linked"} clone feature is not supported for${of} '${drive.file}' (${key})`);
    }
    drives.push({ key, drive, full: whole });
  }
  return { config: identified(context, config, request), drives, running };
}

function checkTargetStorage(context: VmContext, { storage, target }: CloneRequest): void {
  if (!storage) return;
  const found = context.disks.usableStorage(storage);
  if (!found.content.has("images")) {
    throw paramError({ storage: `storage '${storage}' does not support vm images` });
  }
  if (!target) return;
  context.disks.usableStorage(storage, target);
  if (!found.shared) throw die(`can't clone to non-shared storage '${storage}'`);
}

/** Checks the right to space for the copies; whether all volumes are on shared storages. */
function checkCloneAccess(context: VmContext, source: Section, storage: string | undefined): boolean {
  const { disks, rights } = context;
  let shared = true;
  for (const [, drive] of drivesOf(source)) {
    if (drive.file === "none") continue;
    if (isCdrom(drive) && drive.file === "cdrom") {
      rights.check("/", "Sys.Console");
      continue;
    }
    const id = splitVolid(drive.file)?.storage;
    if (id === undefined) throw die(`unable to parse volume ID '${drive.file}'`);
    shared &&= disks.storage(id).shared;
    if (!isCdrom(drive)) rights.check(`/storage/${storage ?? id}`, "Datastore.AllocateSpace");
  }
  if (source.vmstatestorage !== undefined) {
    rights.check(`/storage/${source.vmstatestorage}`, "Datastore.AllocateSpace");
  }
  return shared;
}

/** The clone's own identity: uuid, generation id, name and description. */
function identified(context: VmContext, config: Section, request: CloneRequest): Section {
  const smbios = parseProperties(config.smbios1 ?? "");
  const clone: Section = {
    ...config,
    smbios1: printProperties({ ...smbios, uuid: randomUuid(context.world) }),
    name: request.name ?? `Copy-of-VM-${config.name ?? request.vmid}`,
  };
  if (config.vmgenid && config.vmgenid !== "0") clone.vmgenid = randomUuid(context.world);
  if (request.description) clone.description = request.description;
  delete clone.template;
  return clone;
}

/** The worker of a clone. */
export function* cloneVm(context: VmContext, request: CloneRequest, task: TaskRun): Work<void> {
  const source = assertVmOnNode(context, request.vmid);
  const sourceLock = lockFile(request.vmid);
  if (source.running) yield* task.lock(sourceLock, 1000);
  else yield* task.lockShared(sourceLock, 1000);
  yield* task.lock(lockFile(request.newid), 1000);
  const plan = planClone(context, request);
  const log: Log = (line) => task.log(line);
  log(`creating a clone of VM ${request.vmid} with ID ${request.newid}`);
  if (context.cluster.guests[String(request.newid)]) {
    // the cluster file system lets a VM's file be in one node's folder only
    const file = `/etc/pve/${configPath(context.node.name, request.newid)}`;
    throw die(`close (rename) atomic file '${file}' failed: File exists`);
  }
  const clone: Vm = {
    vmid: request.newid,
    type: "qemu",
    node: context.node.name,
    config: { description: " qmclone temporary file", lock: "clone" },
    pending: {},
    pendingDelete: {},
    snapshots: {},
  };
  context.cluster.guests[String(request.newid)] = clone;
  const made: string[] = [];
  try {
    yield 10;
    const config: Section = { ...plan.config, lock: "clone" };
    copyGuestFirewall(context.cluster, request.vmid, request.newid, context.clock.seconds());
    for (const [index, { key, drive, full }] of plan.drives.entries()) {
      const last = index === plan.drives.length - 1;
      const copied = yield* cloneDisk(
        context,
        source,
        request,
        { key, drive, full, last, running: plan.running },
        made,
        log,
      );
      config[key] = printDrive(copied);
      clone.config = { ...config };
      writeConfig(clone);
    }
    delete config.lock;
    clone.config = config;
    writeConfig(clone);
    giveVmAddresses(context, request.newid, config);
    if (request.target) clone.node = request.target;
    if (request.pool !== undefined) context.cluster.pools[request.pool]?.vms.push(request.newid);
  } catch (error) {
    for (const volid of made) context.disks.free(volid).forEach(log);
    if (context.cluster.guests[String(request.newid)] === clone) delete context.cluster.guests[String(request.newid)];
    removeGuestFirewall(context.cluster, request.newid);
    throw die(`clone failed: ${error instanceof Interrupted ? "interrupted by signal" : textOf(error)}`);
  }
}

interface DiskClone {
  readonly key: string;
  readonly drive: Drive;
  readonly full: boolean;
  readonly last: boolean;
  readonly running: boolean;
}

/** Copies or links one disk for another VM (`clone_disk`). */
export function* cloneDisk(
  context: VmContext,
  source: Vm,
  request: Pick<CloneRequest, "newid" | "storage" | "format" | "snapname" | "bwlimit">,
  disk: DiskClone,
  made: string[],
  log: Log,
): Work<Drive> {
  const { disks } = context;
  const { key, drive } = disk;
  const options = { ...drive.options };
  delete options.format;
  const mirrored = disk.full && disk.running && request.snapname === undefined && !key.startsWith("unused");
  if (mirrored && key === "tpmstate0") throw die("cannot move TPM state while VM is running");
  log(`create ${disk.full ? "full" : "linked"} clone of drive ${key} (${drive.file})`);
  if (!disk.full) {
    yield 200;
    const linked = disks.linkedClone(drive.file, request.newid, request.snapname);
    linked.log.forEach(log);
    made.push(linked.volid);
    return { file: linked.volid, size: disks.find(linked.volid)?.size ?? 0, options };
  }
  const target = yield* allocateCopy(context, request, key, drive, log);
  made.push(target);
  if (isCloudinit(drive)) yield 5;
  else if (mirrored) {
    yield* mirrorImage(disks, drive.file, target, key, log, request.bwlimit);
    if (disk.last) yield* finishMirror(context, source, key, log);
  } else if (key === "efidisk0") {
    yield 200;
    disks.copy(drive.file, target);
  } else yield* convertImage(disks, drive.file, target, log, request.bwlimit);
  const size = disks.find(target)?.size;
  return { file: target, ...(size === undefined || key.startsWith("unused") ? {} : { size }), options };
}

function* allocateCopy(
  context: VmContext,
  request: Pick<CloneRequest, "newid" | "storage" | "format">,
  key: string,
  drive: Drive,
  log: Log,
): Work<string> {
  const { disks } = context;
  const storage = request.storage ?? splitVolid(drive.file)?.storage ?? "";
  const format = disks.resolveFormat(storage, request.format ?? disks.parse(drive.file).format);
  const files = disks.storage(storage).files;
  const found = disks.find(drive.file);
  if (!found) throw die(`volume '${drive.file}' does not exist`);
  const size = isCloudinit(drive)
    ? CLOUDINIT_SIZE
    : key === "efidisk0"
      ? EFI_VARS_SIZE
      : key === "tpmstate0"
        ? TPM_STATE_SIZE
        : found.size;
  const name = isCloudinit(drive) ? `vm-${request.newid}-cloudinit${files ? `.${format}` : ""}` : undefined;
  yield 10;
  const made = disks.allocate(storage, { vmid: request.newid, format, size, ...(name ? { name } : {}) });
  made.log.forEach(log);
  log(`allocated target volume '${made.volid}'`);
  return made.volid;
}

/** The copy of a running VM is cut at a moment when the guest is still. */
function* finishMirror(context: VmContext, source: Vm, key: string, log: Log): Work<void> {
  const frozen = agentRuns(context, source);
  if (frozen) log("issuing guest agent 'guest-fsfreeze-freeze' command");
  else {
    if (agentEnabled(source)) log("skipping guest filesystem freeze - agent configured but not running?");
    else log("skipping guest filesystem freeze - disabled in VM options");
    log("suspend vm");
  }
  log(`mirror-${key}: Cancelling block job`);
  yield 500;
  log(`mirror-${key}: Done.`);
  log(frozen ? "issuing guest agent 'guest-fsfreeze-thaw' command" : "resume vm");
}
