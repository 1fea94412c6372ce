import { die } from "../errors.js";
import { sdnInterfaces } from "../sdn/node-sdn.js";
import type { VmContext } from "./context.js";
import type { Section } from "./config-file.js";
import { drivesOf } from "./drive.js";
import { splitVolid } from "./drive-params.js";
import { hotplugFeatures } from "./hotplug-features.js";
import { memoryOf } from "./machine.js";
import { netIndices, parseNet } from "./network-device.js";
import { assertHostDevices, assertMemory } from "./start-hardware.js";

/** Whether the node's kernel has the bridge (or a vnet of that name). */
export function bridgeExists(context: VmContext, bridge: string): boolean {
  if (sdnInterfaces(context.node)[bridge]) return true;
  const { interfaces } = context.node.network;
  return new RegExp(`^\\s*iface\\s+${bridge.replace(/\./g, "\\.")}\\s`, "m").test(interfaces);
}

/** All that keeps a VM from starting, in the order in which qemu-server stumbles over it. */
export function assertStartable(context: VmContext, config: Section, log: (line: string) => void): void {
  for (const [, drive] of drivesOf(config)) {
    const split = splitVolid(drive.file);
    if (!split) continue;
    context.disks.usableStorage(split.storage);
    if (!context.disks.find(drive.file)) throw die(`volume '${drive.file}' does not exist`);
  }
  assertHostDevices(context, config);
  const { cpus } = context.node.hardware;
  const vcpus = Number(config.vcpus ?? 0) || Number(config.sockets ?? 1) * Number(config.cores ?? 1);
  if (vcpus > cpus) throw die(`MAX ${cpus} vcpus allowed per VM on this node`);
  assertMemory(config);
  const maximum = Number(config.sockets ?? 1) * Number(config.cores ?? 1);
  if (vcpus > maximum && !hotplugFeatures(config.hotplug).has("cpu")) {
    log("kvm: Invalid CPU topology: maxcpus must be equal to or greater than smp");
    throw die("start failed: QEMU exited with code 1");
  }
  if (config.args?.includes("-nosuch")) {
    log(`qemu-system-x86_64: ${config.args.trim().split(/\s+/)[0] ?? ""}: invalid option`);
    throw die("start failed: QEMU exited with code 1");
  }
  if (memoryOf(config) * 1024 * 1024 > context.node.hardware.memory * 4) {
    log("qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory");
    throw die("start failed: QEMU exited with code 1");
  }
  for (const index of netIndices(config)) {
    const { bridge } = parseNet(config[`net${index}`] ?? "");
    if (bridge !== undefined && !bridgeExists(context, bridge)) throw die(`bridge '${bridge}' does not exist`);
  }
}
