import { randomBytes } from "node:crypto";
import { remarked } from "../config/mark-line";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { isAdopting } from "./adopting.model";
import { adopt } from "./adopt";
import { changeConfig } from "../config/change-config";
import { digestOf, markOf, uuidOf, volumes } from "../config/vm-config";
import { bareOutputs, findOwn, lookAt, readGuest } from "../identity";
import { settled } from "./leftovers";
import { sentOnce } from "./sent-once";
import type { GuestOutputs, GuestRef } from "../outputs";
import type { GuestInputs } from "../vm.model";
import { claim } from "./own-guests";

/** Operations that have made their guest, and done nothing with it yet. */
const untouched = new WeakSet<Call["changes"]>();

/** Has this operation just made its guest, which nobody has started? Answers yes once: what comes after is looked at. */
export const isUntouched = ({ changes }: Call): boolean => untouched.delete(changes);

/**
 * Notes in the mark that the guest is taken over: should the engine be about to delete what it was before, as a failed
 * creation that this one replaces, perhaps in a later run, then that deletion sees it.
 */
async function taken(pve: Pve, call: Call, at: GuestRef, adopted: string): Promise<GuestRef> {
  const guest = await readGuest(pve, at);
  const uuid = uuidOf(guest) ?? "";
  // The wait for its task may have taken long: what came to nothing may have made room for somebody else's.
  const { mark, unfinished } = markOf(guest);
  if (mark !== at.__mark || !unfinished || (at.uuid !== "" && uuid !== at.uuid))
    throw new Error(`VM ${at.vmid} on ${at.node} is not any more what an earlier run has made, and was not touched`);
  const description = remarked(guest.config["description"], at.__mark, { unfinished: true, uuid, adopted });
  await changeConfig(pve, call, at, { description, ...digestOf(guest) }, "marking as taken over");
  return { ...at, uuid, __adopted: adopted };
}

/** What makes a guest: the request that claims the VMID and carries the owner's mark, and where it goes. */
export interface Making {
  readonly node: string;
  readonly what: string;
  readonly limits: readonly string[];
  /** Sends the one request that creates; returns its task. */
  dispatch(vmid: number): Promise<string>;
}

/**
 * Makes a guest, or takes over the one that an earlier, interrupted run of this resource has made, or that the program
 * says to adopt. From the moment in which Proxmox has accepted the request, every failure but that of the task itself
 * leaves a recorded resource.
 */
export async function ensureGuest(
  pve: Pve,
  call: Call,
  inputs: Pick<GuestInputs, "name" | "vmid" | "pool" | "adopt" | "uuid"> & { readonly kind: "VM" | "template" },
  made: (id: string, at: GuestOutputs) => void,
  plan: () => Promise<Making>,
): Promise<{ id: string; at: GuestOutputs }> {
  const name = inputs.name ?? "";
  const own = await findOwn(pve, call, name);
  if (own && (inputs.vmid === undefined || inputs.vmid === own.vmid)) {
    const adopted = randomBytes(4).toString("hex");
    made(String(own.vmid), bareOutputs({ ...own, __adopted: adopted }, name));
    call.report.progress(`taking over VM ${own.vmid}, which an earlier run has made`);
    const at = { ...own, ...(await settled(pve, call, own)) };
    return { id: String(at.vmid), at: bareOutputs(await taken(pve, call, at, adopted), name) };
  }
  if (isAdopting(inputs.adopt)) {
    const at = bareOutputs(await adopt(pve, call, inputs), name);
    made(String(at.vmid), at);
    return { id: String(at.vmid), at };
  }

  const { node, what, limits, dispatch } = await plan();
  const vmid = await claim(pve, call, inputs.vmid, limits, async (id) => {
    call.report.progress(`${what} as VM ${id} on ${node}`);
    const at = bareOutputs({ vmid: id, node, uuid: "", __mark: call.mark }, name);
    await call.safePoint();
    const upid = await sentOnce(pve, call, at, () => dispatch(id));
    try {
      if (upid === undefined) await settled(pve, call, at);
      else await pve.wait(call, upid, `${what} as VM ${id}`);
    } catch (error) {
      // A failed task removes what it began; whatever else went wrong, the guest may be there or still be coming.
      if (!pve.isTaskFailure(error)) made(String(id), at);
      throw error;
    }
    made(String(id), at);
  });
  const guest = await lookAt(pve, call, { node, vmid });
  untouched.add(call.changes);
  pve.snapshot.put({
    vmid,
    node,
    name,
    type: "qemu",
    status: "stopped",
    template: false,
    tags: [],
    pool: inputs.pool,
    lock: undefined,
  });
  const at = bareOutputs({ vmid, node, uuid: uuidOf(guest) ?? "", __mark: call.mark }, name);
  // Whatever fails from here on, a destroy shall know the volumes that came with the guest.
  return { id: String(vmid), at: { ...at, __volumes: volumes(guest) } };
}
