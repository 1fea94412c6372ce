import { isProxmoxError, type Params } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { digestOf, markOf, readPending, uuidOf, type VmConfig, type PendingRow } from "./vm-config";
import { assertOurs, readGuest, seenGuest } from "../identity";
import type { GuestRef } from "../outputs";
import type { Place } from "../place";

/** What Proxmox changes at once in a running guest too, without plugging anything (PVE/QemuServer.pm, cloud-init's included). */
const immediate =
  /^(?:description|name|tags|onboot|protection|startup|shares|migrate_\w+|ci\w+|sshkeys|nameserver|searchdomain|ipconfig\d+)$/;
/** What has volumes, which are allocated and freed. */
const withVolume = /^(?:ide|sata|scsi|virtio|efidisk|tpmstate|unused)\d+$/;

/**
 * Changes the config of a guest. As a task where a volume may be allocated or freed, or something plugged: that may take
 * longer than Proxmox lets an answer wait. Else at once, which leaves no task to be asked about. `stopped` when the guest
 * is known not to run.
 */
export async function changeConfig(
  pve: Pve,
  call: Call,
  { node, vmid }: Place,
  config: Params,
  what: string,
  { stopped = false } = {},
): Promise<void> {
  const { digest: _, delete: gone, ...set } = config;
  const keys = [...Object.keys(set), ...(typeof gone === "string" ? gone.split(",") : [])];
  const quick = keys.every((key) => immediate.test(key) || (stopped && key !== "revert" && !withVolume.test(key)));
  const at = pve.api.nodes.$(node).qemu.$(vmid).config;
  await pve.limits([`vm:${vmid}`], call, () =>
    pve.task(call, what, () => (quick ? at.$put(config) : at.$post(config))),
  );
}

/**
 * The same as the last word of a long operation, over a look of its own: at whose guest it is, and with its digest; with
 * another look when somebody has changed the config in between.
 */
export async function changeAsSeen(
  pve: Pve,
  call: Call,
  at: GuestRef,
  change: (guest: VmConfig) => Params,
  what: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const guest = await readGuest(pve, at);
    assertOurs(guest, at);
    try {
      return await changeConfig(pve, call, at, { ...change(guest), ...digestOf(guest) }, what);
    } catch (error) {
      if (!isProxmoxError(error, "conflict") || attempt >= looks) throw error;
    }
  }
}

const looks = 3;

/**
 * Once the engine has recorded what the creation returns, the guest is no longer unfinished. By then it may be gone, and
 * its VMID another guest's, or somebody has adopted it or written into its notes: only the mark of this creation, still
 * unfinished, is touched. The digest of the operation's last look tells that nothing has changed since; else there is
 * another look. `finished` makes the description of the one that stands there.
 */
export function describeWhenRecorded(
  pve: Pve,
  call: Call,
  at: GuestRef,
  finished: (stored: string | undefined) => string,
): void {
  const { node, vmid } = at;
  const guest = pve.process.connection.api.nodes.$(node).qemu.$(vmid);
  const waits = (seen: VmConfig): boolean => {
    const { mark, unfinished, adopted } = markOf(seen);
    return uuidOf(seen) === at.uuid && mark === at.__mark && unfinished && adopted === at.__adopted;
  };
  const findUnfinished = async () => {
    const now = readPending((await guest.pending.$get()) as unknown as PendingRow[]);
    return waits(now) ? now : undefined;
  };
  const finish = (seen: VmConfig) =>
    guest.config.$put({ description: finished(seen.config["description"]), ...digestOf(seen) });
  /** Not without a digest: it is what tells whether this is still the guest that was seen. */
  const finishAsSeen = async (seen: VmConfig | undefined): Promise<boolean> => {
    if (seen?.digest === undefined || !waits(seen)) return false;
    try {
      await finish(seen);
      return true;
    } catch (error) {
      if (isProxmoxError(error, "conflict")) return false;
      throw error;
    }
  };
  call.whenRecorded(async () => {
    let seen = seenGuest(call, at);
    try {
      await pve.writeAfterwards({
        what: "marking it as finished",
        lock: `vm:${vmid}`,
        send: async () => {
          const last = seen;
          seen = undefined;
          if (await finishAsSeen(last)) return;
          const now = await findUnfinished();
          if (now) await finish(now);
        },
        happened: async () => (await findUnfinished()) === undefined,
      });
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      call.report.warn(`VM ${vmid} stays marked as unfinished until its next change: ${error.message}`);
    }
  });
}
