import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { milliseconds } from "../../kernel/call/duration";
import { showProblem } from "../../kernel/state/problems";
import { isAddress } from "../../../pve";
import { isAdopting } from "./adopting.model";
import { isUntouched } from "./create";
import { changeAsSeen, changeConfig, describeWhenRecorded } from "../config/change-config";
import { sshCommand, waitForAddresses } from "./addresses";
import { placeData, removeLeftBehind, removeStale } from "../cloud-init/cloud-init-files";
import { hasOwnData } from "../cloud-init/cloud-init.model";
import {
  attachedVolumes,
  cloudInitSlot,
  digestOf,
  heldVolumes,
  markOf,
  uuidOf,
  volumes,
  type VmConfig,
} from "../config/vm-config";
import { slotOf, type Disk } from "../disks/disk.model";
import { pairDisks } from "../disks/disk-pairs";
import { bootChange } from "../config/hardware.model";
import { diskVolumes, guestChange, macs } from "../config/guest-fields";
import { remarked } from "../config/mark-line";
import { assertOurs, lookAt } from "../identity";
import type { GuestOutputs, GuestRef } from "../outputs";
import { freeVolumes, KnownVolumes } from "../disks/known-volumes";
import { migrateGuest } from "./migrate";
import { oneGuest } from "../template/resolve-template";
import { templateConfig } from "../template/template-config";
import { layOut, moveDisks, type DiskLayout } from "../disks/move-disks";
import { namedNics, ownNics, stillThere } from "../config/own-networks";
import { syncPool } from "./pool-membership";
import { syncPower } from "./power";
import { reserveAddresses } from "./reserve-addresses";
import { hotplugFeatures } from "../config/options.model";
import { rebootsFor } from "./reboot";
import { forgetRestart, leftStopped } from "./restart";
import { freeCdSlot } from "./sources";
import { assertNoShrinking, syncDisks } from "../disks/sync-disks";
import { syncFirmware } from "../disks/sync-firmware";
import type { GuestInputs, VmInputs } from "../vm.model";
import { cloudInitKey, managedKeys, waitingFor } from "../config/waiting";
import { runMemory } from "../check/run-memory";

/**
 * Brings a guest, VM or template, to its inputs. One that is still being built stays marked as unfinished; all of one
 * that was just made is the program's own.
 */
export async function syncGuest(
  pve: Pve,
  call: Call,
  at: Omit<GuestOutputs, "macs"> & Partial<Pick<GuestOutputs, "macs">>,
  inputs: GuestInputs & Pick<VmInputs, "allowReboot" | "started">,
  was: Partial<GuestInputs>,
  { building = false, made = false, untouched = false }: Making = {},
): Promise<Synced> {
  let guest = await lookAt(pve, call, at);
  const before = guest;
  assertOurs(guest, at);
  const known = new KnownVolumes(at.__volumes, call);
  const { set, delete: cleared } = guestChange(guest, inputs, was, {
    mark: at.__mark,
    unfinished: building || call.operation === "create",
    nics: made ? "all" : ownNics(guest, at, was),
  });
  const layout = layoutOf(guest, at, inputs.disks, was.disks, new Set(cleared));
  assertNoShrinking(guest, layout);
  const data = await placeData(pve, call, at, guest, inputs, was.cloudInit);
  // A cloud-init drive that is replaced in a running guest would stay behind as a volume that nothing refers to.
  if (data.image && data.slot !== undefined && data.slot === cloudInitSlot(guest) && call.operation !== "create") {
    const emptied = { [data.slot]: "none,media=cdrom", ...digestOf(guest) };
    await changeConfig(pve, call, at, emptied, "removing the cloud-init drive");
    guest = await lookAt(pve, call, at);
  }
  Object.assign(set, data.set);
  const gone = [...cleared, ...data.delete];
  if (data.image && data.slot === undefined) set[freeCdSlot(guest.config)] = `${data.wanted[0]},media=cdrom`;
  const missingDrive = inputs.cloudInit !== undefined && !data.image && cloudInitSlot(guest) === undefined;
  if (missingDrive) set[data.slot ?? freeCdSlot(guest.config)] = `${cloudInitStorage(guest, inputs)}:cloudinit`;
  const later = await plugLater(pve, at, guest, set);
  if (Object.keys(set).length > 0 || gone.length > 0) {
    const change = { ...set, ...listed(gone), ...digestOf(guest) };
    await changeConfig(pve, call, at, change, "writing the config", { stopped: untouched });
    if (layout.wanted.length > 0) guest = await lookAt(pve, call, at);
  }
  if (set["name"] !== undefined) pve.snapshot.patch(at.vmid, { name: set["name"] });
  await removeStale(pve, call, at, data);
  const { stopped } = await moveDisks(pve, call, at, layout, inputs);
  if (layout.moves.length > 0) guest = await lookAt(pve, call, at);
  const changedDisks = await syncDisks(pve, call, at, guest, layout, known);
  const leaving = [...changedDisks.leaving, ...(await syncFirmware(pve, call, at, inputs, was, known))];
  await syncPool(pve, call, at, inputs.pool, was.pool);
  // What was written says all of one that nobody has started, and of which no part is made anew: it is looked at later.
  const plain = untouched && !inputs.disks && !inputs.efiDisk && !inputs.tpm && !inputs.bootOrder;
  guest = plain ? written(guest, set, gone) : await lookAt(pve, call, at);
  const boot = bootChange(guest.config, inputs, was);
  if (Object.keys(boot).length > 0) {
    await changeConfig(pve, call, at, { ...boot, ...digestOf(guest) }, "setting the boot order");
    guest = await lookAt(pve, call, at);
  }
  if (call.operation === "create" && !building)
    describeWhenRecorded(pve, call, at, (stored) => remarked(stored, at.__mark, { uuid: uuidOf(guest) }));
  const rebuilt =
    !missingDrive &&
    cloudInitSlot(guest) !== undefined &&
    [...Object.keys(set), ...gone].some((key) => cloudInitKey.test(key));
  const own = new Set([
    ...managedKeys(inputs),
    ...managedKeys(was),
    ...Object.keys(set),
    ...gone,
    ...Object.keys(later),
  ]);
  const waiting = waitingFor(guest, own);
  return { before, guest, known, rebuilt, cold: changedDisks.cold, waiting, stopped, leaving, later };
}

