import { isProxmoxError } from "../../../pve";
import { leaving } from "../../ha/guest-end";
import { heldShared } from "../../ha/ha-look";
import { sidOf } from "../../ha/sid";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { removeData } from "../cloud-init/cloud-init-cleanup";
import type { CloudInit } from "../cloud-init/cloud-init.model";
import { heldVolumes, type VmConfig } from "../config/vm-config";
import { assertOurs, identityOf, isTakenOverSince, locate, readGuest, revealed } from "../identity";
import type { GuestOutputs } from "../outputs";
import { isCopyOfOurs } from "../disks/volume-history";
import { isThere } from "../place";
import { powerOf, switchPower } from "./under-ha";
import { forget } from "./own-guests";
import { runMemory } from "../check/run-memory";

interface Settings {
  readonly cloudInit?: CloudInit | undefined;
  readonly allowMoves?: boolean | undefined;
}

/**
 * Shuts the guest down, stops it when it does not follow, and destroys it with its volumes. Refuses where there is
 * something on it that this program does not know of, because destroying would take that along.
 */
export async function removeGuest(
  pve: Pve,
  call: Call,
  from: GuestOutputs,
  force: boolean,
  beforehand: () => Promise<void> = async () => undefined,
  { cloudInit, allowMoves = false }: Settings = {},
): Promise<void> {
  runMemory(pve).declared.delete(call.urn);
  runMemory(pve).vmids.delete(call.urn);
  const present = await findGuest(pve, call, from);
  if (!present) return;
  const { at, guest } = present;
  if (isLeft(call, guest, at)) return;
  await assertRemovable(pve, at, guest, force);
  // Without quorum Proxmox removes the disks, then fails to remove the config.
  await pve.assertQuorum(call);
  const { running, underHa } = await standing(pve, call, at);
  // Before the shutdown: HA may move others as soon as this one has stopped.
  const outOfHa = underHa ? await leaving(pve, sidOf({ type: "qemu", vmid: at.vmid }), allowMoves) : undefined;
  await beforehand();
  const machine = pve.api.nodes.$(at.node).qemu.$(at.vmid);
  if (running) await shutDown(pve, call, at);
  await removeData(pve, call, at, guest, cloudInit);
  try {
    await pve.task(call, "destroying", async () => {
      // By now a minute may have passed, or several waits for a lock: it must still be this guest, with the same parts.
      const now = await stillThere(pve, at);
      if (!now) return null;
      await assertRemovable(pve, at, now, force);
      return machine.$delete({ purge: true });
    });
  } catch (error) {
    // A request whose answer was lost may have done it already.
    if (!pve.isTaskFailure(error) || (await isThere(pve, at))) throw error;
  }
  forget(pve, at.vmid);
  call.report.result(`deleted VM ${at.vmid} with its volumes${outOfHa === undefined ? "" : `; ${outOfHa}`}`);
}

/**
 * Does it run, and has HA got it? A shutdown of a stopped guest does nothing; so that it runs may be an old word of the
 * shared list, and no other, nor that HA does not have it. One that HA ignores may be in rules as well.
 */
async function standing(pve: Pve, call: Call, at: GuestOutputs): Promise<{ running: boolean; underHa: boolean }> {
  const listed = await pve.snapshot.guest(at.vmid);
  if (listed?.status === "running" && listed.ha === undefined) {
    const held = await heldShared(pve, call);
    if (held) return { running: true, underHa: held.has(sidOf({ type: "qemu", vmid: at.vmid })) };
  }
  const { running, ha } = await powerOf(pve, at);
  return { running, underHa: ha !== undefined || listed?.ha !== undefined };
}

/** Shuts the guest down; when the wait for a lock has taken its time, after another look at whose it is. */
async function shutDown(pve: Pve, call: Call, at: GuestOutputs): Promise<void> {
  let looked = true;
  const send = async () => {
    const now = looked ? undefined : await stillThere(pve, at);
    if (now) assertOurs(now, at);
    else if (!looked) return null;
    looked = false;
    return pve.api.nodes.$(at.node).qemu.$(at.vmid).status.shutdown.$post({ timeout: 60, forceStop: true });
  };
  await switchPower(pve, call, "shutting down", at, "stopped", send);
}

