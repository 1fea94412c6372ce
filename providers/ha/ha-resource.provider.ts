import { isProxmoxError, parsePropertyString, wire, type Guest } from "../../pve";
import { makes } from "../checks/made-here";
import type { Call } from "../kernel/call/call";
import { changeOfTexts, fromTexts, textsOf, toTexts } from "../kernel/fields/mapping";
import { named } from "../kernel/named";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { sees } from "../kernel/session/own-sight";
import { suggestion, type Problem } from "../kernel/state/problems";
import { haResourceModel, resourceFields, type HaResourceInputs } from "./ha-resource.model";
import { resourcesNow, serviceNow, situationChanged, situationNow, situationShared, wantedState } from "./ha-look";
import { consequences } from "./service-moves";
import { sidOf } from "./sid";
import { assertNamed, inWords, unnamed } from "./say";
import { withService, type Service, type WantedState } from "./situation";

interface HaResourceOutputs {
  readonly vmid: number;
  readonly sid: string;
  /** Of the VM that was put under HA: another one may have its VMID later. */
  readonly __uuid?: string | undefined;
}

type Entry = wire.WireObject;

const vmSid = (vmid: number | string): string => sidOf({ type: "qemu", vmid: Number(vmid) });

export const haResourceProvider = (session: Session) =>
  named<HaResourceInputs, HaResourceOutputs, Entry>(
    {
      kind: "HaResource",
      noun: "HA resource of VM",
      name: "vmid",
      model: haResourceModel,
      outputs: ["vmid", "sid", "__uuid"],
      timeouts: { create: "5m", update: "5m", delete: "2m", read: "2m" },
      lock: "cluster:ha.cfg",
      async list(pve) {
        const resources = [...(await resourcesNow(pve))].filter(([sid]) => sid.startsWith("vm:"));
        return new Map(resources.map(([sid, row]) => [sid.slice(3), row]));
      },
      async read(pve, vmid) {
        const entry = wire.object(await pve.api.cluster.ha.resources.$(vmSid(vmid)).$get());
        return entry["sid"] === vmSid(vmid) ? entry : undefined;
      },
      at: ({ vmid }) => ({ vmid: Number(vmid), sid: vmSid(vmid) }),
      live(entry, at, wanted) {
        const inputs = fromTexts(resourceFields, { ...textsOf(entry), state: wantedState(entry) }, wanted);
        const unset = Object.fromEntries(Object.keys(resourceFields).map((name) => [name, inputs[name]]));
        return { inputs: { ...wanted, ...unset, vmid: at.vmid }, outputs: at };
      },
      async prepare(call, inputs) {
        const pve = await session.pve(call);
        await pve.assertQuorum(call);
        const uuid = await uuidOf(pve, await guestOf(pve, inputs.vmid));
        return { inputs, outputs: uuid === undefined ? {} : { __uuid: uuid } };
      },
      async create(pve, inputs) {
        const { situation, now } = await seen(pve, inputs.vmid);
        const state = inputs.state ?? (now.running ? "started" : "stopped");
        const after = withService(situation, now.sid, { ...now, state, failback: inputs.failback ?? true });
        assertNamed(consequences(situation, after), inputs, situation.guests);
        situationChanged(pve);
        await pve.api.cluster.ha.resources.$post({ ...toTexts(resourceFields, inputs), state, sid: now.sid });
      },
      change(entry, inputs, was) {
        const live = { ...textsOf(entry), state: wantedState(entry) };
        const { set, delete: gone } = changeOfTexts(resourceFields, live, inputs, was);
        // A state that is no longer described stays: without one, HA would start the VM.
        const reset = gone.filter((key) => key !== "state");
        if (Object.keys(set).length === 0 && reset.length === 0) return undefined;
        const digest = wire.string(entry["digest"]);
        return {
          ...set,
          ...(reset.length === 0 ? {} : { delete: reset.join(",") }),
          ...(digest === undefined ? {} : { digest }),
        };
      },
      async update(pve, vmid, change, { inputs }) {
        const { situation, now, before } = await seen(pve, Number(vmid));
        const state = (change["state"] as WantedState | undefined) ?? before?.state ?? now.state;
        // Said no longer, it is Proxmox's default again.
        const isReset = wire.strings(change["delete"]).includes("failback");
        const failback = inputs.failback ?? (isReset ? undefined : before?.failback) ?? true;
        const after = withService(situation, now.sid, { ...now, state, failback, failed: stillFailed(before, state) });
        assertNamed(consequences(situation, after), inputs, situation.guests);
        situationChanged(pve);
        await pve.api.cluster.ha.resources.$(now.sid).$put(change);
      },
      async remove(pve, vmid, { settings }) {
        const situation = await situationNow(pve);
        const after = withService(situation, vmSid(vmid), undefined);
        assertNamed(consequences(situation, after), settings, situation.guests);
        situationChanged(pve);
        // Rules may be somebody else's: what they name is left to them.
        await pve.api.cluster.ha.resources.$(vmSid(vmid)).$delete({ purge: false });
        pve.snapshot.patch(Number(vmid), { ha: undefined });
      },
      async stranger(pve, { vmid, __uuid }) {
        if (__uuid === undefined) return undefined;
        const guest = (await pve.guestsNow()).find((one) => one.vmid === vmid);
        if (!guest) return gone(pve, vmid);
        // The VMID is a container's now: of the VM nothing is left but its HA resource.
        if (guest.type !== "qemu") return undefined;
        const uuid = await uuidOf(pve, guest);
        if (uuid === undefined)
          throw new Error(
            `VM ${vmid} has no uuid (smbios1) any more, which was ${__uuid}: whether it is the same one cannot be told; give it ` +
              "that uuid again, or take the HaResource out of the state with pulumi state delete",
          );
        return uuid === __uuid ? undefined : `VM ${vmid} is another one (its uuid is ${uuid}, and was ${__uuid})`;
      },
      isAsSent(inputs, entry) {
        const live = { ...textsOf(entry), state: wantedState(entry) };
        return Object.keys(changeOfTexts(resourceFields, live, inputs, {}).set).length === 0;
      },
      async inspect(pve, call, inputs, was) {
        const { vmid } = inputs;
        if (vmid === undefined) return [];
        makes(pve, "HA resource", vmSid(vmid));
        const isNew = was === undefined || was.vmid !== vmid;
        if (!isNew && sameFields(inputs, was)) return [];
        return inspectGuest(pve, call, { ...inputs, vmid }, isNew ? undefined : was);
      },
      async afterwards(call, pve, inputs, was, made, at) {
        if (made || (inputs.state !== undefined && inputs.state !== was.state)) await settled(pve, call, at);
        situationChanged(pve);
      },
    },
    session,
  );

