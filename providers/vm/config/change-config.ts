import { isProxmoxError, type Params } from "../../../pve";
import type { Place, Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { readPending, uuidOf, type PendingRow } from "./guest-config";
import type { GuestRef } from "../outputs";

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
 * its VMID another guest's: the uuid tells.
 */
export function describeWhenRecorded(
  pve: Pve,
  call: Call,
  at: Pick<GuestRef, "node" | "vmid" | "uuid">,
  description: string,
): void {
  const { node, vmid } = at;
  const { connection } = pve.process;
  const guest = connection.api.nodes.$(node).qemu.$(vmid);
  const look = async () => {
    const now = readPending((await guest.pending.$get()) as unknown as PendingRow[]);
    return uuidOf(now) === at.uuid ? now : undefined;
  };
  call.whenRecorded(async () => {
    try {
      await pve.writeAfterwards({
        what: "marking it as finished",
        lock: `vm:${vmid}`,
        send: async () => {
          const now = await look();
          if (now) await guest.config.$put({ description, ...(now.digest ? { digest: now.digest } : {}) });
        },
        happened: async () => (await look())?.config["description"]?.trimEnd() === description.trimEnd(),
      });
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      call.report.warn(`VM ${vmid} stays marked as unfinished until its next change: ${error.message}`);
    }
  });
}
