import type { Call } from "../kernel/call/call";
import { readMark } from "./config/mark-line";
import type { Pve } from "../kernel/session/pve-session";
import type { GuestOutputs, GuestRef } from "./outputs";
import { isBeingMade, leftovers } from "./life/leftovers";
import { markOf, readPending, staticAddresses, uuidOf, type VmConfig, type PendingRow } from "./config/vm-config";
import { type Place, isThere } from "./place";
import { runMemory } from "./check/run-memory";

/** The guest that answers to a VMID now is not the one that this resource made. */
export class IdentityMismatch extends Error {
  override readonly name = "IdentityMismatch";
}

type Identity = { kind: "ours" } | { kind: "stranger"; why: string } | { kind: "doubtful"; why: string };

/** Both the uuid and the mark must be ours; a guest with neither is somebody else's under a recycled VMID. */
export function identityOf(guest: VmConfig, at: GuestRef): Identity {
  const uuid = uuidOf(guest) ?? "none";
  // As long as the mark alone tells, one that was written on another guest is void.
  const mark = (at.uuid === "" ? markOf(guest) : readMark(guest.config["description"])).mark ?? "none";
  const sameMark = mark === at.__mark;
  if (at.uuid === "") return sameMark ? { kind: "ours" } : { kind: "stranger", why: `its owner's mark is ${mark}` };
  const sameUuid = uuid === at.uuid;
  if (sameUuid && sameMark) return { kind: "ours" };
  const why = [
    ...(sameUuid ? [] : [`uuid ${uuid} instead of ${at.uuid}`]),
    ...(sameMark ? [] : [`owner's mark ${mark} instead of ${at.__mark}`]),
  ].join(", ");
  return { kind: sameUuid || sameMark ? "doubtful" : "stranger", why };
}

/**
 * The same resource has adopted the guest, or gone on with its creation, since it had this state: the guest is what it is
 * now, not what it was.
 */
export function isTakenOverSince(guest: VmConfig, at: GuestRef): boolean {
  const { mark, adopted } = markOf(guest);
  // Of a creation that was interrupted early the uuid is not known.
  const same = mark === at.__mark && (at.uuid === "" || uuidOf(guest) === at.uuid);
  return same && adopted !== undefined && adopted !== at.__adopted;
}

export function assertOurs(guest: VmConfig, at: GuestRef): void {
  const identity = identityOf(guest, at);
  if (identity.kind === "ours") return;
  throw new IdentityMismatch(
    `VM ${at.vmid} on node ${at.node} is not the one that this resource made (${identity.why}); it was not touched. ` +
      (identity.kind === "stranger"
        ? "If yours was deleted by hand, run pulumi refresh: it is then made anew."
        : "If it is yours and its notes or uuid were edited, restore them, or remove the resource from the state."),
  );
}

export async function readGuest(pve: Pve, at: { node: string; vmid: number }): Promise<VmConfig> {
  const guest = readPending((await pve.api.nodes.$(at.node).qemu.$(at.vmid).pending.$get()) as unknown as PendingRow[]);
  const { mark } = markOf(guest);
  runMemory(pve).read.set(at.vmid, { name: guest.config["name"], mark, ips: staticAddresses(guest) });
  return guest;
}

interface Seen extends Place {
  readonly guest: VmConfig;
  readonly sent: number;
}

const lastSeen = new WeakMap<Call["changes"], Seen>();

/** The guest as this operation has read it last, if it has changed nothing since. */
export function seenGuest({ changes }: Call, at: Place): VmConfig | undefined {
  const seen = lastSeen.get(changes);
  return seen && seen.vmid === at.vmid && seen.node === at.node && seen.sent === changes.sent ? seen.guest : undefined;
}

/**
 * The guest as it is, read once for several steps of an operation: for what is written with the digest of this look, and
 * for what is told. What is done without a digest looks anew, with {@link readGuest}.
 */
