import type { Call } from "../runtime/call";
import type { Pve } from "../pve-session";
import { milliseconds } from "../runtime/duration";
import { changeConfig, describeWhenRecorded } from "./change-config";
import { waitForAddresses } from "./addresses";
import { cloudInitSlot, uuidOf, volumes, type GuestConfig } from "./guest-config";
import { slotOf, type Disk } from "./disk.model";
import { diskVolumes, guestChange, macs } from "./guest-fields";
import { readMark, withMark } from "../identity/mark";
import { assertOurs, readGuest, type GuestRef } from "./identity";
import { syncPower } from "./power";
import { syncDisks } from "./sync-disks";
import type { GuestInputs, VmInputs } from "./vm.model";

/** What only Proxmox knows of a guest, as the state keeps it. */
export interface GuestOutputs extends GuestRef {
  readonly name: string;
  readonly macs: string[];
  readonly ips: string[];
  /** Volumes that this program made or took over, by slot: what a deletion may remove. */
  readonly __volumes: Record<string, string>;
}

export const guestOutputKeys = ["vmid", "node", "name", "uuid", "macs", "ips", "__mark", "__volumes"] as const;

/** Config keys of cloud-init: a change of them reaches the guest with a new drive. */
const cloudInitKey = /^(?:ci\w+|sshkeys|ipconfig\d+|nameserver|searchdomain|name)$/;

/** Brings a guest, VM or template, to its inputs; `changed` tells which keys were written. */
export async function syncGuest(
  pve: Pve,
  call: Call,
  at: GuestRef,
  inputs: GuestInputs,
  was: Partial<GuestInputs>,
): Promise<{ guest: GuestConfig; rebuilt: boolean }> {
  let guest = await readGuest(pve, at);
  assertOurs(guest, at);
  const missingDrive = inputs.cloudInit !== undefined && cloudInitSlot(guest) === undefined;
  const { set, delete: gone } = guestChange(guest, inputs, was, {
    mark: at.__mark,
    unfinished: call.operation === "create",
  });
  if (missingDrive) set["ide2"] = `${cloudInitStorage(guest, inputs)}:cloudinit`;
  if (Object.keys(set).length > 0 || gone.length > 0)
    await changeConfig(
      pve,
      call,
      at,
      {
        ...set,
        ...(gone.length > 0 ? { delete: gone.join(",") } : {}),
        ...(guest.digest ? { digest: guest.digest } : {}),
      },
      "writing the config",
    );
  if (set["name"] !== undefined) pve.snapshot.patch(at.vmid, { name: set["name"] });
  await syncDisks(pve, call, at, guest, inputs.disks, was.disks);
  await syncPool(pve, at, inputs.pool, was.pool);
  guest = await readGuest(pve, at);
  if (call.operation === "create")
    describeWhenRecorded(pve, call, at, withMark(readMark(guest.config["description"]).description, at.__mark));
  const rebuilt =
    !missingDrive &&
    cloudInitSlot(guest) !== undefined &&
    [...Object.keys(set), ...gone].some((key) => cloudInitKey.test(key));
  return { guest, rebuilt };
}

function cloudInitStorage(guest: GuestConfig, inputs: GuestInputs): string {
  const storage =
    inputs.cloudInit?.storage ?? inputs.disks?.[0]?.storage ?? Object.values(diskVolumes(guest))[0]?.split(":")[0];
  if (storage === undefined)
    throw new Error("cloudInit.storage: the guest has no disk to take the storage from; name one");
  return storage;
}

async function syncPool(pve: Pve, at: GuestRef, pool: string | undefined, was: string | undefined): Promise<void> {
  if (pool === undefined && was === undefined) return;
  const row = await pve.snapshot.guest(at.vmid);
  if (row?.pool === pool) return;
  const vms = String(at.vmid);
  if (pool !== undefined) await pve.api.pools.$put({ poolid: pool, vms, "allow-move": true });
  else if (row?.pool !== undefined) await pve.api.pools.$put({ poolid: row.pool, vms, delete: true });
  pve.snapshot.patch(at.vmid, { pool });
}

export async function syncVm(
  pve: Pve,
  call: Call,
  from: GuestOutputs,
  inputs: VmInputs,
  was: Partial<VmInputs>,
  creating: boolean,
): Promise<GuestOutputs> {
  const at = await migrate(pve, call, from, inputs.node);
  const { guest, rebuilt } = await syncGuest(pve, call, at, inputs, was);
  const waiting = guest.waiting.some((key) => !cloudInitKey.test(key));
  const { booted } = await syncPower(pve, call, at, inputs, { waiting, rebuilt, creating });
  const agent = /^(?:enabled=)?1/.test(guest.config["agent"] ?? "");
  const wait = milliseconds(inputs.agentTimeout ?? "2m");
  const ips = booted && agent ? await waitForAddresses(pve, call, at, wait) : at.ips;
  return { ...at, ips, ...(creating ? { __volumes: volumes(guest) } : {}) };
}

async function migrate(pve: Pve, call: Call, at: GuestOutputs, node: string | undefined): Promise<GuestOutputs> {
  if (node === undefined || node === at.node) return at;
  assertOurs(await readGuest(pve, at), at);
  const { status } = await pve.api.nodes.$(at.node).qemu.$(at.vmid).status.current.$get();
  await pve.task(call, `migrating from ${at.node} to ${node}`, () =>
    pve.api.nodes
      .$(at.node)
      .qemu.$(at.vmid)
      .migrate.$post({
        target: node,
        ...(status === "running" ? { online: true } : {}),
        "with-local-disks": true,
      }),
  );
  pve.snapshot.patch(at.vmid, { node });
  return { ...at, node };
}

/**
 * The outputs as the config tells them, the agent's addresses kept from before. A volume is known when the program made
 * it, or names its slot: one that somebody else attached stays unknown, and deletion refuses to remove it.
 */
export function outputsOf(guest: GuestConfig, at: GuestOutputs, disks: readonly Disk[] | undefined): GuestOutputs {
  const known = new Set(Object.values(at.__volumes));
  const slots = new Set((disks ?? []).map(slotOf));
  const drive = cloudInitSlot(guest);
  if (drive !== undefined) slots.add(drive);
  return {
    ...at,
    name: guest.config["name"] ?? at.name,
    uuid: uuidOf(guest) ?? at.uuid,
    macs: macs(guest),
    __volumes: Object.fromEntries(
      Object.entries(volumes(guest)).filter(([slot, volume]) => slots.has(slot) || known.has(volume)),
    ),
  };
}