/** Nothing is left to delete: the guest is somebody else's under the same VMID, or the resource's next life's. */
export function isLeft(call: Call, guest: VmConfig, at: GuestOutputs): boolean {
  const identity = identityOf(guest, at);
  if (identity.kind === "stranger")
    call.report.warn(
      `VMID ${at.vmid} belongs to another guest now (${identity.why}), which was not touched; the one of this resource is gone`,
    );
  else if (isTakenOverSince(guest, at))
    call.report.warn(`VM ${at.vmid} is not deleted: this resource has taken it over anew since, and is using it`);
  else return false;
  return true;
}

/** The guest and its place; undefined when it is gone. The list may be behind a deletion or a migration. */
async function findGuest(
  pve: Pve,
  call: Call,
  from: GuestOutputs,
): Promise<{ at: GuestOutputs; guest: VmConfig } | undefined> {
  for (let fresh = false; ; fresh = true) {
    const at = await locate(pve, from);
    if (!at) return undefined;
    try {
      if (at.uuid !== "") return { at, guest: await readGuest(pve, at) };
      // Still being made by what an interrupted run has started: then it is waited for.
      const found = await revealed(pve, call, at);
      return found && { at: { ...at, node: found.node }, guest: found.guest };
    } catch (error) {
      if (fresh || !isProxmoxError(error, "not-found")) throw error;
    }
    await pve.snapshot.refresh();
  }
}

/** The guest as it is directly before its deletion; undefined when somebody else has deleted it. */
async function stillThere(pve: Pve, at: GuestOutputs): Promise<VmConfig | undefined> {
  try {
    return await readGuest(pve, at);
  } catch (error) {
    if (!isProxmoxError(error, "not-found")) throw error;
    const elsewhere = (await pve.guestsNow()).find(({ vmid, node }) => vmid === at.vmid && node !== at.node);
    if (!elsewhere) return undefined;
    throw new Error(`VM ${at.vmid} is on ${elsewhere.node} now, and was not deleted; run this again`, { cause: error });
  }
}

/** Throws unless the guest is this resource's, and nothing would go with it that the program does not know. */
async function assertRemovable(pve: Pve, at: GuestOutputs, guest: VmConfig, force: boolean): Promise<void> {
  assertOurs(guest, at);
  if (guest.config["protection"] === "1")
    throw new Error(`VM ${at.vmid} has protection on; set protection: false and run pulumi up before destroying it`);
  const unknown = force ? [] : await unknownParts(pve, at, guest);
  if (unknown.length > 0)
    throw new UnknownParts(
      `VM ${at.vmid} on ${at.node} has parts that this program does not know, and deleting it would remove them: ` +
        `${unknown.join("; ")}. Take them away, or set force: true and run pulumi up before deleting.`,
    );
}

/** Deleting the guest would take something along that the program does not know. */
export class UnknownParts extends Error {
  override readonly name = "UnknownParts";
}

/** What of a guest its state does not know: volumes, snapshots, and the lock of whoever is at work on it. */
export async function unknownParts(pve: Pve, at: GuestOutputs, guest: VmConfig): Promise<string[]> {
  const known = new Set(Object.values(at.__volumes));
  const lock = guest.config["lock"];
  const foreign: [string, string][] = [];
  for (const [slot, volume] of Object.entries(heldVolumes(guest)))
    if (!known.has(volume) && !(await isCopyOfOurs(pve, at, volume, (id) => known.has(id))))
      foreign.push([slot, volume]);
  const snapshots = (await pve.api.nodes.$(at.node).qemu.$(at.vmid).snapshot.$get()) as { name?: string }[];
  const names = snapshots.map(({ name }) => name).filter((name) => name !== undefined && name !== "current");
  return [
    ...foreign.map(([slot, volume]) => `volume ${slot} (${volume})`),
    ...names.map((name) => `snapshot ${name}`),
    ...(lock === undefined ? [] : [`lock ${lock}`]),
  ];
}
