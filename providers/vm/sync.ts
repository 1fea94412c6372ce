import type { Call } from "../runtime/call";
import type { Pve } from "../pve-session";
import { milliseconds } from "../runtime/duration";
import { changeConfig, describeWhenRecorded } from "./change-config";
import { sshCommand, waitForAddresses } from "./addresses";
import { placeData, removeLeftBehind, removeStale } from "./cloud-init-files";
import { hasOwnData } from "./cloud-init.model";
import { cloudInitSlot, uuidOf, volumes, type GuestConfig } from "./guest-config";
import { slotOf } from "./disk.model";
import { bootChange } from "./hardware.model";
import { diskVolumes, guestChange, macs } from "./guest-fields";
import { remarked } from "../identity/mark";
import { assertOurs, readGuest, type GuestRef } from "./identity";
import { migrateGuest } from "./migrate";
import { syncPool } from "./pool-membership";
import { syncPower } from "./power";
import { hotplugFeatures, nextBoot } from "./options.model";
import { freeCdSlot } from "./sources";
import { freeDetached, syncDisks } from "./sync-disks";
import { syncFirmware } from "./sync-firmware";
import type { GuestInputs, VmInputs } from "./vm.model";

/** What only Proxmox knows of a guest, as the state keeps it. */
export interface GuestOutputs extends GuestRef {
  readonly name: string;
  readonly macs: string[];
  readonly ips: string[];
  /** Command that logs in: the cloud-init user at the first address. */
  readonly ssh?: string | undefined;
  /** Volumes that this program made or took over, by slot: what a deletion may remove. */
  readonly __volumes: Record<string, string>;
}

export const guestOutputKeys = ["vmid", "node", "name", "uuid", "macs", "ips", "ssh", "__mark", "__volumes"] as const;

/** Config keys of cloud-init: a change of them reaches the guest with a new drive. */
const cloudInitKey = /^(?:ci\w+|sshkeys|ipconfig\d+|nameserver|searchdomain|name)$/;

/**
 * Brings a guest, VM or template, to its inputs; `changed` tells which keys were written. One that is still being built
 * stays marked as unfinished.
 */
export async function syncGuest(
  pve: Pve,
  call: Call,
  at: GuestRef,
  inputs: GuestInputs,
  was: Partial<GuestInputs>,
  building = false,
): Promise<{
  guest: GuestConfig;
  rebuilt: boolean;
  cold: boolean;
  leaving: readonly string[];
  later: Readonly<Record<string, string>>;
}> {
  let guest = await readGuest(pve, at);
  assertOurs(guest, at);
  const { set, delete: cleared } = guestChange(guest, inputs, was, {
    mark: at.__mark,
    unfinished: building || call.operation === "create",
  });
  const data = await placeData(pve, call, at, guest, inputs, was.cloudInit);
  // A cloud-init drive that is replaced in a running guest would stay behind as a volume that nothing refers to.
  if (data.image && data.slot !== undefined && data.slot === cloudInitSlot(guest) && call.operation !== "create") {
    const digest = guest.digest ? { digest: guest.digest } : {};
    await changeConfig(pve, call, at, { [data.slot]: "none,media=cdrom", ...digest }, "removing the cloud-init drive");
    guest = await readGuest(pve, at);
  }
  Object.assign(set, data.set);
  const gone = [...cleared, ...data.delete];
  if (data.image && data.slot === undefined) set[freeCdSlot(guest.config)] = `${data.wanted[0]},media=cdrom`;
  const missingDrive = inputs.cloudInit !== undefined && !data.image && cloudInitSlot(guest) === undefined;
  if (missingDrive) set[data.slot ?? freeCdSlot(guest.config)] = `${cloudInitStorage(guest, inputs)}:cloudinit`;
  const later = await plugLater(pve, at, guest, set);
  if (Object.keys(set).length > 0 || gone.length > 0)
    await changeConfig(
      pve,
      call,
      at,
      {
        ...set,
        ...listed(gone),
        ...(guest.digest ? { digest: guest.digest } : {}),
      },
      "writing the config",
    );
  if (set["name"] !== undefined) pve.snapshot.patch(at.vmid, { name: set["name"] });
  await removeStale(pve, call, at, data);
  const changedDisks = await syncDisks(pve, call, at, guest, inputs.disks, was.disks);
  const leaving = [...changedDisks.leaving, ...(await syncFirmware(pve, call, at, guest, inputs, was))];
  await syncPool(pve, call, at, inputs.pool, was.pool);
  guest = await readGuest(pve, at);
  const boot = bootChange(guest.config, inputs, was);
  if (Object.keys(boot).length > 0) {
    await changeConfig(pve, call, at, boot, "setting the boot order");
    guest = await readGuest(pve, at);
  }
  if (call.operation === "create" && !building)
    describeWhenRecorded(pve, call, at, remarked(guest.config["description"], at.__mark, {}));
  const rebuilt =
    !missingDrive &&
    cloudInitSlot(guest) !== undefined &&
    [...Object.keys(set), ...gone].some((key) => cloudInitKey.test(key));
  return { guest, rebuilt, cold: changedDisks.cold, leaving, later };
}