export async function lookAt(pve: Pve, call: Call, at: Place): Promise<VmConfig> {
  const seen = seenGuest(call, at);
  if (seen) return seen;
  const { changes } = call;
  const { sent } = changes;
  const guest = await readGuest(pve, at);
  lastSeen.set(changes, { vmid: at.vmid, node: at.node, guest, sent });
  return guest;
}

/**
 * Where the guest is now: it may have been migrated by hand or by HA. Undefined only when neither the cluster's list
 * nor its last known node has it; an unreachable node is an error, never "gone", and so is one that is no member of the
 * cluster any more: there the guest may be running on.
 */
export async function locate<R extends GuestRef>(pve: Pve, at: R): Promise<R | undefined> {
  const row = await pve.snapshot.guest(at.vmid);
  const node = row?.node ?? at.node;
  if (!(await isMember(pve, node)))
    throw new Error(
      `VM ${at.vmid} was last seen on node ${node}, which is no member of the cluster any more: what became of the VM and ` +
        "its disks cannot be told, and nothing was changed. Let the node join again; or, when it is gone for good, forget " +
        "the resource with pulumi state delete",
    );
  if (row) return { ...at, node: row.node };
  const here = await isThere(pve, at);
  return here ? at : undefined;
}

async function isMember(pve: Pve, name: string): Promise<boolean> {
  const listed = async () => (await pve.snapshot.nodes()).some(({ node }) => node === name);
  if (await listed()) return true;
  await pve.snapshot.refresh();
  return listed();
}

/** A guest of which no more is known yet than who it is. */
export const bareOutputs = (ref: GuestRef, name: string, volumes: Record<string, string> = {}): GuestOutputs => ({
  ...ref,
  name,
  macs: [],
  ips: [],
  __volumes: volumes,
});

/** The guest of a resource of which no more is known than its name: the one with its mark. */
export async function findMarked(pve: Pve, call: Call, name: string): Promise<GuestOutputs | undefined> {
  for (const row of await pve.snapshot.guests()) {
    if (row.name !== name || row.type !== "qemu") continue;
    const guest = await readGuest(pve, row);
    const { mark } = markOf(guest);
    const { vmid, node } = row;
    if (mark === call.mark) return bareOutputs({ vmid, node, uuid: uuidOf(guest) ?? "", __mark: mark }, name);
  }
  return undefined;
}

/** The guest that an earlier, interrupted run of this resource has made, or is still making. */
export async function findOwn(pve: Pve, call: Call, name: string): Promise<GuestRef | undefined> {
  for (const at of await leftovers(pve, call, name)) {
    const found = await revealed(pve, call, at);
    const left = found && markOf(found.guest);
    if (found && left?.unfinished && left.mark === call.mark) {
      const { node, guest } = found;
      const __adopted = left.adopted;
      return { vmid: at.vmid, node, uuid: uuidOf(guest) ?? "", __mark: left.mark, __adopted };
    }
  }
  return undefined;
}

/**
 * The guest's config as soon as it tells to whom it belongs. While a clone or creation has not finished its first disk
 * the config is a lock and little else; it becomes real, or vanishes, with its task.
 */
export async function revealed(
  pve: Pve,
  call: Call,
  from: Place,
): Promise<{ node: string; guest: VmConfig } | undefined> {
  let at = from;
  return pve.until(
    `VM ${from.vmid} on ${from.node} tells whose it is`,
    async () => {
      const guest = (await isThere(pve, at)) ? await readGuest(pve, at) : undefined;
      const found = guest && { node: at.node, guest };
      const bare = /^(?:clone|create)$/.test(guest?.config["lock"] ?? "") && guest?.config["smbios1"] === undefined;
      if (guest && !bare) return { done: found };
      if (await isBeingMade(pve, at.node)) {
        call.report.progress(`waiting for VM ${at.vmid}, which an earlier run may be making`);
        return { pending: guest ? "it is still being made" : "it is not there yet" };
      }
      const row = guest ? undefined : (await pve.guestsNow()).find(({ vmid }) => vmid === at.vmid);
      if (!row || row.node === at.node) return { done: found };
      at = row;
      return { pending: `it has moved to ${row.node}` };
    },
    call.remainingMs(),
  );
}
