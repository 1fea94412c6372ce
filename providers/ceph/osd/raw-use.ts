import { isProxmoxError, wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { fact, linksIn, resolved } from "../over-ssh";
import type { NodeDisk } from "./disk";

/** A device that the config of a guest names, and where. */
interface Named {
  readonly path: string;
  readonly where: string;
}

/** Device files in a value; where a container mounts something inside of it is no device of the node. */
export function devicesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(devicesIn);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(devicesIn);
  if (typeof value !== "string") return [];
  const outside = value.replace(/(^|,)mp=[^,]*/g, "$1");
  return [...outside.matchAll(/(?<![\w.-])\/dev\/[^\s,;"'=]+/g)].map(([path]) => path);
}

/** Of all guests on a node: as their configs are, and with what waits for the next boot. Asked as root, who sees them all. */
async function devicesOfGuests(root: Pve, node: string): Promise<Named[]> {
  const at = root.api.nodes.$(node);
  const found: Named[] = [];
  const add = (where: string, config: object, state = ""): void => {
    for (const [key, value] of Object.entries(config)) {
      for (const path of devicesIn(value)) found.push({ path, where: `${where} (${key})` });
      for (const path of passedThrough(key, value)) found.push({ path, where: `${where} (${key}, ${path}${state})` });
    }
  };
  const vms = wire.list(await at.qemu.$get()).flatMap(({ vmid, status }) => {
    const id = wire.integer(vmid);
    return id === undefined ? [] : [{ id, state: status === "running" ? "; it runs" : "; it gets it when it starts" }];
  });
  const containers = wire.list(await at.lxc.$get()).flatMap(({ vmid }) => wire.integer(vmid) ?? []);
  for (const { id, state } of vms)
    for (const current of [true, false])
      await unlessGone(async () => add(`VM ${id}`, await at.qemu.$(id).config.$get({ current }), state));
  for (const vmid of containers)
    for (const current of [true, false])
      await unlessGone(async () => add(`container ${vmid}`, await at.lxc.$(vmid).config.$get({ current })));
  return found;
}

/** What a guest is given of the node's hardware: the node has the disk until it starts. */
function passedThrough(key: string, value: unknown): string[] {
  if (typeof value !== "string") return [];
  if (/^hostpci\d+$/.test(key)) {
    const mapping = mappingOf(value);
    if (mapping !== undefined) return [`PCI mapping ${mapping}`];
    const addresses = addressesIn(value);
    return addresses.length > 0 ? addresses : [`PCI ${value}`];
  }
  if (key === "args" && /vfio/.test(value)) {
    const addresses = addressesIn(value);
    return addresses.length > 0 ? addresses : [`PCI ${value}`];
  }
  return /^usb\d+$/.test(key) && !/^spice/.test(value.replace(/^host=/, "")) ? [`USB ${value}`] : [];
}

const mappingOf = (value: string): string | undefined => /(?:^|,)mapping=([^,]+)/.exec(value)?.[1];

/** `PCI 0000:01:00.0`, or `PCI 0000:01:00` for all functions of a device. */
const addressesIn = (value: string): string[] =>
  [...value.matchAll(/(?:([0-9a-f]{4,}):)?([0-9a-f]{2}:[0-9a-f]{2})(\.[0-7])?(?![\w:])/gi)].map(
    ([, domain = "0000", slot = "", part = ""]) => `PCI ${domain}:${slot}${part}`.toLowerCase(),
  );

/** A mapping by the addresses that it has on this node. One that has none here stays as it is named. */
async function followMappings(root: Pve, node: string, named: readonly Named[]): Promise<Named[]> {
  const form = /^PCI mapping (.+)$/;
  if (!named.some(({ path }) => form.test(path))) return [...named];
  const rows = wire.list(await root.api.cluster.mapping.pci.$get());
  return named.flatMap(({ path, where }) => {
    const id = form.exec(path)?.[1];
    if (id === undefined) return [{ path, where }];
    const entries = rows.filter((row) => row["id"] === id).flatMap((row) => wire.strings(row["map"]));
    const here = entries.map((entry) => entry.split(",")).filter((parts) => parts.includes(`node=${node}`));
    // Each entry has a path, and each part of it is one device: whatever else there is leaves the whole unclear.
    const devices = here.flatMap((parts) => {
      const paths = parts.filter((part) => part.startsWith("path="));
      return paths.length === 1 ? (paths[0] ?? "").slice("path=".length).split(";") : [""];
    });
    const addresses = devices.map(addressesIn);
    if (devices.length === 0 || !addresses.every(({ length }) => length === 1)) return [{ path, where }];
    return addresses.flat().map((address) => ({ path: address, where }));
  });
}

/** The places of a disk among the devices of the kernel: its own, or those of each controller that leads to it. */
async function placesOf(pve: Pve, call: Call, node: string, devpath: string): Promise<string[]> {
  const path = await resolved(pve, call, node, `/sys/class/block/${devpath.replace(/^\/dev\//, "")}`);
  // NVMe that several controllers may lead to stands among the virtual devices; its subsystem has a link to each that is driven.
  const subsystem = /^(\/sys\/devices\/virtual\/nvme-subsystem\/nvme-subsys\d+)\/[^/]+$/.exec(path ?? "")?.[1];
  if (subsystem === undefined) return path === undefined ? [] : [path];
  const links = (await linksIn(pve, call, node, subsystem)).filter((name) => /^nvme\d+$/.test(name));
  const paths: string[] = [];
  for (const name of links) paths.push((await resolved(pve, call, node, `${subsystem}/${name}`)) ?? "");
  return paths;
}

/** A PCI device of the node, and what it is. */
interface PciDevice {
  readonly id: string;
  readonly class: string;
}

const pciDevices = async (root: Pve, node: string): Promise<PciDevice[]> =>
  wire.list(await root.api.nodes.$(node).hardware.pci.$get()).map((row) => ({
    id: (wire.string(row["id"]) ?? "").toLowerCase(),
    class: (wire.string(row["class"]) ?? "").toLowerCase(),
  }));

/** Network, display, sound, modems, input, USB and SMBus, wireless, encryption, signals, accelerators: no way to a disk of the node. */
const noStorage = /^0x(?:0[23479d]|1[012]|0c03|0c05)/;

/** What is known of the ways to a disk. */
interface Ways {
  readonly places: readonly string[];
  readonly devices: readonly PciDevice[];
  /** No other controller than its own leads to it, as the kernel knows. */
  readonly sole: boolean;
  /** PCI devices that the node's own driver for NVMe has now, and that answer. */
  readonly driven: ReadonlySet<string>;
}

const isNvme = (place: string): boolean => /\/nvme\/nvme\d+(?:\/|$)/.test(place);

/**
 * Does only its own controller lead to a disk of NVMe? Where its subsystem may have others, or virtual functions, the kernel has the
 * disk among its virtual devices, but for what is private to one controller (`nvme_mpath_alloc_disk` of drivers/nvme/host/multipath.c);
 * unless that is switched off.
 */
async function isSole(pve: Pve, call: Call, node: string, places: readonly string[]): Promise<boolean> {
  const [place, ...more] = places;
  if (place === undefined || more.length > 0 || !/\/nvme\/nvme\d+\/nvme\d+n\d+$/.test(place)) return false;
  return (await fact(pve, call, node, "/sys/module/nvme_core/parameters/multipath")) === "Y";
}

/**
 * Devices that the kernel drives as NVMe now: of those it knows to which subsystem they belong, and a disk of another one is not
 * behind them. What a guest has that runs is driven by vfio-pci, and nothing is known of it.
 */
async function drivenAsNvme(pve: Pve, call: Call, node: string, ids: readonly string[]): Promise<Set<string>> {
  const driven = new Set<string>();
  for (const id of ids.filter((each) => /^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(each))) {
    const device = `/sys/bus/pci/devices/${id}`;
    if ((await resolved(pve, call, node, `${device}/driver`)) !== "/sys/bus/pci/drivers/nvme") continue;
    if ((await fact(pve, call, node, `${device}/nvme/nvme*/state`)) === "live") driven.add(id);
  }
  return driven;
}

/**
 * Undefined where it cannot be told whether the disk is behind it. A controller of mass storage that is not the disk's own may lead to
 * it all the same: a second port, a second path of SAS, a virtual function. Only what is known to be something else does not.
 */
function isBehind(named: string, { places, devices, sole, driven }: Ways): boolean | undefined {
  const hasController = (path: string): boolean => /\/[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\//i.test(path);
  const known = places.length > 0 && places.every(hasController);
  const address = /^pci ([0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}(?:\.[0-7])?)$/i.exec(named)?.[1];
  if (address !== undefined) {
    if (places.some((path) => path.includes(`/${address}`))) return true;
    const given = devices.filter(({ id }) => id === address || id.startsWith(`${address}.`));
    const harmless = given.length > 0 && given.every((device) => noStorage.test(device.class));
    if (!known) return undefined;
    if (harmless || sole) return false;
    // A controller of NVMe leads to nothing but the namespaces of its own subsystem.
    const elsewhere = ({ id, class: kind }: PciDevice): boolean =>
      places.every(isNvme) ? driven.has(id) : kind.startsWith("0x0108");
    return given.length > 0 && given.every(elsewhere) ? false : undefined;
  }
  if (named.startsWith("USB")) return known && !places.some((path) => path.includes("/usb")) ? false : undefined;
  return undefined;
}

/** Has a guest this PCI device, or all functions of its slot? */
const isNamed = (named: readonly Named[], id: string): boolean =>
  named.some(({ path }) => {
    const address = path.toLowerCase().replace(/^pci /, "");
    return id === address || id.startsWith(`${address}.`);
  });

/** Block devices, of which one may be the disk that is asked for, and files that lead to no disk at all. */
const blockDevice =
  /^\/dev\/(?:(?:sd|vd|xvd)[a-z]+\d*|nvme\d+n\d+(?:p\d+)?|(?:dm-|md|zd|rbd|loop|sr|nbd|drbd)\d+(?:p\d+)?)$/;
const noDisk = /^\/dev\/(?:null|zero|full|u?random|kvm|fuse|net\/tun|dri\/\w+|snd\/\w+|tty\w+|video\d+|input\/\w+)$/;

async function unlessGone(look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    // Gone since the list was read.
    if (!isProxmoxError(error, "not-found")) throw error;
  }
}

/**
 * Which guests use the disk without a storage. What they write there Proxmox does not show. `unclear`: what is named and
 * cannot be followed to a device, and so might be any.
 */
export async function rawUsers(
  { pve, root }: { readonly pve: Pve; readonly root: Pve },
  call: Call,
  node: string,
  disk: NodeDisk,
): Promise<{ readonly users: string[]; readonly unclear: string[] }> {
  const named = await followMappings(root, node, await devicesOfGuests(root, node));
  const targets = new Map<string, string | undefined>();
  const isHardware = (path: string): boolean => /^(?:pci|usb) /i.test(path);
  const hardware = named.some(({ path }) => isHardware(path));
  const places = hardware ? await placesOf(pve, call, node, disk.devpath) : [];
  const devices = hardware ? await pciDevices(root, node) : [];
  const sole = hardware && (await isSole(pve, call, node, places));
  const storage = devices.filter(({ id, class: kind }) => kind.startsWith("0x0108") && isNamed(named, id));
  const asked = sole || !places.every(isNvme) ? [] : storage.map(({ id }) => id);
  const ways = { places, devices, sole, driven: await drivenAsNvme(pve, call, node, asked) };
  for (const path of new Set(named.map((each) => each.path))) {
    if (!isHardware(path)) {
      const target = await resolved(pve, call, node, path);
      // What is no block device may be another way to one: /dev/sg0, a controller, a directory.
      if (target !== undefined && (blockDevice.test(target) || noDisk.test(target))) targets.set(path, target);
    } else {
      const behind = isBehind(path, ways);
      if (behind !== undefined) targets.set(path, behind ? disk.devpath : "elsewhere");
    }
  }
  const own = new RegExp(`^${disk.devpath.replace(/[^\w/-]/g, "\\$&")}(?:p?\\d+)?$`);
  const users = named.filter(({ path }) => own.test(targets.get(path) ?? "")).map(({ where }) => where);
  const unclear = named
    .filter(({ path }) => targets.get(path) === undefined)
    .map(({ path, where }) => `${path} of ${where}`);
  return { users: [...new Set(users)], unclear: [...new Set(unclear)] };
}