interface Making {
  /** It is still being built, and stays marked as unfinished. */
  readonly building?: boolean;
  /** This resource has made it. */
  readonly made?: boolean;
  /** This very operation has made it, and nobody has started it. */
  readonly untouched?: boolean;
}

/** A guest that is not running, with what was written to it. */
function written(guest: VmConfig, set: Readonly<Record<string, string>>, gone: readonly string[]): VmConfig {
  const left = Object.entries(guest.config).filter(([key]) => !gone.includes(key));
  const config = { ...Object.fromEntries(left), ...set };
  return { config, current: config, waiting: [], digest: undefined };
}

interface Synced {
  /** As it was when the update began. */
  readonly before: VmConfig;
  readonly guest: VmConfig;
  /** Volumes that are this program's. */
  readonly known: KnownVolumes;
  /** The cloud-init drive must be made anew. */
  readonly rebuilt: boolean;
  /** A running guest needs a start before it has all of it, although Proxmox calls nothing pending. */
  readonly cold: boolean;
  /** Config keys that wait for a reboot, of those that the program speaks of. */
  readonly waiting: readonly string[];
  /** It was running, and was shut down for a change. */
  readonly stopped: boolean;
  /** Volumes to be removed when they are free. */
  readonly leaving: readonly string[];
  /** What can be written after a reboot only. */
  readonly later: Readonly<Record<string, string>>;
}

/** Which of the wanted disks is which, and where its volume is; refused here, nothing has been touched. */
function layoutOf(
  guest: VmConfig,
  at: Pick<GuestOutputs, "vmid" | "__volumes">,
  wanted: readonly Disk[] | undefined,
  was: readonly Disk[] = [],
  freed: ReadonlySet<string> = new Set(),
): DiskLayout {
  if (wanted === undefined)
    return { wanted: [], was: [], pairs: { was: [], removed: [] }, moves: [], elsewhere: new Map() };
  const pairs = pairDisks(wanted, was);
  if ("problem" in pairs) throw new Error(showProblem(pairs.problem));
  return layOut(guest, at.vmid, { wanted, was, pairs }, at.__volumes, freed);
}

