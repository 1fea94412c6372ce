import { die, textOf } from "../errors.js";
import { tcpVerdict } from "../firewall/packet-verdicts.js";
import { Interrupted, type TaskRun } from "../tasks.js";
import { writeConfig, type Section } from "./config-file.js";
import { checkLock, loadVm, lockFile, type Vm, type VmContext, type Work } from "./context.js";
import type { MadeVolume } from "./disk-store.js";
import { drivesOf, printDrive, unusedVolumes } from "./drive.js";
import { splitVolid } from "./drive-params.js";
import { mirrorProgress } from "./image-copy.js";
import { localDisks, type VolumeUse } from "./local-disks.js";
import { memoryOf } from "./machine.js";
import { parseProperties } from "./property-string.js";
import { renderBytes } from "./size.js";
import { completeVmAddresses } from "./vnet-addresses.js";

const BYTES_PER_SECOND = 200 * 1024 * 1024;

/** Devices of the host that tie the VM to it. */
export function localResources(config: Section): string[] {
  return Object.keys(config)
    .filter((key) => {
      const value = config[key] ?? "";
      if (/^(serial|parallel)\d+$/.test(key)) return value !== "socket";
      if (!/^(usb|hostpci)\d+$/.test(key)) return key === "ivshmem";
      return !/spice/i.test(value) && !parseProperties(value, { defaultKey: "host" }).mapping;
    })
    .sort();
}

/** Storages that a node lacks, for all nodes of the cluster. */
export function unavailableStorages(context: VmContext, vm: Vm, node: string): string[] {
  const storages = new Set(
    drivesOf(vm.config)
      .map(([, drive]) => splitVolid(drive.file)?.storage)
      .filter((id): id is string => id !== undefined),
  );
  return [...storages].filter((id) => !context.disks.isAvailable(id, node)).sort();
}

/** A request to migrate a VM. */
interface MigrateRequest {
  readonly vmid: number;
  readonly target: string;
  readonly online: boolean;
  readonly withLocalDisks: boolean;
  /** The storage on the target for volumes of a local one. */
  readonly storageFor: (storage: string) => string;
}

/** The worker of a migration. */
export function* migrateVm(context: VmContext, request: MigrateRequest, task: TaskRun): Work<void> {
  const { clock } = context;
  const started = clock.now();
  const log = (text: string): void => {
    const now = new Date(clock.now()).toISOString();
    task.log(`${now.slice(0, 10)} ${now.slice(11, 19)} ${text}`);
  };
  const duration = (): string => new Date(clock.now() - started).toISOString().slice(11, 19);
  yield* task.lock(lockFile(request.vmid));
  try {
    const address = context.world.nodes[request.target]?.address ?? "";
    const vm = loadVm(context, request.vmid);
    checkLock(vm.config);
    yield* assertReachable(context, request.target, address, log);
    vm.config.lock = "migrate";
    const moved: Moved = new Map();
    try {
      log(`starting migration of VM ${request.vmid} to node '${request.target}' (${address})`);
      const volumes = scanVolumes(context, vm, request, log);
      yield* copyVolumes(context, volumes, request, moved, log);
      yield* moveGuest(context, vm, volumes, request, moved, log);
      for (const [before, after] of moved) {
        context.disks.free(before);
        renameIn(vm, before, after);
      }
      vm.node = request.target;
    } catch (error) {
      for (const volid of moved.values()) context.disks.freeOn(request.target, volid);
      throw error;
    } finally {
      delete vm.config.lock;
      writeConfig(vm);
    }
  } catch (error) {
    const text = error instanceof Interrupted ? "interrupted by signal" : textOf(error);
    log(`ERROR: migration aborted (duration ${duration()}): ${text}`);
    throw die("migration aborted");
  }
  log(`migration finished successfully (duration ${duration()})`);
}

/** A migration first tries to log in on its target. */
function* assertReachable(
  context: VmContext,
  target: string,
  address: string,
  log: (text: string) => void,
): Work<void> {
  const why = whyUnreached(context, target, address);
  if (why === undefined) return;
  yield 2000;
  const options = [
    ...["BatchMode=yes", `HostKeyAlias=${target}`, `UserKnownHostsFile=/etc/pve/nodes/${target}/ssh_known_hosts`],
    "GlobalKnownHostsFile=none",
  ];
  log(`# /usr/bin/ssh -e none ${options.map((option) => `-o '${option}'`).join(" ")} root@${address} /bin/true`);
  log(`ssh: connect to host ${address} port 22: ${why}`);
  throw die("Can't connect to destination address using public key");
}

