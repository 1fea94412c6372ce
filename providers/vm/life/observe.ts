import { sees } from "../../kernel/session/own-sight";
import type { Guest } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { VmConfig } from "../config/vm-config";
import { identityOf, IdentityMismatch, locate, lookAt, revealed } from "../identity";
import { recordedAt } from "../disks/known-volumes";
import type { GuestOutputs } from "../outputs";

/** A guest as it is: where, with what config, and what the cluster's list says of it. */
interface Observed {
  readonly place: GuestOutputs;
  readonly guest: VmConfig;
  readonly row: Guest | undefined;
}

/**
 * Looks at the guest of a state. Undefined when it is certainly gone: nobody has the VMID, or a guest that is neither
 * by uuid nor by mark ours. Half ours is an error: somebody edited what tells its identity.
 */
export async function observeGuest(
  pve: Pve,
  call: Call,
  at: GuestOutputs,
  /** That it is to be in. */
  pool: string | undefined,
): Promise<Observed | undefined> {
  const listed = await locate(pve, at);
  if (!listed) return undefined;
  // What an interrupted creation has left tells whose it is as soon as its first disk is there.
  const unclear = listed.uuid === "";
  const found = unclear
    ? await revealed(pve, call, listed)
    : { node: listed.node, guest: await lookAt(pve, call, listed) };
  if (!found) return undefined;
  const { guest } = found;
  const __volumes = await recordedAt(pve, at, found.node, async () => guest);
  const place = { ...listed, node: found.node, __volumes };
  const identity = identityOf(guest, place);
  if (identity.kind === "stranger") {
    call.report.warn(
      `VMID ${at.vmid} belongs to another guest now (${identity.why}); the one of this resource is gone`,
    );
    return undefined;
  }
  if (identity.kind === "doubtful")
    throw new IdentityMismatch(
      `VM ${at.vmid} on ${place.node} is half this resource's (${identity.why}); restore its notes or uuid, or remove ` +
        "the resource from the state",
    );
  const row = await pve.snapshot.guest(at.vmid);
  // A pool that may not be seen is not left out because the guest has left it.
  const hidden = row?.pool === undefined && pool !== undefined && !(await sees(pve, `/pool/${pool}`, "Pool.Audit"));
  return { place, guest, row: row && hidden ? { ...row, pool } : row };
}