/** Proxmox refuses to plug more CPUs than the guest was started with room for: they follow the reboot that makes room. */
async function plugLater(
  pve: Pve,
  at: GuestRef,
  { current }: VmConfig,
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

function cloudInitStorage(guest: VmConfig, inputs: GuestInputs): string {
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
  const chosen = creating ? runMemory(pve).chosen.get(call.mark) : undefined;
  const at = await migrateGuest(pve, call, from, chosen === undefined ? inputs : { ...inputs, node: chosen });
  const adopting = creating && isAdopting(inputs.adopt);
  const made = creating && !adopting;
  const untouched = made && isUntouched(call);
  const synced = await syncGuest(pve, call, at, inputs, was, { made, untouched });
  const { guest, known, rebuilt, later } = synced;
  // Its DHCP server is told of them when it starts.
  await reserveAddresses(pve, call, at, guest, inputs);
  const waiting =
    synced.cold || (adopting ? synced.waiting.length > 0 : rebootsFor(call, synced, at, inputs, was, made));
  if (at.node !== from.node && hasOwnData(was.cloudInit)) await removeLeftBehind(pve, call, at, from.node);
  const stopped = synced.stopped || (inputs.started === undefined && (await leftStopped(pve, call, at, guest)));
  const state = { waiting, rebuilt, creating: made, stopped, untouched, was: was.started };
  const { booted } = await syncPower(pve, call, at, inputs, state);
  await forgetRestart(pve, call, at, guest);
  if (Object.keys(later).length > 0) await changeAsSeen(pve, call, at, () => later, "plugging CPUs");
  await freeVolumes(pve, call, at, synced.leaving, known);
  const agent = /^(?:enabled=)?1/.test(guest.config["agent"] ?? "");
  const wait = milliseconds(inputs.agentTimeout ?? "2m");
  // Nothing is installed yet that could have an agent.
  const bare = creating && (inputs.source?.iso !== undefined || inputs.source?.empty === true);
  const running = adopting && (await pve.snapshot.guest(at.vmid))?.status === "running";
  const ips = (booted || running) && agent && !bare ? await waitForAddresses(pve, call, at, wait) : at.ips;
  if (creating) {
    const from = adopting ? undefined : inputs.source?.clone?.template;
    const brought = from === undefined ? [] : await broughtAlong(pve, call, from, "template", at);
    claimParts(known, guest, inputs, adopting, brought);
  }
  const last = await lookAt(pve, call, at);
  // An earlier run may have taken the guest over without coming to record it.
  const __adopted = creating ? markOf(last).adopted : at.__adopted;
  return { ...at, ips, __adopted, __volumes: known.in(last), __nics: namedNics(last, inputs.networks) };
}

/**
 * Of an adopted guest, and of one whose creation was interrupted, the disks that the program names are its own, what makes
 * it a machine, and what came with it; the rest is not: somebody else may have attached it since.
 */
export function claimParts(
  known: KnownVolumes,
  guest: VmConfig,
  { disks = [], efiDisk, tpm }: Partial<GuestInputs>,
  adopting: boolean,
  brought: readonly string[] = [],
): void {
  const firmware = [...(adopting || efiDisk ? ["efidisk0"] : []), ...(adopting || tpm ? ["tpmstate0"] : [])];
  known.claim([...disks.map(slotOf), ...firmware, ...brought], guest);
}

/**
 * Slots of the disks that a copy has of what it was made from, when an interrupted run has not come to record them. A
 * refresh records the cloud-init drive alone, which belongs to every guest of ours.
 */
export async function broughtAlong(
  pve: Pve,
  call: Call,
  from: number | string,
  kind: Parameters<typeof oneGuest>[2],
  { __volumes }: Pick<GuestOutputs, "__volumes">,
): Promise<string[]> {
  if (Object.values(__volumes).some((volume) => !volume.includes("cloudinit"))) return [];
  const found = await oneGuest(pve, from, kind);
  return "problem" in found ? [] : Object.keys(attachedVolumes(await templateConfig(pve, call, found.row)));
}

/**
 * The outputs as the config tells them, the agent's addresses kept from before. A volume is known when the program made
 * it or took it over, and keeps the slot by which it is known when somebody else detaches it; one that somebody else attached stays unknown, in whichever slot, and deletion refuses to remove
 * it. What is in a cloud-init drive is made from the config at every start.
 */
export function outputsOf(guest: VmConfig, at: GuestOutputs): GuestOutputs {
  const present = new Set(Object.values(heldVolumes(guest)));
  const drive = cloudInitSlot(guest);
  // The state may hold what a guest has told an earlier release.
  const ips = (at.ips ?? []).filter(isAddress);
  return {
    ...at,
    ips,
    name: guest.config["name"] ?? at.name,
    uuid: uuidOf(guest) ?? at.uuid,
    macs: macs(guest),
    ...(at.__nics ? { __nics: stillThere(guest, at.__nics) } : {}),
    ssh: sshCommand(guest, ips),
    __volumes: {
      ...Object.fromEntries(Object.entries(at.__volumes).filter(([, volume]) => present.has(volume))),
      ...(drive === undefined ? {} : { [drive]: volumes(guest)[drive] as string }),
    },
  };
}
