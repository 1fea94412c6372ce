import { isProxmoxError, isVmidTaken } from "../../../pve";
import { markOf } from "../config/vm-config";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { revealed } from "../identity";
import type { Place } from "../place";
import { ownGuests } from "./own-guests";

const attempts = 3;

/**
 * Sends the one request that makes a guest; returns its task. When the answer is lost, the guest itself tells whether
 * the request was carried out (then there is no task to name: undefined); it is sent again with the same VMID only,
 * so that a late effect of the first and the second cannot both succeed.
 */
export async function sentOnce(
  pve: Pve,
  call: Call,
  at: Place,
  dispatch: () => Promise<string>,
): Promise<string | undefined> {
  let withoutWorker = false;
  for (let attempt = 1; ; attempt++) {
    try {
      const upid = await dispatch();
      ownGuests(pve).tasks.add(upid);
      return upid;
    } catch (error) {
      const lost = isProxmoxError(error, "unavailable");
      if (!lost && !(attempt > 1 && isVmidTaken(error, at.vmid))) throw error;
      if (lost) await pve.pause(1_000);
      const found = await revealed(pve, call, at);
      const left = found && markOf(found.guest);
      if (left?.unfinished && left.mark === call.mark) return undefined;
      withoutWorker ||= lost && /start worker failed/.test(error.said ?? "");
      if (!lost && withoutWorker && found?.guest.config["lock"] === "create")
        call.report.warn(
          `VM ${at.vmid} on ${at.node} is empty and locked: the node had claimed it, and then could not start the task that ` +
            `makes it. Remove it there: qm unlock ${at.vmid} && qm destroy ${at.vmid}`,
        );
      if (!lost || attempt >= attempts) throw error;
      await call.safePoint();
    }
  }
}
