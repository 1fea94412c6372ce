import { die } from "../errors.js";
import type { Vm, VmContext } from "./context.js";
import type { MadeVolume } from "./disk-store.js";
import { drivesOf, isCdrom } from "./drive.js";
import { splitVolid } from "./drive-params.js";
import { memoryOf } from "./machine.js";

const DRIVER_STATE = 500;

/** Where a VM's memory is saved: its own choice, else a storage of its disks, shared ones first. */
export function stateStorage(context: VmContext, vm: Vm): string {
  if (vm.config.vmstatestorage) return vm.config.vmstatestorage;
  const storages = drivesOf(vm.config)
    .filter(([, drive]) => !isCdrom(drive))
    .map(([, drive]) => splitVolid(drive.file)?.storage)
    .filter((id): id is string => id !== undefined && context.disks.storageIds().includes(id));
  const shared = storages.find((id) => context.disks.storage(id).shared);
  const storage = shared ?? storages[0] ?? "local";
  if (!context.disks.storageIds().includes(storage)) throw die("could not find a storage for the VM state");
  return storage;
}

/** Allocates the volume that takes a VM's memory: twice the memory and half a GiB of device state. */
export function saveState(context: VmContext, vm: Vm, name: string, storage = stateStorage(context, vm)): MadeVolume {
  const size = (memoryOf(vm.config) * 2 + DRIVER_STATE) * 1024 * 1024;
  const suffix = context.disks.storage(storage).files ? ".raw" : "";
  return context.disks.allocate(storage, {
    vmid: vm.vmid,
    format: "raw",
    name: `vm-${vm.vmid}-state-${name}${suffix}`,
    size,
  });
}