/** A guest that HA has given up stays so until it is disabled. */
const stillFailed = (before: Service | undefined, state: WantedState): boolean =>
  before?.failed === true && state !== "disabled";

async function guestOf(pve: Pve, vmid: number): Promise<Guest> {
  const guest = (await pve.guestsNow()).find((one) => one.vmid === vmid);
  if (!guest) throw new Error(`there is no VM ${vmid}, or the stack may not see it (VM.Audit)`);
  if (guest.type !== "qemu") throw new Error(`${vmid} is a container, which no resource of this library describes`);
  return guest;
}

/** A VM that is not in the list is gone only where the stack would see it; its HA resource is its own then. */
async function gone(pve: Pve, vmid: number): Promise<undefined> {
  if (await sees(pve, `/vms/${vmid}`, "VM.Audit")) return undefined;
  throw new Error(
    `VM ${vmid} is gone, or the stack may not see it: whose its HA resource is cannot be told; give it VM.Audit on /vms/${vmid}`,
  );
}

/** Undefined of a VM that was made by hand, or before Proxmox gave each one a uuid: that is known by its VMID alone. */
async function uuidOf(pve: Pve, { node, vmid }: Guest): Promise<string | undefined> {
  const config = wire.object(await pve.api.nodes.$(node).qemu.$(vmid).config.$get());
  const { uuid } = parsePropertyString(wire.string(config["smbios1"]) ?? "", "uuid");
  return uuid?.toLowerCase();
}

