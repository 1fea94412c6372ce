import { isProxmoxError, storageOf, type SnapshotStorage } from "../../../pve";
import { motionOf, outcomeOf, type Motion } from "../../ha/guest-motion";
import { vmidOf } from "../../ha/sid";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { showProblem } from "../../kernel/state/problems";
import { ejectLocalData } from "../cloud-init/cloud-init-files";
import { slotOf } from "../disks/disk.model";
import { volumes, type VmConfig } from "../config/vm-config";
import { assertOurs, readGuest } from "../identity";
import { carriedOver } from "../disks/known-volumes";
import { placed } from "./placed";
import { chooseNode, fitsNode, type Where } from "./placement";
import type { GuestOutputs } from "../outputs";
import { isThere } from "../place";
import { powerOf } from "./under-ha";
import { whileOurs } from "./still-ours";

/** Where a guest shall be, with its volumes. */
export type Leaving = Where & { readonly cloudInit?: { readonly storage?: string | undefined } | undefined };

/**
 * Moves a guest that is not where it shall be: online when it runs, with its local disks. HA moves others with one that it
 * has; those are named by `allowMoves`, or nothing is sent.
 */
export async function migrateGuest(
  pve: Pve,
  call: Call,
  from: GuestOutputs,
  where: Leaving & { readonly allowMoves?: boolean | undefined },
): Promise<GuestOutputs> {
  if (fitsNode(where, from.node)) return from;
  const { at, guest } = await whenStill(pve, call, from);
  if (fitsNode(where, at.node)) return at;
  assertOurs(guest, at);
  const machine = pve.api.nodes.$(at.node).qemu.$(at.vmid);
  const { running, ha } = await powerOf(pve, at);
  const motion = ha ? await motionOf(pve, at) : undefined;
  if (motion) await assertMotion(pve, call, motion, where);
  await ejectLocalData(pve, call, at, guest);
  const node = where.node ?? (await chooseNode(pve, where, (one) => motion?.blocked.has(one) !== true));
  const storages = targetStorages(await pve.snapshot.storages(), guest, node, where, running);
  if ("problem" in storages) throw new Error(`node: ${storages.problem}`);
  const arrived = () => isThere(pve, { node, vmid: at.vmid });
  const send = whileOurs(pve, at, async () => {
    // Rules may have been written since.
    if (motion) await assertMotion(pve, call, await motionOf(pve, at), { ...where, node });
    return machine.migrate.$post({
      target: node,
      ...(running ? { online: true } : {}),
      "with-local-disks": true,
      ...(storages.map === "" ? {} : { targetstorage: storages.map }),
    });
  });
  await pve.task(
    call,
    `migrating from ${at.node} to ${node}`,
    async () => {
      try {
        return await send();
      } catch (error) {
        // HA may have brought it there meanwhile, with another one that stays beside it.
        if (!ha || !isProxmoxError(error, "not-found") || !(await arrived())) throw error;
        return null;
      }
    },
    arrived,
  );
  // The task of a guest under high availability only asks for the move.
  await pve.until(
    `VM ${at.vmid} arrives on ${node}`,
    async () => ((await arrived()) ? { done: true } : { pending: `it is still on ${at.node}` }),
    call.remainingMs(),
  );
  pve.snapshot.patch(at.vmid, { node });
  // Where those are that go along only the list tells.
  for (const other of motion?.together ?? []) pve.snapshot.doubt(vmidOf(other));
  const there = await readGuest(pve, { node, vmid: at.vmid });
  return { ...at, node, __volumes: carriedOver(at.__volumes, guest, there) };
}

/** The guest, when HA is not moving it just now, with another one that stays beside it. */
const whenStill = (pve: Pve, call: Call, from: GuestOutputs): ReturnType<typeof whereItIs> =>
  pve.until(
    `HA has moved VM ${from.vmid}`,
    async () => {
      const found = await whereItIs(pve, call, from);
      const moves = found.guest.config["lock"] === "migrate" && (await powerOf(pve, found.at)).ha !== undefined;
      return moves ? { pending: `it is leaving ${found.at.node}` } : { done: found };
    },
    call.remainingMs(),
  );

