import { isProxmoxError, parsePropertyString } from "../../pve";
import type { Call } from "../kernel/call/call";
import { milliseconds } from "../kernel/call/duration";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { isThere, type Place } from "../vm/place";
import { GuestChange } from "./converge-guest";
import { GuestAgent } from "./guest-agent";
import { guestConfigModel, type GuestConfigInputs } from "./guest-config.model";
import { GuestFiles } from "./guest-files";
import { liveGuest } from "./observe-guest";

interface GuestConfigOutputs {
  readonly vmid: number;
  /** Of the guest that it was made for. */
  readonly __uuid: string;
  /** Where it was last seen. */
  readonly __node: string;
  /** By which what was made is known in the guest. */
  readonly __mark: string;
}

/** A guest as it is found. */
interface FoundGuest {
  readonly pve: Pve;
  readonly place: Place;
  readonly uuid: string;
  readonly running: boolean;
}

export const guestConfigProvider = (session: Session) =>
  define<GuestConfigInputs, GuestConfigOutputs>(
    {
      kind: "GuestConfig",
      model: guestConfigModel,
      outputs: ["vmid", "__uuid", "__node", "__mark"],
      timeouts: { create: "60m", update: "60m", delete: "15m", read: "10m" },
      async observe(call, at, wanted) {
        const found = await find(session, call, at.vmid, at.__node);
        if (!found || found.uuid !== at.__uuid) return undefined;
        const outputs = { ...at, __node: found.place.node };
        if (!found.running) {
          call.report.warn(`VM ${at.vmid} does not run: what is in it was not looked at`);
          return { inputs: wanted, outputs };
        }
        const guest = await opened(found, call, wanted);
        return { inputs: { ...wanted, ...(await liveGuest(guest, at.__mark, wanted)) }, outputs };
      },
      async ensure(call, inputs, made) {
        const found = await find(session, call, inputs.vmid, undefined);
        if (!found) throw new Error(`there is no VM ${inputs.vmid}`);
        if (!found.running) throw new Error(`VM ${inputs.vmid} does not run; start it first`);
        const id = String(inputs.vmid);
        const at = { vmid: inputs.vmid, __uuid: found.uuid, __node: found.place.node, __mark: call.mark };
        // What it makes is known in the guest itself: from here on nothing is forgotten.
        made(id, at);
        return { id, at };
      },
      async sync(call, at, inputs) {
        const found = await find(session, call, at.vmid, at.__node);
        if (found?.uuid !== at.__uuid)
          throw new Error(`VM ${at.vmid} is another one than this resource was made for; nothing was changed`);
        if (!found.running) throw new Error(`VM ${at.vmid} does not run; nothing was changed`);
        await found.pve.limits([`vm:${at.vmid}`], call, async () => {
          const guest = await opened(found, call, inputs);
          await new GuestChange(guest, call, at.__mark).converge(inputs);
        });
        return { ...at, __node: found.place.node };
      },
      async remove(call, at, settings) {
        const found = await find(session, call, at.vmid, at.__node);
        if (found?.uuid !== at.__uuid) return call.report.result(`VM ${at.vmid} is gone, and what was in it`);
        if (!found.running)
          return call.report.warn(`VM ${at.vmid} does not run: the files of this resource stay in it`);
        await found.pve.limits([`vm:${at.vmid}`], call, async () => {
          const guest = await opened(found, call, settings);
          await new GuestChange(guest, call, at.__mark).remove();
        });
        call.report.result(`files removed from VM ${at.vmid}; packages, what scripts did and containers stay`);
      },
    },
    session,
  );

/** The VM of this number as it is now; undefined when it is certainly gone. */
async function find(
  session: Session,
  call: Call,
  vmid: number,
  node: string | undefined,
): Promise<FoundGuest | undefined> {
  const pve = await session.pve(call);
  const listed = await pve.snapshot.guest(vmid);
  const last = listed?.node ?? node;
  if (last === undefined) return undefined;
  const place = { node: last, vmid };
  // A list may be late, or not show everything: the node itself says that it has no such VM.
  if (!(await isThere(pve, place))) return undefined;
  const api = pve.api.nodes.$(last).qemu.$(vmid);
  const config = await api.config.$get();
  const { uuid } = parsePropertyString(String((config as { smbios1?: string }).smbios1 ?? ""), "uuid");
  if (uuid === undefined) throw new Error(`VM ${vmid} has no uuid (smbios1), by which it would be known again`);
  const { status } = await api.status.current.$get();
  return { pve, place, uuid: uuid.toLowerCase(), running: status === "running" };
}

/** Waits for the agent. */
async function opened(found: FoundGuest, call: Call, { agentTimeout = "10m" }: Partial<GuestConfigInputs>) {
  const agent = new GuestAgent(found.pve, call, found.place);
  try {
    await agent.ready(milliseconds(agentTimeout));
  } catch (error) {
    if (isProxmoxError(error) && /No QEMU guest agent configured/.test(error.message))
      throw new Error(`VM ${found.place.vmid} has no guest agent in its config; write agent: true for it`, {
        cause: error,
      });
    throw error;
  }
  return new GuestFiles(agent);
}
