import { drives, sizeGiB, volumes, type GuestConfig } from "./guest-config";
import { parsePropertyString, storageOf } from "../../pve";
import type { Call } from "../runtime/call";
import type { Pve } from "../pve-session";
import { changeConfig } from "./change-config";
import { driveOptions, needsStart, sameDrive, slotOf, type Disk } from "./disk.model";
import { readGuest } from "./identity";

interface At {
  readonly node: string;
  readonly vmid: number;
}

/** Options that a wanted disk no longer sets go back to Proxmox's defaults; the others of the live drive stay. */
export function driveString(
  volume: string,
  live: Readonly<Record<string, string>>,
  disk: Disk,
  was: Disk | undefined,
): string {
  const options: Record<string, string> = { ...live };
  delete options["size"];
  for (const key of Object.keys(was ? driveOptions(was) : {})) delete options[key];
  Object.assign(options, driveOptions(disk));
  return [volume, ...Object.entries(options).map(([key, value]) => `${key}=${value}`)].join(",");
}

/** A disk that is to be made: Proxmox allocates `storage:GiB`. */
export const newDriveString = (disk: Disk): string =>
  [
    `${disk.storage}:${disk.sizeGiB ?? 0}`,
    ...formatOption(disk),
    ...Object.entries(driveOptions(disk)).map(([k, v]) => `${k}=${v}`),
  ].join(",");

export const formatOption = (disk: Disk): string[] => (disk.format ? [`format=${disk.format}`] : []);

/** What is left to do when the VM has been started anew, or reason to do so. */
export interface DiskChanges {
  /** A running guest goes on with the old options, although Proxmox calls nothing pending. */
  readonly cold: boolean;
  /** Volumes that are free after the next boot only. */
  readonly leaving: readonly string[];
}

/** Adds, moves, grows, changes and removes disks, each only where it differs. */
export async function syncDisks(
  pve: Pve,
  call: Call,
  at: At,
  guest: GuestConfig,
  wanted: readonly Disk[] | undefined,
  was: readonly Disk[] | undefined,
): Promise<DiskChanges> {
  if (wanted === undefined) return { cold: false, leaving: [] };
  let cold = false;
  const leaving: string[] = [];
  const live = drives(guest);
  const before = new Map((was ?? []).map((disk, i) => [slotOf(disk, i), disk]));
  for (const [place, disk] of wanted.entries()) {
    const slot = slotOf(disk, place);
    const drive = live.get(slot);
    if (!drive) {
      await changeConfig(pve, call, at, { [slot]: newDriveString(disk) }, `adding disk ${slot}`);
      continue;
    }
    if (storageOf(drive.volume) !== disk.storage) await moveDrive(pve, call, at, slot, disk.storage, disk.format);
    const now = drives(await readGuest(pve, at)).get(slot) ?? drive;
    const text = driveString(now.volume, now.raw, disk, before.get(slot));
    const current = [now.volume, ...Object.entries(now.raw).map(([k, v]) => `${k}=${v}`)].join(",");
    if (!sameDrive(text, current)) {
      await changeConfig(pve, call, at, { [slot]: text }, `changing disk ${slot}`);
      cold ||= needsStart(now.raw, parsePropertyString(text, "file"));
    }
    const size = sizeGiB(now);
    if (disk.sizeGiB !== undefined && size !== undefined && disk.sizeGiB < size)
      throw new Error(
        `disks[${place}].sizeGiB: disk ${slot} has ${size} GiB and cannot shrink; write at least ${size}`,
      );
    if (disk.sizeGiB !== undefined && size !== undefined && disk.sizeGiB > size)
      await grow(pve, call, at, slot, disk.sizeGiB);
  }
  for (const slot of before.keys())
    if (!wanted.some((disk, i) => slotOf(disk, i) === slot) && live.has(slot))
      leaving.push(...(await removeDrive(pve, call, at, slot, `disk ${slot}`)));
  return { cold, leaving };
}

/** Moves a drive's volume to another storage. */
export async function moveDrive(
  pve: Pve,
  call: Call,
  at: At,
  slot: string,
  storage: string,
  format?: Disk["format"],
): Promise<void> {
  await pve.task(call, `moving disk ${slot} to ${storage}`, () =>
    pve.api.nodes
      .$(at.node)
      .qemu.$(at.vmid)
      .move_disk.$post({ disk: slot, storage, delete: true, ...(format ? { format } : {}) }),
  );
}

async function grow(pve: Pve, call: Call, at: At, slot: string, gib: number): Promise<void> {
  const kib = Math.ceil(gib * 1024 * 1024);
  await pve.task(call, `growing disk ${slot} to ${gib} GiB`, () =>
    pve.api.nodes
      .$(at.node)
      .qemu.$(at.vmid)
      .resize.$put({ disk: slot, size: `${kib}K` }),
  );
}

/**
 * The program named this drive and does so no longer: it is detached, and then its volume, and no other, is freed. A
 * running VM may hold it until its next boot: then the volume is returned.
 */
export async function removeDrive(pve: Pve, call: Call, at: At, slot: string, what: string): Promise<string[]> {
  const volume = volumes(await readGuest(pve, at))[slot];
  await changeConfig(pve, call, at, { delete: slot }, `detaching ${what}`);
  if (volume === undefined || (await freeDetached(pve, call, at, [volume]))) return [];
  return [volume];
}

/** Frees volumes of ours that are attached no longer; false when one still is. */
export async function freeDetached(pve: Pve, call: Call, at: At, wanted: readonly string[]): Promise<boolean> {
  const { config } = await readGuest(pve, at);
  const unused = Object.keys(config).filter((key) => /^unused\d+$/.test(key) && wanted.includes(config[key] ?? ""));
  for (const key of unused) await changeConfig(pve, call, at, { delete: key }, `removing the volume ${config[key]}`);
  return unused.length === wanted.length;
}