/** The guest, which HA may have moved since the list of guests was read. */
async function whereItIs(pve: Pve, call: Call, from: GuestOutputs): Promise<{ at: GuestOutputs; guest: VmConfig }> {
  try {
    return { at: from, guest: await readGuest(pve, from) };
  } catch (error) {
    if (!isProxmoxError(error, "not-found")) throw error;
    pve.snapshot.doubt(from.vmid);
    const at = await placed(pve, call, from);
    if (at.node === from.node) throw error;
    return { at, guest: await readGuest(pve, at) };
  }
}

/** Throws where HA would not do it, or would move others that nobody has named. */
async function assertMotion(
  pve: Pve,
  call: Call,
  motion: Motion,
  where: Parameters<typeof outcomeOf>[2],
): Promise<void> {
  const { problems, says } = await outcomeOf(pve, motion, where, await pve.guestsNow());
  if (problems.length > 0) throw new Error(`${problems.map(showProblem).join("; ")}. The VM was not moved`);
  if (says !== undefined) call.report.progress(says);
}

/**
 * `from:to` for local storages whose volumes shall be elsewhere on the target, or must be because the target lacks
 * them. Where only some disks of a storage change it, they are moved afterwards, one by one.
 */
export function targetStorages(
  storages: readonly SnapshotStorage[],
  guest: VmConfig,
  node: string,
  { disks = [], cloudInit }: Pick<Leaving, "disks" | "cloudInit">,
  running: boolean,
): { map: string } | { problem: string } {
  const typeOf = (storage: string) => storages.find((row) => row.storage === storage)?.type ?? "";
  const wanted = new Map(disks.map((disk, i) => [slotOf(disk, i), disk.storage]));
  const live = Object.entries(volumes(guest)).map(([slot, volume]) => ({
    slot,
    volume,
    from: storageOf(volume),
    to: wanted.get(slot),
  }));
  const pairs: string[] = [];
  for (const from of new Set(live.map((volume) => volume.from))) {
    if (storages.some((row) => row.storage === from && row.shared)) continue;
    const here = live.filter((volume) => volume.from === from);
    const named = here.filter(({ to }) => to !== undefined);
    const [first] = named;
    const there = storages.some((row) => row.storage === from && row.node === node);
    const together = named.every(({ to }) => to === first?.to);
    const to = there && !together ? from : (first?.to ?? (there ? from : (cloudInit?.storage ?? disks[0]?.storage)));
    if (to === undefined || to === from) continue;
    // A running guest mirrors its disks, whatever holds them; the rest is copied as it is.
    const copied = here.filter(({ slot, volume }) => !running || slot === "tpmstate0" || volume.includes("cloudinit"));
    const stuck = copied.find(({ volume }) => !isTransferable(typeOf(from), typeOf(to), volume));
    if (stuck === undefined) pairs.push(`${from}:${to}`);
    else if (!there)
      return {
        problem:
          `${stuck.slot} (${stuck.volume}) cannot go from ${from} (${typeOf(from)}) to ${to} (${typeOf(to)}) on ${node}; ` +
          `name a storage of the same type there, or one that both nodes have`,
      };
  }
  return { map: pairs.join(",") };
}

const inFiles = new Set(["dir", "nfs", "cifs", "cephfs"]);

/** PVE/Storage.pm storage_migrate: ZFS sends to ZFS only, and qcow2 and vmdk only go from file to file. */
function isTransferable(from: string, to: string, volume: string): boolean {
  if (from === to) return true;
  if ([from, to].some((type) => type === "zfspool" || type === "btrfs")) return false;
  return !/\.(?:qcow2|vmdk)$/.test(volume) || (inFiles.has(from) && inFiles.has(to));
}
