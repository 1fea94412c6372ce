import { isProxmoxError } from "../../pve";
import type { Call } from "../runtime/call";
import type { Pve } from "../pve-session";
import { removeData } from "./cloud-init-cleanup";
import type { CloudInit } from "./cloud-init.model";
import { volumes, type GuestConfig } from "./guest-config";
import { assertOurs, locate, readGuest, revealed } from "./identity";
import type { GuestOutputs } from "./sync";

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
  cloudInit?: CloudInit,
): Promise<void> {
  pve.process.vms.declared.delete(call.urn);
  if (pve.process.takenOver.has(from.vmid)) {
    call.report.warn(
      `VM ${from.vmid} is not deleted: it was marked as unfinished, and its replacement has taken it over and is using it`,
    );
    return;
  }
  const present = await look(pve, call, from);
  if (!present) return;
  const { at, guest } = present;
  assertOurs(guest, at);
  if (guest.config["protection"] === "1")
    throw new Error(`VM ${at.vmid} has protection on; set protection: false and run pulumi up before destroying it`);
  if (!force) {
    const unknown = await unknownParts(pve, at, guest.config["lock"], volumes(guest));
    if (unknown.length > 0)
      throw new Error(
        `VM ${at.vmid} on ${at.node} has parts that this program does not know, and deleting it would remove them: ` +
          `${unknown.join("; ")}. Take them away, or set force: true and run pulumi up before deleting.`,
      );
  }
  // Without quorum Proxmox removes the disks, then fails to remove the config.
  await pve.assertQuorum();
  await beforehand();
  const machine = pve.api.nodes.$(at.node).qemu.$(at.vmid);
  const { status } = await machine.status.current.$get();
  if (status === "running")
    await pve.task(call, "shutting down", () => machine.status.shutdown.$post({ timeout: 60, forceStop: true }));
  await removeData(pve, call, at, guest, cloudInit);
  try {
    await pve.task(call, "destroying", () => machine.$delete({ purge: true }));
  } catch (error) {
    // A request whose answer was lost may have done it already.
    if (!pve.isTaskFailure(error) || (await pve.exists(at.node, at.vmid))) throw error;
  }
  pve.forget(at.vmid);
}

/** The guest and its place; undefined when it is gone. The list may be behind a deletion or a migration. */
async function look(
  pve: Pve,
  call: Call,
  from: GuestOutputs,
): Promise<{ at: GuestOutputs; guest: GuestConfig } | undefined> {
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

async function unknownParts(
  pve: Pve,
  at: GuestOutputs,
  lock: string | undefined,
  present: Record<string, string>,
): Promise<string[]> {
  const known = new Set(Object.values(at.__volumes));
  const foreign = Object.entries(present).filter(([, volume]) => !known.has(volume));
  const snapshots = (await pve.api.nodes.$(at.node).qemu.$(at.vmid).snapshot.$get()) as { name?: string }[];
  const names = snapshots.map(({ name }) => name).filter((name) => name !== undefined && name !== "current");
  return [
    ...foreign.map(([slot, volume]) => `volume ${slot} (${volume})`),
    ...names.map((name) => `snapshot ${name}`),
    ...(lock === undefined ? [] : [`lock ${lock}`]),
  ];
}
