import { assertAlone } from "../../ha/guest-end";
import { sidOf } from "../../ha/sid";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { changeConfig } from "../config/change-config";
import { busOptions, slotOf, type Disk } from "./disk.model";
import type { DiskPairs } from "./disk-pairs";
import { attachedAt, digestOf, drives, isDetached, type VmConfig } from "../config/vm-config";
import type { GuestRef } from "../outputs";
import { assertOurs, readGuest } from "../identity";
import { noteRestart } from "../life/restart";
import { whileOurs } from "../life/still-ours";
import { powerOf, switchPower } from "../life/under-ha";
import { bootDevices } from "../config/options.model";
import { driveString } from "./drive-string";

/** A disk that goes to another slot, with its volume. */
interface DiskMove {
  readonly volume: string;
  /** Where it is attached; undefined when it is detached, as an interrupted run or somebody else has left it. */
  readonly from: string | undefined;
  readonly to: string;
  /** Options that it is attached with. */
  readonly text: string;
  /** It is the first disk of the list, from which the guest boots. */
  readonly boots: boolean;
}

/** Disks as they are wanted, which of those before they are, and where they are now. */
export interface DiskLayout {
  readonly wanted: readonly Disk[];
  readonly was: readonly Disk[];
  readonly pairs: DiskPairs;
  readonly moves: readonly DiskMove[];
  /** Slots whose disk somebody else has attached in another one: nothing is made in its place. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

/**
 * Which volumes must go to another slot. `recorded` are the state's volumes by slot. Throws before anything is touched
 * when a slot is not free; `freed` are slots that are given up in the same update.
 */
export function layOut(
  guest: VmConfig,
  vmid: number,
  { wanted, was, pairs }: Pick<DiskLayout, "wanted" | "was" | "pairs">,
  recorded: Readonly<Record<string, string>>,
  freed: ReadonlySet<string>,
): DiskLayout {
  const live = drives(guest);
  const moves: DiskMove[] = [];
  const elsewhere = new Map<string, string>();
  wanted.forEach((disk, i) => {
    const place = pairs.was[i];
    const before = place === undefined ? undefined : was[place];
    const to = slotOf(disk, i);
    const old = place === undefined || before === undefined ? to : slotOf(before, place);
    const known = recorded[old];
    // One that somebody has detached is gone from the list after a refresh: it is no new disk.
    if (before === undefined && (known === undefined || !isDetached(guest, known))) return;
    const gone = known === undefined || (!attachedAt(guest, known) && !isDetached(guest, known));
    const volume = gone ? live.get(old)?.volume : known;
    if (volume === undefined) return;
    const from = attachedAt(guest, volume);
    if (from === to) return;
    // The program has not changed the slot: what somebody else has put there, or elsewhere, stays.
    if (to === old && live.has(to)) return;
    if (to === old && from !== undefined) {
      elsewhere.set(to, from);
      return;
    }
    const raw = from === undefined ? {} : (live.get(from)?.raw ?? {});
    moves.push({ volume, from, to, text: driveString(volume, busOptions(raw, to), disk, before), boots: i === 0 });
    if (!isOwn(volume, vmid))
      throw new Error(
        `disks[${i}].slot: ${volume} is not a volume of VM ${vmid}, and Proxmox would forget it when it is detached; ` +
          "move it in Proxmox, and then write its slot here",
      );
  });
  for (const { to, volume } of moves) {
    const there = guest.config[to];
    if (there === undefined || freed.has(to) || moves.some(({ from }) => from === to)) continue;
    throw new Error(`disks: ${to} holds ${there}, so ${volume} cannot go there; write another slot`);
  }
  return { wanted, was, pairs, moves, elsewhere };
}

/** Does the id say that the volume is the guest's own? Only such a one is kept as unused when it is detached. */
const isOwn = (volume: string, vmid: number): boolean =>
  new RegExp(`[:/](?:(?:vm|base)-${vmid}-|${vmid}/)`).test(volume);

interface Settings {
  readonly allowReboot?: boolean | undefined;
  readonly bootOrder?: readonly string[] | undefined;
  readonly started?: boolean | undefined;
}

/**
 * Moves disks to other slots: all are detached, and attached again when they are seen to be free. A running guest is
 * shut down for it, for a disk that is pulled out under a mounted file system loses data. Answers whether it was.
 */
export async function moveDisks(
  pve: Pve,
  call: Call,
  at: GuestRef,
  { moves }: DiskLayout,
  settings: Settings,
): Promise<{ stopped: boolean }> {
  if (moves.length === 0) return { stopped: false };
  const stopped = moves.some(({ from }) => from !== undefined) && (await shutDown(pve, call, at, settings));
  const before = await ours(pve, at);
  const attached = moves.filter(({ from, volume }) => from !== undefined && attachedAt(before, volume) === from);
  for (const { from, to, volume } of moves)
    call.report.progress(`moving ${volume} ${from === undefined ? "" : `from ${from} `}to ${to}`);
  if (attached.length > 0)
    await changeConfig(
      pve,
      call,
      at,
      { delete: attached.map(({ from }) => from).join(","), ...digestOf(before) },
      `detaching ${attached.map(({ from, to }) => `${from} to move it to ${to}`).join(", ")}`,
    );
  const free = attached.length > 0 ? await ours(pve, at) : before;
  for (const { volume, to } of moves)
    if (!isDetached(free, volume))
      throw new Error(
        `${volume} is not free to be attached as ${to}; nothing was removed. Look at the hardware of VM ${at.vmid}, ` +
          "and run pulumi up again",
      );
  const boot = settings.bootOrder === undefined ? followingBoot(before, free, moves) : {};
  await changeConfig(
    pve,
    call,
    at,
    { ...Object.fromEntries(moves.map(({ to, text }) => [to, text])), ...boot, ...digestOf(free) },
    `attaching ${moves.map(({ to, volume }) => `${volume} as ${to}`).join(", ")}`,
  );
  return { stopped };
}

async function ours(pve: Pve, at: GuestRef): Promise<VmConfig> {
  const guest = await readGuest(pve, at);
  assertOurs(guest, at);
  return guest;
}

/** Detaching takes a slot out of the boot order: the moved disks get their places in it back. */
function followingBoot(
  before: VmConfig,
  free: VmConfig,
  moves: readonly DiskMove[],
): { boot?: string; bootdisk?: string } {
  const goes = new Map(moves.flatMap(({ from, to }) => (from === undefined ? [] : [[from, to] as const])));
  const order = bootDevices(before.config["boot"]);
  const disks = new Set([...drives(free).keys(), ...moves.map(({ to }) => to)]);
  // An interrupted run has detached it, and nothing else tells that the guest boots from it.
  const first = moves.find(({ from, boots }) => boots && from === undefined);
  if (!order) {
    // Without an order a guest boots from its `bootdisk` only, and Proxmox leaves that as it is.
    const was = before.config["bootdisk"];
    if (was === undefined) return {};
    const next = goes.get(was) ?? (first && !disks.has(was) ? first.to : was);
    return next === was ? {} : { bootdisk: next };
  }
  const next = order.map((device) => goes.get(device) ?? device);
  if (first && !next.some((device) => disks.has(device))) next.unshift(first.to);
  return next.join() === bootDevices(free.config["boot"])?.join() ? {} : { boot: `order=${next.join(";")}` };
}

async function shutDown(
  pve: Pve,
  call: Call,
  at: GuestRef,
  { allowReboot, started }: Pick<Settings, "allowReboot" | "started">,
): Promise<boolean> {
  const { status } = pve.api.nodes.$(at.node).qemu.$(at.vmid);
  const { running, ha } = await powerOf(pve, at);
  if (!running) return false;
  if (allowReboot === false)
    throw new Error("disks: a disk changes its slot only while the VM is stopped, and allowReboot is false");
  if (ha) await assertAlone(pve, sidOf({ type: "qemu", vmid: at.vmid }));
  if (started === undefined) await noteRestart(pve, call, at, await ours(pve, at));
  const send = () => status.shutdown.$post({ timeout: 60, forceStop: true });
  await switchPower(pve, call, "shutting down to move disks", at, "stopped", whileOurs(pve, at, send));
  pve.snapshot.patch(at.vmid, { status: "stopped" });
  return true;
}
