import { parsePropertyString } from "../../../pve";
import { readMark, type MarkedDescription } from "./mark-line";
import { diskOf, diskSlots, type Drive } from "../disks/disk.model";

/** One row of `GET /nodes/{node}/qemu/{vmid}/pending`. */
export interface PendingRow {
  readonly key: string;
  readonly value?: string | number;
  readonly pending?: string | number;
  readonly delete?: number;
}

/** The config of a guest: what it runs with, and what it will have after the next reboot. */
export interface VmConfig {
  /** As it will be: pending values and deletions applied. */
  readonly config: Readonly<Record<string, string>>;
  /** As it is: what a running guest has. */
  readonly current: Readonly<Record<string, string>>;
  /** Keys whose new value waits for a reboot. */
  readonly waiting: readonly string[];
  readonly digest: string | undefined;
}

export function readPending(rows: readonly PendingRow[]): VmConfig {
  const config: Record<string, string> = {};
  const current: Record<string, string> = {};
  const waiting: string[] = [];
  let digest: string | undefined;
  for (const { key, value, pending, delete: gone } of rows) {
    if (key === "digest") {
      digest = String(value);
      continue;
    }
    if (value !== undefined) current[key] = String(value);
    if (gone || pending !== undefined) waiting.push(key);
    const next = gone ? undefined : (pending ?? value);
    if (next !== undefined) config[key] = String(next);
  }
  return { config, current, waiting, digest };
}

/** Sent with a change, so that Proxmox refuses it when the config is not the one that was read. */
export const digestOf = ({ digest }: Pick<VmConfig, "digest">): { digest?: string } =>
  digest === undefined ? {} : { digest };

export const uuidOf = ({ config }: VmConfig): string | undefined =>
  parsePropertyString(config["smbios1"] ?? "", "uuid")["uuid"]?.toLowerCase();

/**
 * The mark of the guest's owner. A mark that was written on a guest of another uuid came along when somebody cloned that
 * one: it is void. Marks of earlier releases tell no uuid.
 */
export function markOf(guest: VmConfig): MarkedDescription {
  const found = readMark(guest.config["description"]);
  const copied = found.uuid !== undefined && found.uuid !== uuidOf(guest);
  return copied ? { description: found.description, unfinished: false } : found;
}

/** The hard disks, by slot: no CD, no cloud-init drive, nothing detached. */
export function drives({ config }: VmConfig): Map<string, Drive> {
  const found = new Map<string, Drive>();
  for (const [key, text] of Object.entries(config)) {
    if (!diskSlots.test(key)) continue;
    const { file, ...raw } = parsePropertyString(text, "file");
    if (file !== undefined && raw["media"] !== "cdrom" && !file.includes("cloudinit"))
      found.set(key, { volume: file, raw });
  }
  return found;
}

/** Slot of the cloud-init drive, if there is one. */
export const cloudInitSlot = ({ config }: VmConfig): string | undefined =>
  Object.keys(config).find((key) => diskSlots.test(key) && /:(?:\d+\/)?vm-\d+-cloudinit\b/.test(config[key] as string));

/** Every volume that the config names: disks, EFI and TPM state, cloud-init, detached ones. */
export function volumes({ config }: VmConfig): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, text] of Object.entries(config)) {
    if (!diskSlots.test(key) && !/^(?:efidisk0|tpmstate0|unused\d+)$/.test(key)) continue;
    const { file, media } = parsePropertyString(text, "file");
    if (file !== undefined && file !== "none" && file !== "cdrom" && (media !== "cdrom" || file.includes("cloudinit")))
      out[key] = file;
  }
  return out;
}

/**
 * The same with volumes that are to be detached and are not yet: a running guest has them, and a stopped one until its
 * next start. A deletion takes them along. In a slot that gets another volume the old one is named by `<slot> (now)`.
 */
export function heldVolumes(guest: VmConfig): Record<string, string> {
  const out = volumes(guest);
  const known = new Set(Object.values(out));
  for (const [slot, volume] of Object.entries(volumes({ ...guest, config: guest.current })))
    if (!known.has(volume)) out[slot in out ? `${slot} (now)` : slot] = volume;
  return out;
}

/** The same without what is detached. */
export const attachedVolumes = (guest: VmConfig): Record<string, string> =>
  Object.fromEntries(Object.entries(volumes(guest)).filter(([key]) => !key.startsWith("unused")));

/** Slot of a volume that is attached, or that a running guest still holds until its next boot. */
export function attachedAt({ config, current }: VmConfig, volume: string): string | undefined {
  for (const texts of [config, current])
    for (const [key, text] of Object.entries(texts))
      if (isAttachment(key) && parsePropertyString(text, "file")["file"] === volume) return key;
  return undefined;
}

const isAttachment = (key: string): boolean => diskSlots.test(key) || key === "efidisk0" || key === "tpmstate0";

/** Is the volume kept as unused, and attached nowhere? */
export const isDetached = (guest: VmConfig, volume: string): boolean =>
  unusedKeys(guest, volume).length > 0 && attachedAt(guest, volume) === undefined;

/** The `unusedN` of a volume. */
export const unusedKeys = ({ config }: Pick<VmConfig, "config">, volume: string): string[] =>
  Object.keys(config).filter((key) => /^unused\d+$/.test(key) && config[key] === volume);

const gib = 1024 ** 3;

/** Size of a drive in GiB as its property string tells it. */
export function sizeGiB(drive: Drive): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(drive.raw["size"] ?? "");
  if (!match) return undefined;
  const unit = { "": 1, K: 1024, M: 1024 ** 2, G: gib, T: 1024 * gib }[match[2] as "" | "K" | "M" | "G" | "T"];
  return (Number(match[1]) * unit) / gib;
}

export const disks = (config: VmConfig) =>
  [...drives(config)].map(([slot, drive]) => diskOf(slot, drive, sizeGiB(drive)));

/** Addresses that cloud-init gives the guest, without prefix length: none of DHCP or SLAAC. */
export const staticAddresses = ({ config }: VmConfig): string[] =>
  Object.keys(config)
    .filter((key) => /^ipconfig\d+$/.test(key))
    .sort()
    .flatMap((key) => {
      const { ip, ip6 } = parsePropertyString(config[key] as string, "");
      return [ip, ip6].flatMap((text) => /^([^/]+)\/\d+$/.exec(text ?? "")?.[1] ?? []);
    });
