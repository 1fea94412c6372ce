import { die } from "./errors.js";
import { parseProperties, type Properties } from "./qemu/property-string.js";
import { storages } from "./storage/sections.js";
import type { Mapping, MappingKind, Mappings, PciDevice } from "./world/resource-mappings.js";
import type { Cluster, NodeState } from "./world/world.js";

/** All mappings of a kind. */
export function mappingsOf(cluster: Cluster, kind: MappingKind): Record<string, Mapping> {
  return (cluster.mappings ??= emptyMappings())[kind];
}

const emptyMappings = (): Mappings => ({ pci: {}, usb: {}, dir: {} });

/** What a mapping says of a node; undefined when there is no such mapping (`get_node_mapping`). */
export function mappedOn(
  cluster: Cluster,
  kind: MappingKind,
  id: string,
  node: string,
): readonly Properties[] | undefined {
  const mapping = mappingsOf(cluster, kind)[id];
  return mapping?.map.map((text) => parseProperties(text)).filter((entry) => entry.node === node);
}

/** Fails unless the node has what the entry says (`assert_valid` in PVE/Mapping). */
export function assertMapped(
  cluster: Cluster,
  node: NodeState,
  kind: MappingKind,
  id: string,
  entry: Properties,
  mapping?: Mapping,
): void {
  if (kind === "usb") assertUsb(node, id, entry);
  else if (kind === "pci") assertPci(node, id, entry, mapping);
  else assertDirectory(cluster, node, entry.path ?? "");
}

// PVE/Mapping/USB.pm
function assertUsb(node: NodeState, name: string, entry: Properties): void {
  const { path, id = "" } = entry;
  const devices = (node.hardware.usb ?? []).map(({ busnum, usbpath, vendid, prodid }) => ({
    path: `${busnum}-${usbpath}`,
    id: `${vendid}:${prodid}`,
  }));
  const found = devices.find((device) => (path === undefined ? device.id === id : device.path === path));
  if (!found) throw die(`usb device '${path ?? id}' not found`);
  if (found.id !== id) throw die(`'id' does not match for '${name}' (${found.id} != ${id})`);
}

const plain = (text: string): string => text.replaceAll("0x", "");

// PVE/Mapping/PCI.pm
function assertPci(node: NodeState, name: string, entry: Properties, mapping: Mapping | undefined): void {
  (entry.path ?? "").split(";").forEach((text, index) => {
    const path = /\.[a-f0-9]/i.test(text) ? text : `${text}.0`;
    const device = pciDevice(node, path);
    if (!device) throw die(`pci device '${path}' not found`);
    const expected = expectedOf(device, mapping);
    const configured: Record<string, string | undefined> = {
      id: entry.id,
      iommugroup: entry.iommugroup,
      "subsystem-id": entry["subsystem-id"],
      ...(mapping ? { mdev: mapping.mdev === "1" ? "1" : "0" } : {}),
    };
    for (const property of Object.keys(expected).sort()) {
      const [want, have] = [expected[property], configured[property]];
      if ((property === "iommugroup" && index > 0) || (want === undefined && have === undefined)) continue;
      if (have === undefined) throw die(`missing expected property '${property}' for device '${path}'`);
      if (want === undefined) throw die(`unexpected property '${property}' configured for device '${path}'`);
      if (plain(want) !== plain(have)) {
        throw die(`'${property}' does not match for '${name}' (${plain(want)} != ${plain(have)})`);
      }
    }
  });
}

function expectedOf(device: PciDevice, mapping: Mapping | undefined): Record<string, string | undefined> {
  const { subsystem_vendor: vendor, subsystem_device: subsystem } = device;
  return {
    id: `${device.vendor}:${device.device}`,
    iommugroup: String(device.iommugroup),
    "subsystem-id": vendor !== undefined && subsystem !== undefined ? `${vendor}:${subsystem}` : undefined,
    ...(mapping ? { mdev: device.mdev ? "1" : "0" } : {}),
  };
}

/** A PCI device of a node by its address, the domain 0000 being optional. */
export function pciDevice(node: NodeState, address: string): PciDevice | undefined {
  const full = /^[a-f0-9]{4,}:[a-f0-9]{2}:/i.test(address) ? address : `0000:${address}`;
  return node.hardware.pci?.find(({ id }) => id === full);
}

/** The node's PCI devices as `GET hardware/pci` lists them. */
export const pciRows = (node: NodeState): (PciDevice & { class: string })[] =>
  (node.hardware.pci ?? []).map((device) => ({ class: "0x000000", ...device }));

const debian = ["/", "/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp", "/usr", "/var"];

// PVE/Mapping/Dir.pm
function assertDirectory(cluster: Cluster, node: NodeState, path: string): void {
  const ofStorages = storages(cluster).flatMap(({ options }) => (options.path === undefined ? [] : [options.path]));
  const known = [...debian, ...ofStorages, ...(node.hardware.directories ?? [])];
  const wanted = path.replace(/(?!^)\/+$/, "");
  if (!known.includes(wanted)) throw die(`Path ${path} does not exist`);
}
