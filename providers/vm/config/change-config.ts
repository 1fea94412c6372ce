import { isProxmoxError, type Params } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { digestOf, markOf, readPending, uuidOf, type PendingRow } from "./guest-config";
import type { GuestRef } from "../outputs";
import type { Place } from "../place";

/** Changes the config of a guest, as a task, because it may allocate or free a volume. */
export async function changeConfig(
  pve: Pve,
  call: Call,
  { node, vmid }: Place,
  config: Params,
  what: string,
): Promise<void> {
  await pve.limits([`vm:${vmid}`], call, () =>
    pve.task(call, what, () => pve.api.nodes.$(node).qemu.$(vmid).config.$post(config)),
  );
}

/**
 * Once the engine has recorded what the creation returns, the guest is no longer unfinished. By then it may be gone, and
 * its VMID another guest's, or somebody has adopted it or written into its notes: only the mark of this creation, still
 * unfinished, is touched. `finished` makes the description of the one that stands there.
 */
export function describeWhenRecorded(
  pve: Pve,
  call: Call,
  at: GuestRef,
  finished: (stored: string | undefined) => string,
): void {
  const { node, vmid } = at;
  const { connection } = pve.process;
  const guest = connection.api.nodes.$(node).qemu.$(vmid);
  const look = async () => {
    const now = readPending((await guest.pending.$get()) as unknown as PendingRow[]);
    const { mark, unfinished, adopted } = markOf(now);
    const waits = uuidOf(now) === at.uuid && mark === at.__mark && unfinished && adopted === at.__adopted;
    return waits ? now : undefined;
  };
  call.whenRecorded(async () => {
    try {
      await pve.writeAfterwards({
        what: "marking it as finished",
        lock: `vm:${vmid}`,
        send: async () => {
          const now = await look();
          if (now) await guest.config.$put({ description: finished(now.config["description"]), ...digestOf(now) });
        },
        happened: async () => (await look()) === undefined,
      });
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      call.report.warn(`VM ${vmid} stays marked as unfinished until its next change: ${error.message}`);
    }
  });
}
