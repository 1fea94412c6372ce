import { die, textOf } from "../errors.js";
import { Interrupted, type TaskRun } from "../tasks.js";
import { writeConfig, type Section } from "./config-file.js";
import { checkLock, loadVm, lockFile, type Vm, type VmContext, type Work } from "./context.js";
import { drivesOf, isCdrom, isCloudinit, printDrive, unusedVolumes, type Drive } from "./drive.js";
import { splitVolid } from "./drive-params.js";
import { parseProperties } from "./property-string.js";

const BYTES_PER_SECOND = 200 * 1024 * 1024;

/** A volume that only the VM's node has, as GET migrate lists it. */
export interface LocalDisk {
  readonly volid: string;
  readonly size: number;
  readonly drivename?: string;
  readonly cdrom: 0 | 1;
  readonly shared: 0 | 1;
  readonly replicate: 0 | 1;
  readonly is_unused: 0 | 1;
  readonly is_attached: 0 | 1;
  readonly is_cloudinit: 0 | 1;
  readonly is_tpmstate: 0 | 1;
  readonly is_vmstate: 0 | 1;
}

const bit = (condition: boolean): 0 | 1 => (condition ? 1 : 0);

/** The VM's volumes on storages that are not shared. */
export function localDisks(context: VmContext, vm: Vm): LocalDisk[] {
  type Entry = { key: string; drive: Drive; unused: boolean };
  const attached = drivesOf(vm.config).map(([key, drive]): Entry => ({ key, drive, unused: false }));
  const unused = unusedVolumes(vm.config).map(([key, file]): Entry => ({
    key,
    drive: { file, options: {} },
    unused: true,
  }));
  return [...attached, ...unused]
    .filter(({ drive }) => isLocal(context, drive))
    .map(({ key, drive, unused: isUnused }) => ({
      volid: drive.file,
      size: drive.size ?? context.disks.find(drive.file)?.size ?? 0,
      ...(isUnused ? {} : { drivename: key }),
      cdrom: bit(isCdrom(drive)),
      shared: 0,
      replicate: bit(drive.options.replicate !== "0"),
      is_unused: bit(isUnused),
      is_attached: bit(!isUnused),
      is_cloudinit: bit(isCloudinit(drive)),
      is_tpmstate: bit(key === "tpmstate0"),
      is_vmstate: 0,
    }));
}

function isLocal(context: VmContext, drive: Drive): boolean {
  if (drive.file === "none" || drive.options.shared === "1") return false;
  const storage = splitVolid(drive.file)?.storage;
  return storage === undefined || !context.disks.storage(storage).shared;
}

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
export interface MigrateRequest {
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
    try {
      log(`starting migration of VM ${request.vmid} to node '${request.target}' (${address})`);
      yield* moveVolumes(context, vm, request, log);
      yield* moveGuest(context, vm, request, log);
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
  if (context.world.nodes[target]?.state !== "off") return;
  yield 2000;
  const options = [
    ...["BatchMode=yes", `HostKeyAlias=${target}`, `UserKnownHostsFile=/etc/pve/nodes/${target}/ssh_known_hosts`],
    "GlobalKnownHostsFile=none",
  ];
  log(`# /usr/bin/ssh -e none ${options.map((option) => `-o '${option}'`).join(" ")} root@${address} /bin/true`);
  log(`ssh: connect to host ${address} port 22: No route to host`);
  throw die("Can't connect to destination address using public key");
}

function* moveVolumes(context: VmContext, vm: Vm, request: MigrateRequest, log: (text: string) => void): Work<void> {
  const resources = localResources(vm.config);
  if (resources.length > 0) throw die(`can't migrate VM which uses local devices: ${resources.join(", ")}`);
  const disks = localDisks(context, vm).sort((one, other) => (one.volid < other.volid ? -1 : 1));
  const problems: string[] = [];
  for (const disk of disks) {
    const problem = migrationProblem(context, vm, request, disk);
    if (disk.cdrom === 0 || disk.is_cloudinit === 1) log(foundLine(disk));
    if (problem) problems.push(`can't migrate local disk '${disk.volid}': ${problem}`);
  }
  for (const problem of problems) log(problem);
  if (problems.length > 0) throw die("Problem found while scanning volumes - can't migrate VM - check log");
  if (disks.length > 0) log("copying local disk images");
  for (const disk of disks) {
    const data = context.disks.find(disk.volid)?.data ?? 0;
    yield 500 + (Math.max(data, disk.size / 8) / BYTES_PER_SECOND) * 1000;
    const storage = request.storageFor(splitVolid(disk.volid)?.storage ?? "");
    const made = context.disks.migrate(disk.volid, request.target, storage);
    for (const line of made.log) log(line);
    log(`successfully imported '${made.volid}'`);
    log(`volume '${disk.volid}' is '${made.volid}' on the target`);
    renameIn(vm, disk.volid, made.volid);
  }
}

function foundLine(disk: LocalDisk): string {
  if (disk.is_cloudinit) return `found generated disk '${disk.volid}' (in current VM config)`;
  return `found local disk '${disk.volid}' (${disk.is_unused ? "unused" : "attached"})`;
}

function migrationProblem(context: VmContext, vm: Vm, request: MigrateRequest, disk: LocalDisk): string | undefined {
  const { disks } = context;
  if (disk.cdrom === 1 && disk.is_cloudinit === 0) return "local cdrom image";
  const name = disks.parse(disk.volid);
  if (name.vmid !== vm.vmid) return `owned by other VM (owner = VM ${name.vmid ?? ""})`;
  if (disks.isBaseInUse(disk.volid)) return "referenced by linked clone(s)";
  if (name.baseName !== undefined) return `it is a clone of '${name.baseName}'`;
  const online = vm.running !== undefined && disk.is_attached === 1 && disk.is_cloudinit === 0;
  if (online && !request.withLocalDisks) {
    return "can't live migrate attached local disks without with-local-disks option";
  }
  return undefined;
}

/** Gives a volume its new name wherever the configuration mentions it. */
function renameIn(vm: Vm, before: string, after: string): void {
  for (const section of [vm.config, vm.pending, ...Object.values(vm.snapshots).map(({ config }) => config)]) {
    for (const [key, drive] of drivesOf(section)) {
      if (drive.file === before) section[key] = printDrive({ ...drive, file: after });
    }
    for (const [key, volid] of unusedVolumes(section)) if (volid === before) section[key] = after;
  }
}

function* moveGuest(context: VmContext, vm: Vm, request: MigrateRequest, log: (text: string) => void): Work<void> {
  const target = context.world.nodes[request.target];
  if (!target) throw die(`no such cluster node '${request.target}'`);
  if (vm.running) {
    log(`starting VM ${vm.vmid} on remote node '${request.target}'`);
    yield 2000;
    log("start remote tunnel");
    log(`starting online/live migration on unix:/run/qemu-server/${vm.vmid}.migrate`);
    yield 3000;
    log("migration status: completed");
    vm.running.pid = target.nextPid++;
  } else yield 1000;
  vm.node = request.target;
}
