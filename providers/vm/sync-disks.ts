import { drives, sizeGiB, type GuestConfig } from "./guest-config";
import { parsePropertyString } from "../../pve";
import type { Call } from "../runtime/call";
import type { Pve } from "../pve-session";
import { changeConfig } from "./change-config";
import { driveOptions, slotOf, type Disk } from "./disk.model";
import { diskVolumes } from "./guest-fields";
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

const sameOptions = (a: string, b: string): boolean => {
  const map = (text: string) => {
    const { size: _size, ...rest } = parsePropertyString(text, "file");
    return JSON.stringify(Object.entries(rest).sort());
  };
  return map(a) === map(b);
};

/** Adds, moves, grows, changes and removes disks, each only where it differs. */
export async function syncDisks(
  pve: Pve,
  call: Call,
  at: At,
  guest: GuestConfig,
  wanted: readonly Disk[] | undefined,
  was: readonly Disk[] | undefined,
): Promise<void> {
  if (wanted === undefined) return;
  const live = drives(guest);
  const before = new Map((was ?? []).map((disk, i) => [slotOf(disk, i), disk]));
  for (const [place, disk] of wanted.entries()) {
    const slot = slotOf(disk, place);
    const drive = live.get(slot);
    if (!drive) {
      await changeConfig(pve, call, at, { [slot]: newDriveString(disk) }, `adding disk ${slot}`);
      continue;
    }
    if (drive.volume.split(":")[0] !== disk.storage) await move(pve, call, at, slot, disk);
    const now = drives(await readGuest(pve, at)).get(slot) ?? drive;
    const text = driveString(now.volume, now.raw, disk, before.get(slot));
    const current = [now.volume, ...Object.entries(now.raw).map(([k, v]) => `${k}=${v}`)].join(",");
    if (!sameOptions(text, current)) await changeConfig(pve, call, at, { [slot]: text }, `changing disk ${slot}`);
    const size = sizeGiB(now);
    if (disk.sizeGiB !== undefined && size !== undefined && disk.sizeGiB < size)
      throw new Error(
        `disks[${place}].sizeGiB: disk ${slot} has ${size} GiB and cannot shrink; write at least ${size}`,
      );
    if (disk.sizeGiB !== undefined && size !== undefined && disk.sizeGiB > size)
      await grow(pve, call, at, slot, disk.sizeGiB);
  }
  for (const slot of before.keys())
    if (!wanted.some((disk, i) => slotOf(disk, i) === slot) && live.has(slot)) await removeDisk(pve, call, at, slot);
}

async function move(pve: Pve, call: Call, at: At, slot: string, disk: Disk): Promise<void> {
  await pve.task(call, `moving disk ${slot} to ${disk.storage}`, () =>
    pve.api.nodes
      .$(at.node)
      .qemu.$(at.vmid)
      .move_disk.$post({
        disk: slot,
        storage: disk.storage,
        delete: true,
        ...(disk.format ? { format: disk.format } : {}),
      }),
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

/** The program named this disk and does so no longer: it is detached, and then its volume, and no other, is freed. */
async function removeDisk(pve: Pve, call: Call, at: At, slot: string): Promise<void> {
  const volume = diskVolumes(await readGuest(pve, at))[slot];
  await changeConfig(pve, call, at, { delete: slot }, `detaching disk ${slot}`);
  const { config } = await readGuest(pve, at);
  const unused = Object.keys(config).find((key) => /^unused\d+$/.test(key) && config[key] === volume);
  if (unused) await changeConfig(pve, call, at, { delete: unused }, `removing the volume of disk ${slot}`);
}
