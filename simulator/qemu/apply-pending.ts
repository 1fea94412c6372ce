import { textOf } from "../errors.js";
import { cloudinitDrive } from "./cloudinit.js";
import { writeConfig } from "./config-file.js";
import { moveVmAddresses } from "./vnet-addresses.js";
import type { Log, Vm, VmContext } from "./context.js";
import { isCloudinit, isDriveName, parseDrive } from "./drive.js";
import { cleanupPending, hasPending } from "./pending.js";
import { destroyDrive, detachDrive } from "./unused.js";

/** Texts by option, for the reply. */
export type OptionErrors = Record<string, string>;

/** Applies everything pending to a VM that does not run (`vmconfig_apply_pending`). */
export function applyPending(context: VmContext, vm: Vm, errors: OptionErrors, log: Log): void {
  if (!hasPending(vm)) return;
  const before = { ...vm.config };
  const attempt = (key: string, apply: () => void): void => {
    try {
      apply();
    } catch (error) {
      errors[key] = `unable to apply pending change ${key} : ${textOf(error)}\n`;
      log(errors[key].trimEnd());
    }
  };
  for (const key of Object.keys(vm.pendingDelete).sort()) {
    attempt(key, () => {
      const value = vm.config[key];
      const drive = value !== undefined && isDriveName(key) ? parseDrive(key, value) : undefined;
      if (drive) removeDrive(context, vm, key, vm.pendingDelete[key]?.force ?? false, log);
      delete vm.pendingDelete[key];
      delete vm.config[key];
    });
  }
  cleanupPending(vm);
  let newCloudinit = false;
  for (const key of Object.keys(vm.pending).sort()) {
    attempt(key, () => {
      const old = vm.config[key];
      const drive = old !== undefined && isDriveName(key) ? parseDrive(key, old) : undefined;
      if (drive) detachDrive(context, vm.vmid, vm, drive);
      const value = vm.pending[key] ?? "";
      const added = isDriveName(key) ? parseDrive(key, value) : undefined;
      newCloudinit ||= added !== undefined && isCloudinit(added);
      vm.config[key] = value;
      delete vm.pending[key];
    });
  }
  writeConfig(vm);
  moveVmAddresses(context, vm.vmid, before, vm.config);
  if (newCloudinit) regenerateCloudinit(vm);
}

/** Detaches a drive of the configuration, or destroys its volume when forced. */
export function removeDrive(context: VmContext, vm: Vm, key: string, force: boolean, log: Log): void {
  const drive = parseDrive(key, vm.config[key] ?? "");
  if (!drive) return;
  if (force) {
    context.rights.checkVm(vm.vmid, undefined, "VM.Config.Disk");
    destroyDrive(context, vm.vmid, vm, key, drive, log);
  } else detachDrive(context, vm.vmid, vm, drive);
}

/** The cloud-init image now says what the configuration says. */
export function regenerateCloudinit(vm: Vm): void {
  if (cloudinitDrive(vm.config) !== undefined) delete vm.cloudinit;
}
