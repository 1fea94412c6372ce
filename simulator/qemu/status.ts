import { serviceStatus } from "../ha/ha-resources.js";
import { bootDiskSize } from "./boot-order.js";
import type { Vm, VmContext } from "./context.js";
import { agentEnabled } from "./guest-system.js";
import { isTemplate } from "./context.js";
import { memoryOf } from "./machine.js";
import { netIndices } from "./network-device.js";
import { parseProperties } from "./property-string.js";

type Shown = Record<string, string | number | null | object>;

/** One VM in GET qemu, and most of GET status/current (`vmstatus`). */
export function vmStatus(context: VmContext, vm: Vm, full: boolean): Shown {
  const { config, running } = vm;
  const number = (key: string, fallback: number): number => Number(config[key] ?? "") || fallback;
  const cpus = Math.min(context.node.hardware.cpus, number("sockets", 1) * number("cores", 1));
  const status: Shown = {
    vmid: vm.vmid,
    name: config.name || `VM ${vm.vmid}`,
    status: running ? "running" : "stopped",
    cpus: number("vcpus", cpus),
    maxmem: memoryOf(config) * 1024 * 1024,
    disk: 0,
    maxdisk: bootDiskSize(config),
    uptime: running ? Math.floor((context.clock.now() - running.since) / 1000) : 0,
    cpu: 0,
    mem: 0,
    memhost: 0,
    netin: 0,
    netout: 0,
  };
  if (number("balloon", 0) > 0) {
    status.balloon_min = number("balloon", 0) * 1024 * 1024;
    status.shares = config.shares === undefined ? 1000 : Number(config.shares);
  }
  if (isTemplate(config)) status.template = 1;
  if (Object.keys(config).some((key) => /^serial\d+$/.test(key))) status.serial = 1;
  if (config.lock) status.lock = config.lock;
  if (config.tags !== undefined) status.tags = config.tags;
  if (running) {
    status.pid = running.pid;
    for (const kind of ["cpu", "io", "memory"]) {
      status[`pressure${kind}some`] = 0;
      status[`pressure${kind}full`] = 0;
    }
    const nics = netIndices(config).map((index) => [`tap${vm.vmid}i${index}`, { netin: 0, netout: 0 }] as const);
    if (full && nics.length > 0) status.nics = Object.fromEntries(nics);
  }
  if (full) status.qmpstatus = running ? (running.paused ? "paused" : "running") : "stopped";
  return status;
}

/** GET status/current. */
export function currentStatus(context: VmContext, vm: Vm): Shown {
  const status: Shown = { ...vmStatus(context, vm, true), ha: serviceStatus(context.cluster, vm.vmid) };
  if (vm.config.vga) {
    const vga = parseProperties(vm.config.vga, { defaultKey: "type" });
    if (/^(virtio|qxl)/.test(vga.type ?? "")) status.spice = 1;
    status.clipboard = vga.clipboard ?? null;
  }
  if (agentEnabled(vm)) status.agent = 1;
  return status;
}
