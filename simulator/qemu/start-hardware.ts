import { die, textOf } from "../errors.js";
import { assertMapped, mappedOn, mappingsOf, pciDevice } from "../resource-mappings.js";
import type { MappingKind } from "../world/resource-mappings.js";
import type { Section } from "./config-file.js";
import type { VmContext } from "./context.js";
import { hotplugFeatures } from "./hotplug-features.js";
import { memoryOf, windowsVersion } from "./machine.js";
import { parseProperties, type Properties } from "./property-string.js";

/** Indices of an option such as `usb`, in their order. */
const indices = (config: Section, option: string): number[] =>
  Object.keys(config)
    .flatMap((key) => (key.startsWith(option) ? [key.slice(option.length)] : []))
    .filter((rest) => /^\d+$/.test(rest))
    .map(Number)
    .sort((a, b) => a - b);

/** Memory that a VM with memory hotplug has in any case; the rest comes as DIMMs (PVE/QemuServer/Memory.pm). */
export const STATIC_MEMORY = 1024;

/** The memory that a VM has when DIMMs are plugged until it has at least so much (`foreach_dimm`). */
export function wholeDimms(base: number, wanted: number, smallest: number): number {
  let size = base;
  for (let dimm = smallest; dimm < smallest * 2 ** 8; dimm *= 2) {
    for (let count = 0; count < 32 && size < wanted; count++) size += dimm;
  }
  return size;
}

/** Memory and NUMA topologies that do not go together (`config` in PVE/QemuServer/Memory.pm). */
export function assertMemory(config: Section): void {
  const memory = memoryOf(config);
  const numaNodes = indices(config, "numa");
  const numa = config.numa === "1";
  const plugged = hotplugFeatures(config.hotplug).has("memory");
  if (plugged) {
    if (!numa) throw die("NUMA needs to be enabled for memory hotplug");
    if (numaNodes.length > 0) throw die("cannot enable memory hotplugging with custom NUMA topology");
    const least = STATIC_MEMORY * (config.hugepages === "1024" ? Number(config.sockets ?? 1) : 1);
    if (memory < least) throw die(`minimum memory must be ${least}MB`);
  }
  if (config.hugepages && !numa) {
    throw die("numa needs to be enabled to use hugepages at /usr/share/perl5/PVE/QemuServer/Memory.pm line 388.");
  }
  if (plugged && indices(config, "virtiofs").length > 0) {
    throw die("Memory hotplug does not work in combination with virtio-fs.");
  }
  if (numa) assertTopology(config, numaNodes, memory);
}

function assertTopology(config: Section, nodes: readonly number[], memory: number): void {
  let total = 0;
  for (const index of nodes) {
    const node = parseProperties(config[`numa${index}`] ?? "");
    if (!Number(node.memory)) throw die(`missing NUMA node${index} memory value`);
    total += Number(node.memory);
    if (node.hostnodes !== undefined) {
      if (!node.policy) throw die(`you need to define a policy for hostnode ${node.hostnodes.replaceAll(";", ",")}`);
    } else if (config.hugepages) {
      throw die(
        "numa hostnodes need to be defined to use hugepages at /usr/share/perl5/PVE/QemuServer/Memory.pm line 429.",
      );
    }
  }
  if (total > 0 && total !== memory) throw die("total memory for NUMA nodes must be equal to vm static memory");
}

/** Devices and directories of the node that a VM is given: they must be there and what they are said to be. */
export function assertHostDevices(context: VmContext, config: Section): void {
  for (const index of indices(config, "usb")) assertUsb(context, config, index);
  const used = new Set<string>();
  for (const index of indices(config, "hostpci")) assertPci(context, config, index, used);
  for (const index of indices(config, "virtiofs")) assertDirectory(context, config, index);
}

// PVE/QemuServer/USB.pm; scenario 17
function assertUsb(context: VmContext, config: Section, index: number): void {
  const modern = config.ostype === "l26" || windowsVersion(config.ostype) > 7;
  if (index >= 5 && !modern) {
    throw die(`using usb${index} is only possible with machine type >= 7.1 and ostype l26 or windows > 7`);
  }
  const { mapping } = parseProperties(config[`usb${index}`] ?? "", { defaultKey: "host" });
  if (mapping === undefined) return;
  const entries = mappedOn(context.cluster, "usb", mapping, context.node.name) ?? [];
  const [entry] = entries;
  if (!entry) throw die(`USB device mapping not found for '${mapping}'`);
  if (entries.length > 1) throw die("More than one USB mapping per host not supported");
  valid(context, "usb", mapping, entry, "USB Mapping invalid (hardware probably changed)");
}

// PVE/QemuServer/PCI.pm
function assertPci(context: VmContext, config: Section, index: number, used: Set<string>): void {
  const device = parseProperties(config[`hostpci${index}`] ?? "", { defaultKey: "host" });
  const q35 = /(?:^|[=,-])q35/.test(config.machine ?? "");
  if (device.pcie === "1" && !q35) {
    throw die("q35 machine model is not enabled at /usr/share/perl5/PVE/QemuServer/PCI.pm line 510.");
  }
  for (const address of pciAddresses(context, device)) {
    if (used.has(address)) throw die(`device '${address}' assigned more than once`);
    used.add(address);
  }
}

function pciAddresses(context: VmContext, { host, mapping }: Properties): string[] {
  if (host !== undefined && mapping !== undefined) throw die("Cannot set both 'host' and 'mapping'.");
  if (mapping === undefined) {
    if (host === undefined) throw die("Either 'host' or 'mapping' must be set.");
    return host.split(";").map((id) => {
      const found = pciDevice(context.node, /\.[a-f0-9]$/i.test(id) ? id : `${id}.0`);
      if (!found) throw die(`no PCI device found for '${id}'`);
      return found.id;
    });
  }
  const entries = mappedOn(context.cluster, "pci", mapping, context.node.name) ?? [];
  if (entries.length === 0) throw die(`PCI device mapping not found for '${mapping}'`);
  for (const entry of entries) {
    valid(context, "pci", mapping, entry, "PCI device mapping invalid (hardware probably changed)");
  }
  // of several alternatives the first that is free is taken
  const path = entries[0]?.path?.split(";")[0] ?? "";
  return [path.includes(".") ? path : `${path}.0`];
}

// PVE/QemuServer/Virtiofs.pm
function assertDirectory(context: VmContext, config: Section, index: number): void {
  const virtiofs = parseProperties(config[`virtiofs${index}`] ?? "", { defaultKey: "dirid" });
  const id = virtiofs.dirid ?? "";
  const { name } = context.node;
  const entries = mappedOn(context.cluster, "dir", id, name);
  if (!entries) throw die(`Directory ID ${id} does not exist.`);
  if (entries.length > 1) throw die(`More than than one directory mapping for node ${name}.`);
  const [entry] = entries;
  if (!entry) throw die(`No directory mapping for node ${name}.`);
  if (virtiofs["expose-acl"] === "1" && windowsVersion(config.ostype) > 0) {
    throw die(
      "Please disable ACLs for virtiofs on Windows VMs, otherwise the virtiofs shared directory cannot be mounted.",
    );
  }
  valid(context, "dir", id, entry, "directory mapping invalid");
}

function valid(context: VmContext, kind: MappingKind, id: string, entry: Properties, failure: string): void {
  try {
    assertMapped(context.cluster, context.node, kind, id, entry, mappingsOf(context.cluster, kind)[id]);
  } catch (error) {
    // the newline inside becomes a blank (scenario 17, line 56)
    throw die(`${failure}: ${textOf(error)} `);
  }
}
