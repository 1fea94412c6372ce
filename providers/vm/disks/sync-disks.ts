import { parsePropertyString, storageOf } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { changeConfig } from "../config/change-config";
import { needsStart, sameDrive, slotOf, type Disk } from "./disk.model";
import { driveString, newDriveString } from "./drive-string";
import { digestOf, drives, heldVolumes, sizeGiB, volumes, type VmConfig } from "../config/vm-config";
import type { GuestRef } from "../outputs";
import { lookAt } from "../identity";
import type { DiskLayout } from "./move-disks";
import { isOurs } from "./volume-history";
import { detachDrive, type KnownVolumes } from "./known-volumes";

/** What is left to do when the VM has been started anew, or reason to do so. */
interface DiskChanges {
  /** A running guest goes on with the old options, although Proxmox calls nothing pending. */
  readonly cold: boolean;
  /** Volumes of ours that nobody needs, to be removed when they are free. */
  readonly leaving: readonly string[];
}

/** Nothing of it can be done when a disk would have to shrink: told before anything is changed. */
export function assertNoShrinking(guest: VmConfig, { wanted, moves }: DiskLayout): void {
  const live = drives(guest);
  for (const [place, disk] of wanted.entries()) {
    const slot = slotOf(disk, place);
    const move = moves.find(({ to }) => to === slot);
    const drive = live.get(move ? (move.from ?? "") : slot);
    const size = drive && sizeGiB(drive);
    if (disk.sizeGiB !== undefined && size !== undefined && disk.sizeGiB < size)
      throw new Error(
        `disks[${place}].sizeGiB: disk ${slot} has ${size} GiB and cannot shrink; write at least ${size}`,
      );
  }
}

/** Adds, grows, changes and detaches disks, and moves them to other storages, each only where it differs. */
export async function syncDisks(
  pve: Pve,
  call: Call,
  at: GuestRef,
  from: VmConfig,
  { wanted, was, pairs, elsewhere }: DiskLayout,
  known: KnownVolumes,
): Promise<DiskChanges> {
  let guest = from;
  let cold = false;
  const again = async () => (guest = await lookAt(pve, call, at));
  for (const [place, disk] of wanted.entries()) {
    const slot = slotOf(disk, place);
    const moved = elsewhere.get(slot);
    if (moved !== undefined) {
      call.report.warn(`disks[${place}] is attached as ${moved} instead of ${slot}; run pulumi refresh to see it so`);
      continue;
    }
    const going = drives(guest).has(slot) ? undefined : heldVolumes(guest)[slot];
    if (going !== undefined && known.has(going)) {
      // Somebody wants it detached at the next boot: a new one in its place would be empty.
      await changeConfig(pve, call, at, { revert: slot, ...digestOf(guest) }, `keeping disk ${slot} attached`);
      await again();
    }
    const drive = drives(guest).get(slot);
    if (!drive) {
      if (guest.config[slot] !== undefined)
        throw new Error(`disks[${place}].slot: ${slot} holds ${guest.config[slot]} already; write another slot`);
      if (pairs.was[place] !== undefined)
        call.report.warn(`disks[${place}]: the volume of ${slot} is gone; an empty one is made in its place`);
      await known.making(slot, () =>
        changeConfig(pve, call, at, { [slot]: newDriveString(disk), ...digestOf(guest) }, `adding disk ${slot}`),
      );
      known.made(slot, await again());
      continue;
    }
    const before = pairs.was[place];
    const old = before === undefined ? undefined : known.recorded[slotOf(was[before] as Disk, before)];
    const replaced = old !== undefined && Object.values(volumes(guest)).includes(old);
    if (!known.has(drive.volume) && !known.claims(slot, guest) && !replaced) {
      if (await isOurs(pve, at, slot, drive.volume, known.has)) known.made(slot, guest);
    }
    if (before === undefined && !known.has(drive.volume))
      call.report.warn(
        `disks[${place}]: ${slot} holds ${drive.volume} already, which this program has not made: it is used as it is, ` +
          "and is never removed",
      );
    if (storageOf(drive.volume) !== disk.storage) {
      await moveDrive(pve, call, at, guest, slot, disk.storage, known, disk.format);
      known.replaced(drive.volume, slot, await again());
    }
    const now = drives(guest).get(slot) ?? drive;
    const text = driveString(now.volume, now.raw, disk, before === undefined ? undefined : was[before]);
    const current = [now.volume, ...Object.entries(now.raw).map(([k, v]) => `${k}=${v}`)].join(",");
    if (!sameDrive(text, current)) {
      await changeConfig(pve, call, at, { [slot]: text, ...digestOf(guest) }, `changing disk ${slot}`);
      await again();
      cold ||= needsStart(now.raw, parsePropertyString(text, "file"));
    }
    const size = sizeGiB(now);
    if (disk.sizeGiB !== undefined && size !== undefined && disk.sizeGiB > size) {
      await grow(pve, call, at, guest, slot, disk.sizeGiB);
      await again();
    }
  }
  const leaving: string[] = [];
  for (const place of pairs.removed) {
    const slot = slotOf(was[place] as Disk, place);
    leaving.push(...(await detachDrive(pve, call, at, slot, `disk ${slot}`, known)));
  }
  return { cold, leaving };
}

/**
 * Moves a drive's volume to another storage. The source goes only when it is ours: of somebody else's volume the copy is
 * taken, and the source stays as unused.
 */
export async function moveDrive(
  pve: Pve,
  call: Call,
  at: GuestRef,
  guest: VmConfig,
  slot: string,
  storage: string,
  known: KnownVolumes,
  format?: Disk["format"],
): Promise<void> {
  const volume = parsePropertyString(guest.config[slot] ?? "", "file")["file"] ?? "";
  const ours = known.has(volume);
  if (!ours) call.report.warn(`${slot}: ${volume}, which this program has not made, stays beside its copy, as unused`);
  await pve.task(call, `moving disk ${slot} to ${storage}`, () =>
    pve.api.nodes
      .$(at.node)
      .qemu.$(at.vmid)
      .move_disk.$post({
        disk: slot,
        storage,
        ...(ours ? { delete: true } : {}),
        ...(format ? { format } : {}),
        ...digestOf(guest),
      }),
  );
}

async function grow(pve: Pve, call: Call, at: GuestRef, guest: VmConfig, slot: string, gib: number): Promise<void> {
  const kib = Math.ceil(gib * 1024 * 1024);
  await pve.task(call, `growing disk ${slot} to ${gib} GiB`, () =>
    pve.api.nodes
      .$(at.node)
      .qemu.$(at.vmid)
      .resize.$put({ disk: slot, size: `${kib}K`, ...digestOf(guest) }),
  );
}
