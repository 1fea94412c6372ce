import { isProxmoxError, wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { resolved } from "../over-ssh";
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
  const add = (where: string, config: object): void => {
    for (const [key, value] of Object.entries(config))
      for (const path of [...devicesIn(value), ...passedThrough(key, value)])
        found.push({ path, where: `${where} (${key})` });
  };
  const vms = wire.list(await at.qemu.$get()).flatMap(({ vmid }) => wire.integer(vmid) ?? []);
  const containers = wire.list(await at.lxc.$get()).flatMap(({ vmid }) => wire.integer(vmid) ?? []);
  for (const vmid of vms)
    for (const current of [true, false])
      await unlessGone(async () => add(`VM ${vmid}`, await at.qemu.$(vmid).config.$get({ current })));
  for (const vmid of containers)
    for (const current of [true, false])
      await unlessGone(async () => add(`container ${vmid}`, await at.lxc.$(vmid).config.$get({ current })));
  return found;
}

/** Controllers that a guest is given: the node has the disk until it starts. Mappings are named by what they are called. */
function passedThrough(key: string, value: unknown): string[] {
  if (typeof value !== "string") return [];
  if (/^hostpci\d+$/.test(key)) {
    const found = [...value.matchAll(/(?:([0-9a-f]{4,}):)?([0-9a-f]{2}:[0-9a-f]{2})(\.[0-7])?(?![\w:])/gi)];
    const addresses = found.map(([, domain = "0000", slot = "", part = ""]) =>
      `PCI ${domain}:${slot}${part}`.toLowerCase(),
    );
    return addresses.length > 0 ? addresses : [`PCI ${value}`];
  }
  return /^usb\d+$/.test(key) && !/^spice/.test(value.replace(/^host=/, "")) ? [`USB ${value}`] : [];
}

/**
 * Undefined where it cannot be told whether the disk is behind it: a namespace of NVMe that several controllers may lead to
 * stands among the virtual devices, and names none of them.
 */
function isBehind(named: string, place: string): boolean | undefined {
  const hasController = /\/[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\//i.test(place);
  const address = /^pci ([0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}(?:\.[0-7])?)$/i.exec(named)?.[1];
  if (address !== undefined) return place.includes(`/${address}`) || (hasController ? false : undefined);
  if (named.startsWith("USB")) return place.includes("/usb") || !hasController ? undefined : false;
  return undefined;
}

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
  const named = await devicesOfGuests(root, node);
  const targets = new Map<string, string | undefined>();
  const isHardware = (path: string): boolean => /^(?:pci|usb) /i.test(path);
  const place = named.some(({ path }) => isHardware(path))
    ? ((await resolved(pve, call, node, `/sys/class/block/${disk.devpath.replace(/^\/dev\//, "")}`)) ?? "")
    : "";
  for (const path of new Set(named.map((each) => each.path))) {
    if (!isHardware(path)) targets.set(path, await resolved(pve, call, node, path));
    else {
      const behind = isBehind(path, place);
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
