import { define } from "../kernel/define";
import { diskChanges, firmwareChanges } from "./disks/disk-changes";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Call } from "../kernel/call/call";
import type { Change } from "../kernel/state/changes";
import { holdsForeignText } from "./life/addresses";
import { ensureGuest } from "./life/create";
import { guestFromConfig } from "./config/guest-fields";
import { refinedEffects } from "./config/hardware-effects.model";
import { findMarked, readGuest } from "./identity";
import { inspectVm } from "./check/inspect";
import { inspectHardware } from "./check/inspect-hardware";
import { placed } from "./life/placed";
import { lookupGuest } from "./life/look-up";
import { observeGuest } from "./life/observe";
import { fitsNode } from "./life/placement";
import { removeGuest } from "./life/remove";
import { planVm } from "./life/sources";
import { guestOutputKeys, type GuestOutputs } from "./outputs";
import { outputsOf, syncVm } from "./life/sync";
import { vmModel, type VmInputs } from "./vm.model";

export const vmProvider = (session: Session) =>
  define<VmInputs, GuestOutputs>(
    {
      kind: "Vm",
      model: vmModel,
      outputs: guestOutputKeys,
      timeouts: { create: "30m", update: "30m", delete: "10m", read: "2m" },
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        if (!pve) return [];
        return [...(await inspectVm(pve, call, inputs, was)), ...(await inspectHardware(pve, call, inputs, was))];
      },
      async refine(call, found, at, { was, wanted }) {
        const pve = await session.look(call);
        const row = pve && (await pve.snapshot.guest(at.vmid));
        // What is in the slots is looked for: the preview says what becomes of it.
        const rearranged = found.some(({ path }) => /^(?:disks\[\d+\](?:\.slot)?|efiDisk|tpm)$/.test(path));
        const guest = pve && row && rearranged ? await readGuest(pve, row) : undefined;
        const seen = { recorded: at.__volumes, guest };
        const changes = firmwareChanges(diskChanges(found, was.disks, wanted.disks, vmModel.effects, seen), seen);
        const placed = changes.map((change) => stays(change, row?.node ?? at.node));
        if (!pve || !row || !placed.some(({ effect }) => effect === "reboot" || effect === "hot-plug")) return placed;
        const running = row.status === "running";
        return refinedEffects(placed, { running, config: running ? (await readGuest(pve, row)).current : {} });
      },
      async find(call, was) {
        const pve = await session.look(call);
        return pve && findMarked(pve, call, was.name ?? "");
      },
      due: async (_call, at) => (holdsForeignText(at) ? "reads its outputs anew" : undefined),
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const seen = await observeGuest(pve, call, at, wanted.pool);
        return seen ? liveVm(seen, wanted) : undefined;
      },
      async lookup(call, id) {
        const { id: vmid, outputs } = await lookupGuest(await session.pve(call), call, id, "VM");
        return { id: vmid, outputs };
      },
      async ensure(call, inputs, made) {
        const pve: Pve = await session.pve(call);
        return ensureGuest(pve, call, { ...inputs, kind: "VM" }, made, () => planVm(pve, call, inputs));
      },
      async sync(call, at, inputs, was, creating) {
        const pve = await session.pve(call);
        const place = await placed(pve, call, at);
        const done = await syncVm(pve, call, { ...place, ips: at.ips ?? [] }, inputs, was, creating);
        call.report.result(`vmid ${done.vmid} on ${done.node}${done.ips.length > 0 ? `, ${done.ips.join(", ")}` : ""}`);
        return done;
      },
      async remove(call: Call, at, settings) {
        await removeGuest(await session.pve(call), call, at, settings.force === true, undefined, settings);
      },
    },
    session,
  );

/** A VM as it is, in the terms of the wanted inputs. On any of the wanted nodes it is where it shall be. */
export function liveVm(
  { place, guest, row }: NonNullable<Awaited<ReturnType<typeof observeGuest>>>,
  wanted: Partial<VmInputs>,
): { inputs: Partial<VmInputs>; outputs: GuestOutputs } {
  const outputs = outputsOf(guest, place);
  const live: Partial<VmInputs> = {
    ...guestFromConfig(guest, wanted, place.__volumes),
    node: place.node,
    nodes: wanted.nodes && fitsNode(wanted, place.node) ? wanted.nodes : [place.node],
    vmid: place.vmid,
    uuid: outputs.uuid,
  };
  if (row) {
    live.pool = row.pool;
    live.started = row.status === "running";
  }
  return { inputs: live, outputs };
}

/** A VM that is on a wanted node, or on any, stays there. */
function stays(change: Change, node: string): Change {
  const { effect, path, to } = change;
  const allowed = path === "nodes" ? (to as readonly string[] | undefined) : to === undefined ? undefined : [to];
  if (effect === "migrate" && (allowed?.includes(node) ?? true)) return { ...change, effect: "live" };
  return change;
}
