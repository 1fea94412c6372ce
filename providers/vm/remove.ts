import type { Call } from "../runtime/call";
import type { Pve } from "../pve-session";
import { removeData } from "./cloud-init-cleanup";
import type { CloudInit } from "./cloud-init.model";
import { volumes } from "./guest-config";
import { assertOurs, locate, readGuest } from "./identity";
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
  const at = await locate(pve, from);
  if (!at) return;
  const guest = await readGuest(pve, at);
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
  await pve.task(call, "destroying", () => machine.$delete({ purge: true }));
  pve.forget(at.vmid);
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
