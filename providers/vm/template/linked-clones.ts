import { storageOf } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import { listContent } from "../../storage/list-content";
import { readMark } from "../config/mark-line";
import { volumes, type VmConfig } from "../config/vm-config";
import type { GuestRef } from "../outputs";
import { readGuest } from "../identity";
import { isThere } from "../place";

/** VMIDs of guests whose volume id says that they share one of these base volumes. */
export function sharing(bases: readonly string[], volumeIds: readonly string[]): number[] {
  const found = volumeIds.flatMap((id) => {
    const base = bases.find((candidate) => id.startsWith(`${candidate}/`));
    const vmid = base === undefined ? undefined : /(?:vm|base|subvol)-(\d+)-/.exec(id.slice(base.length))?.[1];
    return vmid === undefined ? [] : [Number(vmid)];
  });
  return [...new Set(found)];
}

/**
 * The linked clones of a template, which would lose their disks with it.
 *
 * On directories, NFS, CIFS, ZFS and Ceph the id of a clone's volume begins with that of its base, so the storage's
 * content tells. On LVM-thin it does not, and Proxmox itself deletes a base there, because a thin snapshot does not
 * need its origin (PVE/Storage/LvmThinPlugin.pm); there the mark tells which of our own guests are clones. Clones that
 * others made on LVM-thin cannot be known, and keep their data.
 */
export async function linkedClones(pve: Pve, guest: VmConfig, at: GuestRef): Promise<number[]> {
  const bases = Object.values(volumes(guest)).filter((volume) => /(?:^|[:/])base(?:vol)?-\d+-/.test(volume));
  const found = new Set<number>();
  const untold = new Set<string>();
  const rows = await pve.snapshot.storages();
  for (const storage of new Set(bases.map((base) => storageOf(base)))) {
    const type = rows.find((row) => row.storage === storage)?.type;
    if (type === "lvmthin") untold.add(storage);
    const content = await listContent(pve, at.node, storage, { content: "images" });
    for (const vmid of sharing(
      bases,
      content.map(({ volid }) => String(volid)),
    ))
      found.add(vmid);
  }
  if (untold.size > 0) for (const vmid of await marked(pve, at, bases, untold)) found.add(vmid);
  found.delete(at.vmid);
  return [...found].sort((a, b) => a - b);
}

/** Guests on the template's node whose mark names it as their base and that still have a disk on its storage. */
async function marked(
  pve: Pve,
  at: GuestRef,
  bases: readonly string[],
  storages: ReadonlySet<string>,
): Promise<number[]> {
  const found: number[] = [];
  for (const row of await pve.guestsNow()) {
    if (row.type !== "qemu" || row.node !== at.node || row.vmid === at.vmid) continue;
    const present = await isThere(pve, row);
    if (!present) continue;
    const guest = await readGuest(pve, row);
    const own = Object.values(volumes(guest));
    const ofOurs = at.uuid !== "" && readMark(guest.config["description"]).base === at.uuid;
    if (sharing(bases, own).length > 0 || (ofOurs && own.some((volume) => storages.has(storageOf(volume)))))
      found.push(row.vmid);
  }
  return found;
}

/** Guests by name and VMID, for messages. */
export async function nameGuests(pve: Pve, vmids: readonly number[]): Promise<string> {
  const guests = new Map((await pve.snapshot.guests()).map((row) => [row.vmid, row.name]));
  return vmids.map((vmid) => (guests.get(vmid) ? `${guests.get(vmid)} (${vmid})` : `${vmid}`)).join(", ");
}
