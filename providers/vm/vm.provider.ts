import { define } from "../define";
import type { Session } from "../session";
import type { Change } from "../runtime/changes";
import { ensureVm } from "./create";
import { guestFromConfig } from "./guest-fields";
import { locate } from "./identity";
import { inspectVm } from "./inspect";
import { observeGuest } from "./observe";
import { removeGuest } from "./remove";
import { guestOutputKeys, outputsOf, syncVm, type GuestOutputs } from "./sync";
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
        return pve ? inspectVm(pve, call, inputs, was) : [];
      },
      async refine(call, changes, at) {
        const pve = await session.look(call);
        const row = pve && (await pve.snapshot.guest(at.vmid));
        return row && row.status !== "running" ? changes.map(whenStopped) : changes;
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const seen = await observeGuest(pve, call, at);
        if (!seen) return undefined;
        const { place, guest, row } = seen;
        const outputs = outputsOf(guest, place, wanted.disks);
        const live: Partial<VmInputs> = { ...guestFromConfig(guest, wanted), node: place.node, vmid: place.vmid };
        if (row) {
          live.pool = row.pool;
          live.started = row.status === "running";
        }
        return { inputs: live, outputs };
      },
      async ensure(call, inputs, made) {
        return ensureVm(await session.pve(call), call, inputs, made);
      },
      async sync(call, at, inputs, was, creating) {
        const pve = await session.pve(call);
        const place = (await locate(pve, at)) ?? at;
        const done = await syncVm(pve, call, { ...place, ips: at.ips ?? [] }, inputs, was, creating);
        call.report.result(`vmid ${done.vmid} on ${done.node}${done.ips.length > 0 ? `, ${done.ips.join(", ")}` : ""}`);
        return done;
      },
      async remove(call, at, settings) {
        await removeGuest(await session.pve(call), call, at, settings.force === true);
      },
    },
    session,
  );

/** A stopped guest takes every change at once. */
const whenStopped = (change: Change): Change =>
  change.effect === "reboot" || change.effect === "hot-plug" ? { ...change, effect: "live" } : change;