/** Why ssh does not get to the target; undefined when it does. */
function whyUnreached({ world, node: own }: VmContext, target: string, address: string): string | undefined {
  const node = world.nodes[target];
  if (node?.state === "off") return "No route to host";
  const verdict = node ? tcpVerdict(world, own, node, address, 22) : "accept";
  return { accept: undefined, drop: "Connection timed out", reject: "Connection refused" }[verdict];
}

/** A volume's way to the target: copied before, or mirrored while the VM runs. */
interface LocalVolume extends VolumeUse {
  readonly online: boolean;
}

/** Finds the volumes to take along (`scan_local_volumes`). */
function scanVolumes(context: VmContext, vm: Vm, request: MigrateRequest, log: (text: string) => void): LocalVolume[] {
  const byVolid = (one: VolumeUse, other: VolumeUse): number => (one.volid < other.volid ? -1 : 1);
  const disks = localDisks(context, vm).sort(byVolid);
  const problems: string[] = [];
  for (const disk of disks) {
    const problem = migrationProblem(context, vm, disk);
    if (!disk.cdrom || disk.is_cloudinit) log(foundLine(disk));
    if (problem) problems.push(`can't migrate local disk '${disk.volid}': ${problem}`);
    else if (mirrors(vm, disk) && !request.withLocalDisks) {
      const text = "can't live migrate attached local disks without with-local-disks option";
      problems.push(`can't migrate local disk '${disk.volid}': ${text}`);
    }
  }
  for (const problem of problems) log(problem);
  if (problems.length > 0) throw die("Problem found while scanning volumes - can't migrate VM - check log");
  for (const { volid } of disks) {
    const { baseName } = context.disks.parse(volid);
    if (baseName === undefined) continue;
    const where = "at /usr/share/perl5/PVE/QemuMigrate.pm line 584.";
    throw die(
      `Problem found while scanning volumes - can't migrate '${volid}' as it's a clone of '${baseName}' ${where}`,
    );
  }
  return disks.map((disk) => ({ ...disk, online: mirrors(vm, disk) }));
}

function mirrors(vm: Vm, disk: VolumeUse): boolean {
  return vm.running !== undefined && disk.is_attached === 1 && !disk.cdrom && !disk.is_tpmstate;
}

function foundLine(disk: VolumeUse): string {
  const found = (how: string): string => `found local disk '${disk.volid}' (${how})`;
  if (disk.is_cloudinit || disk.is_tpmstate) return `found generated disk '${disk.volid}' (in current VM config)`;
  if (disk.is_attached) return found("attached");
  if (disk.is_unused) return found("unused");
  return found(disk.referenced_in_snapshot ? "referenced by snapshot(s)" : "pending change");
}

function migrationProblem(context: VmContext, vm: Vm, disk: VolumeUse): string | undefined {
  const { disks } = context;
  if (disk.volid.startsWith("/")) return "local file/device";
  if (disk.cdrom) return disk.is_cloudinit ? undefined : "local cdrom image";
  const { vmid, format, storage } = disks.parse(disk.volid);
  if (vmid !== vm.vmid) return `owned by other VM (owner = VM ${vmid ?? ""})`;
  if (disk.is_vmstate) return undefined;
  if (disk.referenced_in_snapshot) {
    if (vm.running) return "online storage migration not possible if non-replicated snapshot exists";
    const { type } = disks.storage(storage);
    const taken = type === "zfspool" || (type === "btrfs" && format === "raw") || format === "qcow2";
    if (!taken) return "non-migratable snapshot exists";
  }
  return disks.isBaseInUse(disk.volid) ? "referenced by linked clone(s)" : undefined;
}

/** New ids of volumes by old ones. */
type Moved = Map<string, string>;

