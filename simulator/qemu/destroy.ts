import { purgeFromJobs } from "../backup-jobs.js";
import { removeGuestFirewall } from "../firewall/guest-firewall.js";
import { die, textOf } from "../errors.js";
import { isConfigured, removeResource } from "../ha/ha-resources.js";
import type { TaskRun } from "../tasks.js";
import {
  assertWritable,
  checkLock,
  checkProtection,
  isTemplate,
  loadVm,
  lockFile,
  type Vm,
  type VmContext,
  type Work,
} from "./context.js";
import { drivesOf, isCdrom, isPlainCdrom, unusedVolumes } from "./drive.js";
import { splitVolid } from "./drive-params.js";
import { freeVmAddresses } from "./vnet-addresses.js";
import type { Section } from "./config-file.js";

/** How a VM is destroyed. */
interface DestroyOptions {
  readonly skipLock: boolean;
  readonly purge: boolean;
  readonly unreferenced: boolean;
}

/** What must be right before the task starts, and again in it. */
export function checkDestroy(context: VmContext, vmid: number, purge: boolean): Vm {
  const vm = loadVm(context, vmid);
  checkProtection(vm.config, `can't remove VM ${vmid}`);
  if (!purge && isConfigured(context.cluster, `vm:${vmid}`))
    throw die(`unable to remove VM ${vmid} - used in HA resources and purge parameter not set.`);
  if (vm.running) throw die(`VM ${vmid} is running - destroy failed`);
  return vm;
}

/** The worker of a destruction (`destroy_vm`). */
export function* destroyVm(context: VmContext, vmid: number, options: DestroyOptions, task: TaskRun): Work<void> {
  yield* task.lock(lockFile(vmid));
  const vm = checkDestroy(context, vmid, options.purge);
  if (!options.skipLock && vm.config.lock !== "suspended") checkLock(vm.config);
  if (isTemplate(vm.config)) assertNoLinkedClones(context, vm);
  yield 300;
  removeOwnVolumes(context, vm, task);
  if (options.unreferenced) {
    for (const storage of context.disks.storageIds()) {
      for (const volid of orphans(context, storage, vmid)) removeVolume(context, volid, task);
    }
  }
  assertWritable(context, vmid, task.task.pid);
  freeVmAddresses(context, vm.config);
  vm.config = { lock: "destroyed" };
  vm.pending = {};
  vm.pendingDelete = {};
  vm.snapshots = {};
  yield 100;
  forget(context, vmid);
  if (options.purge) purge(context, vmid, task);
  delete context.cluster.guests[String(vmid)];
}

function purge({ cluster }: VmContext, vmid: number, task: TaskRun): void {
  task.log(`purging VM ${vmid} from related configurations..`);
  purgeFromJobs(cluster, vmid);
  if (!isConfigured(cluster, `vm:${vmid}`)) return;
  removeResource(cluster, `vm:${vmid}`, true);
  task.log(`NOTE: removed VM ${vmid} from HA resource configuration.`);
}

function assertNoLinkedClones(context: VmContext, vm: Vm): void {
  const disks = drivesOf(vm.config).filter(([, drive]) => !isCdrom(drive));
  for (const volid of [
    ...disks.map(([, drive]) => drive.file),
    ...unusedVolumes(vm.config).map(([, volid]) => volid),
  ]) {
    if (!splitVolid(volid)) continue;
    if (context.disks.isBaseInUse(volid)) {
      throw die(`base volume '${volid}' is still in use by linked cloned`);
    }
  }
}

/** Removes what the configuration mentions and the VM owns; of a storage that is gone it cannot tell. */
function removeOwnVolumes(context: VmContext, vm: Vm, task: TaskRun): void {
  const inSection = (section: Section): string[] => [
    ...drivesOf(section)
      .filter(([, drive]) => !isPlainCdrom(drive))
      .map(([, drive]) => drive.file),
    ...unusedVolumes(section).map(([, volid]) => volid),
    ...(section.vmstate ? [section.vmstate] : []),
  ];
  const states = Object.values(vm.snapshots).flatMap(({ vmstate }) => (vmstate ? [vmstate] : []));
  const removed = new Set<string>();
  for (const volid of [...inSection(vm.config), ...states, ...inSection(vm.pending)]) {
    if (!splitVolid(volid) || removed.has(volid)) continue;
    try {
      if (context.disks.parse(volid).vmid !== vm.vmid) continue;
    } catch (error) {
      task.warn(`failed to get path and owner of volume '${volid}': ${textOf(error)}`);
      continue;
    }
    removed.add(volid);
    removeVolume(context, volid, task);
  }
}

function removeVolume(context: VmContext, volid: string, task: TaskRun): void {
  try {
    context.disks.free(volid).forEach((line) => task.log(line));
  } catch (error) {
    task.warn(`Could not remove disk '${volid}', check manually: ${textOf(error)}`);
  }
}

function orphans(context: VmContext, storage: string, vmid: number): readonly string[] {
  try {
    return context.disks.usableStorage(storage).content.has("images") ? context.disks.images(storage, vmid) : [];
  } catch {
    // a storage that is not there has nothing to remove
    return [];
  }
}

/** Rights on the VM and its place in a pool go with it. */
function forget(context: VmContext, vmid: number): void {
  const { access, pools } = context.cluster;
  access.acl = access.acl.filter((entry) => entry.path !== `/vms/${vmid}`);
  for (const pool of Object.values(pools)) pool.vms = pool.vms.filter((member) => member !== vmid);
  removeGuestFirewall(context.cluster, vmid);
}
