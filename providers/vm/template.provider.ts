import { define } from "../define";
import type { Session } from "../session";
import { ensureGuest, planImport } from "./create";
import { guestFromConfig } from "./guest-fields";
import { readGuest } from "./identity";
import { checkNode, checkStorage } from "./inspect";
import { observeGuest } from "./observe";
import { removeGuest } from "./remove";
import { guestOutputKeys, outputsOf, syncGuest, type GuestOutputs } from "./sync";
import { templateModel, type TemplateInputs } from "./template.model";
import { volumes } from "./guest-config";

/** A template's inputs in the terms that it shares with a VM. */
const asGuest = ({ disk, ...rest }: Partial<TemplateInputs>) => ({ ...rest, ...(disk ? { disks: [disk] } : {}) });

export const templateProvider = (session: Session) =>
  define<TemplateInputs, GuestOutputs>(
    {
      kind: "Template",
      model: templateModel,
      outputs: guestOutputKeys,
      timeouts: { create: "30m", update: "15m", delete: "10m", read: "2m" },
      async inspect(call, inputs) {
        const pve = await session.look(call);
        if (!pve) return [];
        const view = await pve.picture();
        return [
          ...checkNode(view, inputs.node, "node"),
          ...checkStorage(view, inputs.disk?.storage, inputs.node, "images", "disk.storage"),
          ...checkStorage(view, inputs.cloudInit?.storage, inputs.node, "images", "cloudInit.storage"),
        ];
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const seen = await observeGuest(pve, call, at);
        if (!seen) return undefined;
        const { place, guest, row } = seen;
        const { disks, ...live } = guestFromConfig(guest, asGuest(wanted));
        const disk = disks?.[0];
        return {
          inputs: {
            ...live,
            ...(disk ? { disk } : {}),
            ...(row ? { pool: row.pool } : {}),
            ...(wanted.image === undefined ? {} : { image: wanted.image }),
            node: place.node,
            vmid: place.vmid,
          },
          outputs: outputsOf(guest, place, asGuest(wanted).disks),
        };
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        return ensureGuest(pve, call, inputs, made, () =>
          planImport(pve, call, asGuest(inputs), inputs.node, inputs.image),
        );
      },
      async sync(call, at, inputs, was, creating) {
        const pve = await session.pve(call);
        const { guest } = await syncGuest(pve, call, at, asGuest(inputs), asGuest(was));
        if (guest.config["template"] !== "1") {
          await pve.task(call, "converting to a template", () =>
            pve.api.nodes.$(at.node).qemu.$(at.vmid).template.$post(),
          );
          pve.snapshot.patch(at.vmid, { template: true });
        }
        call.report.result(`template ${at.vmid} on ${at.node}`);
        // Converting renames the volumes.
        return creating ? { ...at, __volumes: volumes(await readGuest(pve, at)) } : at;
      },
      async remove(call, at) {
        await removeGuest(await session.pve(call), call, at, false);
      },
    },
    session,
  );
