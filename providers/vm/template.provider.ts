import { define } from "../kernel/define";
import type { Session } from "../kernel/session/session";
import type { Pve } from "../kernel/session/pve-session";
import type { Call } from "../kernel/call/call";
import { isAdopting } from "./life/adopting.model";
import { ensureGuest, type Making } from "./life/create";
import { markOf } from "./config/vm-config";
import { guestFromConfig } from "./config/guest-fields";
import { lookAt } from "./identity";
import { inspectHardware } from "./check/inspect-hardware";
import { inspectTemplate } from "./check/inspect-template";
import { carriedOver, freeVolumes } from "./disks/known-volumes";
import { placed } from "./life/placed";
import { lookupGuest } from "./life/look-up";
import { migrateGuest } from "./life/migrate";
import { observeGuest } from "./life/observe";
import { nodeOfVolume, planClone, planNew } from "./life/sources";
import { guestOutputKeys, type GuestOutputs } from "./outputs";
import { broughtAlong, claimParts, outputsOf, syncGuest } from "./life/sync";
import { whileOurs } from "./life/still-ours";
import { namedNics } from "./config/own-networks";
import { templateDisks, templateModel, type TemplateInputs } from "./template.model";
import { prune, removeTemplate } from "./template/template-versions";
import { runMemory } from "./check/run-memory";

/** A template's inputs in the terms that it shares with a VM. */
function asGuest(inputs: Partial<TemplateInputs>) {
  const { disk: _, disks: __, source: ___, ...rest } = inputs;
  const disks = templateDisks(inputs);
  return { ...rest, ...(disks ? { disks } : {}) };
}

export const templateProvider = (session: Session) =>
  define<TemplateInputs, GuestOutputs>(
    {
      kind: "Template",
      model: templateModel,
      outputs: guestOutputKeys,
      timeouts: { create: "30m", update: "15m", delete: "10m", read: "2m" },
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        if (!pve) return [];
        const hardware = await inspectHardware(pve, call, asGuest(inputs), was && asGuest(was));
        return [...(await inspectTemplate(pve, call, inputs, was)), ...hardware];
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const seen = await observeGuest(pve, call, at, wanted.pool);
        if (!seen) return undefined;
        const { place, guest, row } = seen;
        const outputs = outputsOf(guest, place);
        const { disks, ...live } = guestFromConfig(guest, asGuest(wanted));
        const [disk] = disks ?? [];
        return {
          inputs: {
            ...live,
            ...(wanted.disks && disks ? { disks } : {}),
            ...(wanted.disk && disk ? { disk } : {}),
            ...(row ? { pool: row.pool } : {}),
            node: place.node,
            vmid: place.vmid,
            uuid: outputs.uuid,
          },
          outputs,
        };
      },
      async lookup(call, id) {
        const { id: vmid, outputs } = await lookupGuest(await session.pve(call), call, id, "template");
        return { id: vmid, outputs };
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        return ensureGuest(pve, call, { ...inputs, kind: "template" }, made, () => planTemplate(pve, call, inputs));
      },
      async sync(call, from, inputs, was, creating) {
        const pve = await session.pve(call);
        const place = await placed(pve, call, from);
        // A template made of a VM on another node is migrated before it is converted.
        const at = creating ? await migrateGuest(pve, call, place, asGuest(inputs)) : place;
        runMemory(pve).keep.set(call.mark, inputs.keep ?? 0);
        const made = creating && !isAdopting(inputs.adopt);
        const { guest, known, leaving } = await syncGuest(pve, call, at, asGuest(inputs), asGuest(was), { made });
        await freeVolumes(pve, call, at, leaving, known);
        if (guest.config["template"] !== "1") {
          const convert = () => pve.api.nodes.$(at.node).qemu.$(at.vmid).template.$post();
          await pve.task(call, "converting to a template", whileOurs(pve, at, convert));
          pve.snapshot.patch(at.vmid, { template: true });
        }
        if (!creating) await prune(pve, call, at, inputs.keep ?? 0);
        call.report.result(`template ${at.vmid} on ${at.node}`);
        const __nics = namedNics(guest, inputs.networks);
        const __adopted = creating ? markOf(guest).adopted : at.__adopted;
        if (creating) {
          const from = inputs.source?.vm;
          const brought = made && from !== undefined ? await broughtAlong(pve, call, from, "VM", at) : [];
          claimParts(known, guest, asGuest(inputs), !made, brought);
        }
        const recorded = known.in(guest);
        // Converting renames the volumes, each in its slot.
        const __volumes = made ? carriedOver(recorded, guest, await lookAt(pve, call, at)) : recorded;
        return { ...at, __adopted, __nics, __volumes };
      },
      async remove(call, at, settings) {
        await removeTemplate(await session.pve(call), call, at, settings);
      },
    },
    session,
  );

async function planTemplate(pve: Pve, call: Call, inputs: TemplateInputs): Promise<Making> {
  const { imageVolumeId, source } = inputs;
  if (source?.vm !== undefined) return planClone(pve, call, asGuest(inputs), { template: source.vm, full: true });
  const volume = imageVolumeId as string;
  return planNew(pve, call, asGuest(inputs), inputs.node ?? (await nodeOfVolume(pve, volume)), { image: volume });
}
