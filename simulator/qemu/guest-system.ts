import { condition } from "../faults.js";
import type { OperatingSystem } from "../world/storage.js";
import { effectiveBootOrder } from "./boot-order.js";
import type { Vm, VmContext } from "./context.js";
import { parseDrive } from "./drive.js";
import { splitVolid } from "./drive-params.js";
import { parseProperties } from "./property-string.js";

/** Milliseconds from power-on until the operating system answers. */
export const BOOT_TIME = 8000;

/** The operating system in a running VM. */
interface GuestSystem {
  /** Up: it answers power button, unplug requests and, if it has one, through its agent. */
  readonly booted: boolean;
  /** It runs a guest agent. */
  readonly agent: boolean;
}

/** What a VM boots: the first bootable volume that its boot order finds. */
export function bootableSystem(context: VmContext, vm: Vm): OperatingSystem | undefined {
  for (const device of effectiveBootOrder(vm.config)) {
    const drive = vm.config[device] === undefined ? undefined : parseDrive(device, vm.config[device]);
    if (!drive || !splitVolid(drive.file)) continue;
    const os = context.disks.find(drive.file)?.os;
    if (os) return os;
  }
  return undefined;
}

/** The operating system of a VM; undefined when it does not run or there is none. */
export function guestSystem(context: VmContext, vm: Vm): GuestSystem | undefined {
  const { running } = vm;
  if (!running?.os || running.paused) return undefined;
  const silent = condition("silent-agent", (fault) => fault.vmid === undefined || fault.vmid === vm.vmid);
  return { booted: context.clock.reached(running.booting + BOOT_TIME), agent: running.os.agent && !silent };
}

/** Whether the configuration turns the guest agent's device on. */
export function agentEnabled(vm: Vm): boolean {
  const enabled = parseProperties(vm.config.agent ?? "", { defaultKey: "enabled" }).enabled;
  return enabled !== undefined && /^(1|on|yes|true)$/i.test(enabled);
}

/** Whether the guest agent answers: configured at the start, installed and up. */
export function agentRuns(context: VmContext, vm: Vm): boolean {
  const system = guestSystem(context, vm);
  return agentEnabled(vm) && system?.booted === true && system.agent;
}
