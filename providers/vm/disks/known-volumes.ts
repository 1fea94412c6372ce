import { storageOf } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { changeConfig } from "../config/change-config";
import { attachedAt, digestOf, heldVolumes, isDetached, unusedKeys, volumes, type VmConfig } from "../config/vm-config";
import type { GuestRef } from "../outputs";
import { assertOurs, readGuest } from "../identity";
import { leavingVolume } from "./leaving-volume";

type BySlot = Readonly<Record<string, string>>;

/**
 * The recorded volumes of a guest that somebody else has migrated: names of volumes that only one node has mean nothing
 * on another one, where a live migration gives new ones. What is in its slot under the same name is taken for the same.
 */
export async function recordedAt(
  pve: Pve,
  from: { readonly node: string; readonly __volumes: BySlot },
  node: string,
  guest: () => Promise<VmConfig>,
): Promise<BySlot> {
  if (from.node === node || Object.keys(from.__volumes).length === 0) return from.__volumes;
  const shared = new Set((await pve.snapshot.storages()).flatMap((row) => (row.shared ? [row.storage] : [])));
  const present = volumes(await guest());
  return Object.fromEntries(
    Object.entries(from.__volumes).filter(
      ([slot, volume]) => shared.has(storageOf(volume)) || present[slot] === volume,
    ),
  );
}

/**
 * The recorded volumes after a migration of ours: what was in a slot, or was kept as unused, is still there, maybe under
 * another name. What is detached keeps the slot by which it is known: it is attached there again, not made anew.
 */
export const carriedOver = (recorded: BySlot, before: VmConfig, after: VmConfig): Record<string, string> => {
  const slotOf = new Map(Object.entries(recorded).map(([slot, volume]) => [volume, slot]));
  const old = volumes(before);
  const out: Record<string, string> = {};
  for (const [key, volume] of Object.entries(volumes(after)).sort(([a], [b]) => detachedLast(a) - detachedLast(b))) {
    const slot = slotOf.get(old[key] ?? "");
    if (slot !== undefined) out[key.startsWith("unused") && !(slot in out) ? slot : key] = volume;
  }
  return out;
};

const detachedLast = (key: string): number => (key.startsWith("unused") ? 1 : 0);

/** Outlasts an attempt: an operation whose answer was lost is begun anew. */
const askedBy = new WeakMap<Call, Set<string>>();

/**
 * The volumes that this program may remove: those that the state names, and those that this very operation makes. What
 * anybody else attaches, in whichever slot, is none of them.
 */
export class KnownVolumes {
  private readonly ids: Set<string>;
  /** Slots in which requests of this operation make volumes. */
  private readonly asked: Set<string>;

  constructor(
    readonly recorded: BySlot,
    call: Call,
  ) {
    this.ids = new Set(Object.values(recorded));
    this.asked = askedBy.get(call) ?? new Set();
    askedBy.set(call, this.asked);
  }

  has = (volume: string): boolean => this.ids.has(volume);

  /** Notes the slot before the request is sent: its answer may be lost although it was carried out. */
  async making<T>(slot: string, request: () => Promise<T>): Promise<T> {
    this.asked.add(slot);
    return request();
  }

  /** What is in the slot now was made by a request of ours. */
  made(slot: string, guest: VmConfig): void {
    const volume = volumes(guest)[slot];
    if (volume !== undefined) this.ids.add(volume);
  }

  /** Takes what an earlier attempt of this operation has asked for, its answer having been lost. */
  claims(slot: string, guest: VmConfig): boolean {
    if (!this.asked.has(slot)) return false;
    this.made(slot, guest);
    return true;
  }

  /** The volume has another id now; it is as much ours as before. */
  replaced(before: string, slot: string, guest: VmConfig): void {
    if (this.ids.has(before)) this.made(slot, guest);
  }

  /** The volumes of these slots, of a guest that is being made or adopted. */
  claim(slots: Iterable<string>, guest: VmConfig): void {
    for (const slot of slots) this.made(slot, guest);
  }

  /** Those that are still there, by slot; what is detached by the slot in which it was. */
  in(guest: VmConfig): Record<string, string> {
    const present = Object.entries(heldVolumes(guest)).filter(([, volume]) => this.ids.has(volume));
    const out = Object.fromEntries(present.filter(([key]) => !key.startsWith("unused")));
    for (const [key, volume] of present.filter(([name]) => name.startsWith("unused"))) {
      const slot = Object.keys(this.recorded).find((name) => this.recorded[name] === volume) ?? key;
      out[slot in out ? key : slot] = volume;
    }
    return out;
  }
}

/**
 * Detaches a drive that the program names no longer. Answers the volume when it is ours to remove; somebody else's is
 * kept as unused, and told of.
 */
export async function detachDrive(
  pve: Pve,
  call: Call,
  at: GuestRef,
  slot: string,
  what: string,
  known: KnownVolumes,
): Promise<string[]> {
  const guest = await readGuest(pve, at);
  assertOurs(guest, at);
  const { removed, detached, displaced } = leavingVolume(slot, known.recorded, guest);
  const volume = volumes(guest)[slot];
  // An interrupted run, or somebody else, has detached it already.
  if (volume === undefined) {
    if (displaced !== undefined)
      call.report.warn(
        `${slot}: ${displaced}, which is detached, stays as an unused disk of VM ${at.vmid}: others that this program has not ` +
          "made are unused as well, and may have been in its place",
      );
    return removed === undefined ? [] : [removed];
  }
  if (volume.includes("cloudinit")) return [];
  await changeConfig(pve, call, at, { delete: slot, ...digestOf(guest) }, `detaching ${what}`);
  if (detached !== undefined)
    call.report.warn(
      `${slot} held ${detached}, which this program has not made for it: it is detached, and stays as an unused disk of ` +
        `VM ${at.vmid}${displaced === undefined ? "" : `; so does ${displaced}, the disk's own, which was detached before`}`,
    );
  return removed === undefined ? [] : [removed];
}

/**
 * Removes volumes of ours that are attached nowhere, one at a time, each after a look at whose guest it is and with the
 * digest of what was seen. Returns those that the running guest still holds.
 */
export async function freeVolumes(
  pve: Pve,
  call: Call,
  at: GuestRef,
  leaving: readonly string[],
  known: KnownVolumes,
): Promise<string[]> {
  const held: string[] = [];
  for (const volume of leaving) {
    const guest = await readGuest(pve, at);
    assertOurs(guest, at);
    if (attachedAt(guest, volume) !== undefined) held.push(volume);
    const [key] = unusedKeys(guest, volume);
    if (key === undefined || !known.has(volume) || !isDetached(guest, volume)) continue;
    await changeConfig(pve, call, at, { delete: key, ...digestOf(guest) }, `removing the volume ${volume}`);
  }
  return held;
}