function* copyVolumes(
  context: VmContext,
  volumes: readonly LocalVolume[],
  request: MigrateRequest,
  moved: Moved,
  log: (text: string) => void,
): Work<void> {
  const offline = volumes.filter(({ online }) => !online);
  if (offline.length > 0) log("copying local disk images");
  for (const { volid, size = 0 } of offline) {
    const data = context.disks.find(volid)?.data ?? 0;
    yield 500 + (Math.max(data, size / 8) / BYTES_PER_SECOND) * 1000;
    const made = sent("send", context, volid, request, moved);
    for (const line of made.log) log(line);
    log(`successfully imported '${made.volid}'`);
    log(`volume '${volid}' is '${made.volid}' on the target`);
  }
}

function sent(
  how: "send" | "mirror",
  context: VmContext,
  volid: string,
  request: MigrateRequest,
  moved: Moved,
): MadeVolume {
  const storage = request.storageFor(splitVolid(volid)?.storage ?? "");
  const made = context.disks[how](volid, request.target, storage);
  moved.set(volid, made.volid);
  return made;
}

/** Gives a volume its new name wherever the configuration mentions it. */
function renameIn(vm: Vm, before: string, after: string): void {
  for (const section of [vm.config, vm.pending, ...Object.values(vm.snapshots).map(({ config }) => config)]) {
    for (const [key, drive] of drivesOf(section)) {
      if (drive.file === before) section[key] = printDrive({ ...drive, file: after });
    }
    for (const [key, volid] of unusedVolumes(section)) if (volid === before) section[key] = after;
  }
  for (const holder of [vm.config, ...Object.values(vm.snapshots)]) {
    if (holder.vmstate === before) holder.vmstate = after;
  }
}

/** Moves the machine itself: live, with the disks that are mirrored (`phase2`), or only its configuration. */
function* moveGuest(
  context: VmContext,
  vm: Vm,
  volumes: readonly LocalVolume[],
  request: MigrateRequest,
  moved: Moved,
  log: (text: string) => void,
): Work<void> {
  const target = context.world.nodes[request.target];
  if (!target) throw die(`no such cluster node '${request.target}'`);
  if (!vm.running) {
    yield 1000;
    return;
  }
  log(`starting VM ${vm.vmid} on remote node '${request.target}'`);
  completeVmAddresses(context, target, vm.vmid, vm.config, log);
  yield 2000;
  const mirrored = volumes.filter(({ online }) => online);
  for (const { volid } of mirrored) {
    log(`volume '${volid}' is '${sent("mirror", context, volid, request, moved).volid}' on the target`);
  }
  log("start remote tunnel");
  log("ssh tunnel ver 1");
  if (mirrored.length > 0) log("starting storage migration");
  for (const { volid, drivename = "" } of mirrored) {
    const socket = `/run/qemu-server/${vm.vmid}_nbd.migrate`;
    log(`${drivename}: start migration to nbd:unix:${socket}:exportname=drive-${drivename}`);
    yield* mirrorProgress(context.disks.find(volid)?.size ?? 0, drivename, log);
  }
  if (mirrored.length > 0) log("switching mirror jobs to actively synced mode");
  yield* sendMemory(vm, log);
  for (const { drivename = "" } of mirrored) {
    log(`mirror-${drivename}: Completing block job...`);
    log(`mirror-${drivename}: Completed successfully.`);
    log(`mirror-${drivename}: mirror-job finished`);
  }
  if (mirrored.length > 0) log("stopping NBD storage migration server on target.");
  vm.running.pid = target.nextPid++;
}

function* sendMemory(vm: Vm, log: (text: string) => void): Work<void> {
  const socket = `unix:/run/qemu-server/${vm.vmid}.migrate`;
  const mebibytes = memoryOf(vm.config);
  log(`starting online/live migration on ${socket}`);
  log("set migration capabilities");
  log("migration downtime limit: 100 ms");
  log(`migration cachesize: ${renderBytes(2 ** Math.floor(Math.log2(mebibytes / 8)) * 2 ** 20)}`);
  log("set migration parameters");
  log(`start migrate command to ${socket}`);
  const seconds = Math.max(1, Math.round(mebibytes / 1024));
  yield seconds * 1000;
  log(`average migration speed: ${renderBytes((mebibytes * 2 ** 20) / seconds)}/s - downtime 45 ms`);
  log(`migration completed, transferred ${renderBytes((mebibytes * 2 ** 20) / 4)} VM-state`);
  log("migration status: completed");
}