/** All that HA goes by, and the VM in it as it is now. */
async function seen(pve: Pve, vmid: number, shared?: Awaited<ReturnType<typeof situationShared>>) {
  const isOurs = (one: Guest): boolean => one.vmid === vmid && one.type === "qemu";
  // One that was made since is not in what others have read.
  const situation = shared?.guests.some(isOurs) ? shared : await situationNow(pve, [vmid]);
  const guest = situation.guests.find(isOurs);
  if (!guest) throw new Error(`there is no VM ${vmid}, or the stack may not see it (VM.Audit)`);
  const before = situation.services.find(({ sid }) => sid === vmSid(vmid));
  const { status } = await pve.api.nodes.$(guest.node).qemu.$(vmid).status.current.$get();
  const bare: Service = {
    ...{ sid: vmSid(vmid), state: "ignored", node: guest.node, running: status === "running" },
    ...{ failback: true, failed: false },
  };
  return { situation, before, now: before ?? bare, guest };
}

const fieldsThatAct = ["state", "failback", "allowMoves", "allowStop"] as const;
const sameFields = (inputs: Partial<HaResourceInputs>, was: Partial<HaResourceInputs>): boolean =>
  fieldsThatAct.every((field) => inputs[field] === was[field]);

async function inspectGuest(
  pve: Pve,
  call: Call,
  inputs: Partial<HaResourceInputs> & { readonly vmid: number },
  was: Partial<HaResourceInputs> | undefined,
): Promise<Problem[]> {
  const wrong = (message: string): Problem[] => [{ path: "vmid", message }];
  const all = await pve.snapshot.guests();
  const row = all.find(({ vmid }) => vmid === inputs.vmid);
  if (!row) {
    const names = all.filter(({ type }) => type === "qemu").map(({ vmid }) => String(vmid));
    return wrong(`there is no VM ${inputs.vmid}${suggestion(String(inputs.vmid), names)}`);
  }
  if (row.type !== "qemu") return wrong(`${inputs.vmid} is a container; write the VMID of a VM`);
  if (row.template) return wrong(`VM ${inputs.vmid} is a template, which never runs`);
  try {
    const { situation, before, now } = await seen(pve, inputs.vmid, await situationShared(pve, call));
    const state = inputs.state ?? before?.state ?? (now.running ? "started" : "stopped");
    if (before?.failed === true && state !== "disabled" && was !== undefined)
      return [
        {
          path: "state",
          message: `HA has given ${now.sid} up (its error state) and takes nothing but state: "disabled", which stops it; then write "${state}" again`,
        },
      ];
    const failback = inputs.failback ?? (was?.failback === undefined ? before?.failback : undefined) ?? true;
    const after = withService(situation, now.sid, { ...now, state, failback, failed: stillFailed(before, state) });
    const what = consequences(situation, after);
    const problems = unnamed(what, inputs, situation.guests);
    const words = inWords(what, situation.guests);
    if (words !== undefined && problems.length === 0) call.report.result(words);
    return problems;
  } catch (error) {
    if (!isProxmoxError(error, "not-found")) throw error;
    // It has moved, or gone, since the list was read.
    return wrong(`VM ${inputs.vmid} is not where the cluster's list has it; run this again`);
  }
}

/** HA acts by rounds: its manager has the service now, and the VM is as it is to be. */
async function settled(pve: Pve, call: Call, { vmid, sid }: HaResourceOutputs): Promise<void> {
  const row = (await resourcesNow(pve)).get(sid);
  const wanted = row && wantedState(row);
  if (wanted === undefined || wanted === "ignored") return;
  call.report.progress(`waiting for HA to have VM ${vmid} ${wanted}`);
  await pve.until(
    `HA has VM ${vmid} ${wanted}`,
    async () => {
      const { crm, state } = await serviceNow(pve, sid);
      if (crm === "error")
        throw new Error(
          `HA has given VM ${vmid} up (${sid} is in its error state): see the tasks of the VM, write state: "disabled" and then "${wanted}" again`,
        );
      const done = wanted === "started" ? crm === "started" && state === "started" : crm === "stopped";
      return done ? { done } : { pending: `it is ${state === "" ? "not taken up yet" : state}` };
    },
    call.remainingMs(),
  );
}