/** Proxmox refuses to plug more CPUs than the guest was started with room for: they follow the reboot that makes room. */
async function plugLater(
  pve: Pve,
  at: GuestRef,
  { current }: GuestConfig,
  set: Record<string, string>,
): Promise<Record<string, string>> {
  const { vcpus } = set;
  const room = Number(current["cores"] ?? 1) * Number(current["sockets"] ?? 1);
  if (vcpus === undefined || Number(vcpus) <= room || !hotplugFeatures(current["hotplug"]).includes("cpu")) return {};
  if ((await pve.snapshot.guest(at.vmid))?.status !== "running") return {};
  delete set["vcpus"];
  return { vcpus };
}

const listed = (gone: readonly string[]): { delete?: string } => (gone.length > 0 ? { delete: gone.join(",") } : {});

function cloudInitStorage(guest: GuestConfig, inputs: GuestInputs): string {
  const storage =
    inputs.cloudInit?.storage ?? inputs.disks?.[0]?.storage ?? Object.values(diskVolumes(guest))[0]?.split(":")[0];
  if (storage === undefined)
    throw new Error("cloudInit.storage: the guest has no disk to take the storage from; name one");
  return storage;
}

export async function syncVm(
  pve: Pve,
  call: Call,
  from: GuestOutputs,
  inputs: VmInputs,
  was: Partial<VmInputs>,
  creating: boolean,
): Promise<GuestOutputs> {
  // A copy of a local template that was made beside it goes where it was meant to be, before its first start.
  const chosen = creating ? pve.process.vms.chosen.get(call.mark) : undefined;
  const at = await migrateGuest(pve, call, from, chosen === undefined ? inputs : { ...inputs, node: chosen });
  const { guest, rebuilt, cold, leaving, later } = await syncGuest(pve, call, at, inputs, was);
  const waiting = cold || guest.waiting.some((key) => !cloudInitKey.test(key) && !nextBoot.has(key));
  if (at.node !== from.node && hasOwnData(was.cloudInit)) await removeLeftBehind(pve, call, at, from.node);
  const adopting = creating && inputs.adopt === true;
  const { booted } = await syncPower(pve, call, at, inputs, { waiting, rebuilt, creating: creating && !adopting });
  if (Object.keys(later).length > 0) await changeConfig(pve, call, at, later, "plugging CPUs");
  if (leaving.length > 0) await freeDetached(pve, call, at, leaving);
  const agent = /^(?:enabled=)?1/.test(guest.config["agent"] ?? "");
  const wait = milliseconds(inputs.agentTimeout ?? "2m");
  // Nothing is installed yet that could have an agent.
  const bare = creating && (inputs.source?.iso !== undefined || inputs.source?.empty === true);
  const running = adopting && (await pve.snapshot.guest(at.vmid))?.status === "running";
  const ips = (booted || running) && agent && !bare ? await waitForAddresses(pve, call, at, wait) : at.ips;
  return { ...at, ips, ...(creating ? { __volumes: adopting ? ownParts(guest) : volumes(guest) } : {}) };
}

/** Of an adopted guest the disks that the program names are its own, and what makes it a machine; the rest is not. */
const ownParts = (guest: GuestConfig): Record<string, string> =>
  Object.fromEntries(Object.entries(volumes(guest)).filter(([slot]) => /^(?:efidisk0|tpmstate0)$/.test(slot)));

/**
 * The outputs as the config tells them, the agent's addresses kept from before. A volume is known when the program made
 * it, or names its slot: one that somebody else attached stays unknown, and deletion refuses to remove it.
 */
export function outputsOf(guest: GuestConfig, at: GuestOutputs, wanted: Partial<GuestInputs>): GuestOutputs {
  const known = new Set(Object.values(at.__volumes));
  const slots = new Set((wanted.disks ?? []).map(slotOf));
  if (wanted.efiDisk) slots.add("efidisk0");
  if (wanted.tpm) slots.add("tpmstate0");
  const drive = cloudInitSlot(guest);
  if (drive !== undefined) slots.add(drive);
  return {
    ...at,
    name: guest.config["name"] ?? at.name,
    uuid: uuidOf(guest) ?? at.uuid,
    macs: macs(guest),
    ssh: sshCommand(guest, at.ips),
    __volumes: Object.fromEntries(
      Object.entries(volumes(guest)).filter(([slot, volume]) => slots.has(slot) || known.has(volume)),
    ),
  };
}
