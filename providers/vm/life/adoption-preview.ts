import type { Guest } from "../../../pve";
import type { Model } from "../../kernel/resource-kind";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { isOwnerKnown } from "../../kernel/identity/mark";
import { ownGuestEffects } from "../effects.model";
import { changesBetween, describe, type Change } from "../../kernel/state/changes";
import { managedPart } from "../../kernel/state/managed";
import { pattern, type Problem } from "../../kernel/state/problems";
import { inspectMoveOf } from "../check/inspect-move";
import { adoptee, called } from "./adopt";
import { slotOf } from "../disks/disk.model";
import { fixedParameters } from "../config/firmware.model";
import { cloudInitSlot, disks, drives, markOf, type VmConfig } from "../config/vm-config";
import { guestFromConfig, networksAt, takenCdroms } from "../config/guest-fields";
import { refinedEffects } from "../config/hardware-effects.model";
import { deviceLists, hardware } from "../config/hardware.model";
import { fitsNode } from "./placement";
import { vmModel, type VmInputs } from "../vm.model";
import { managedKeys, waitingFor } from "../config/waiting";

type Inputs = Partial<VmInputs>;

/** Settings of this program alone, that no guest has. */
const ours = new Set(
  "adopt uuid source placement timeouts allowReplace allowReboot allowMoves agentTimeout force version keep whileCloned".split(
    " ",
  ),
);

/** Finds the guest to adopt and says in the resource's row all that adopting it will change, and what it leaves. */
export async function inspectAdoption(
  pve: Pve,
  call: Call,
  inputs: Inputs,
  kind: "VM" | "template" = "VM",
  model: Model = vmModel,
): Promise<Problem[]> {
  const found = await adoptee(pve, call, { ...inputs, kind });
  if ("problem" in found) {
    const [path = "", message = ""] = found.problem.split(/: (.*)/s);
    return [{ path, message }];
  }
  const { row, guest } = found;
  const problems = impossible(guest, inputs);
  if (problems.length === 0)
    problems.push(...(await inspectMoveOf(pve, call, row, await pve.snapshot.guests(), inputs)));
  if (problems.length > 0) return problems;
  const changes = adoptionChanges(row, guest, inputs, model);
  const left = leftAlone(guest, inputs);
  call.report.result(
    [
      `adopts ${called(row)}`,
      ...(hasOwner(call, guest, inputs) ? ["only if it is this resource of this stack that let go of it"] : []),
      changes.length === 0 ? "changes nothing" : `changes ${describe(changes, ownGuestEffects)}`,
      ...(left.length > 0 ? [`leaves ${left.join(", ")} as ${left.length > 1 ? "they are" : "it is"}`] : []),
      `destroy will delete it, unless retainOnDelete is set`,
    ].join("; "),
  );
  return [];
}

/** A preview does not know the mark of its own resource: whether the guest's is that, only `up` can tell. */
const hasOwner = (call: Call, guest: VmConfig, { adopt }: Inputs): boolean =>
  adopt === true && !isOwnerKnown(call) && markOf(guest).mark !== undefined && !markOf(guest).unfinished;

/** What the guest is in the terms of the inputs, with gaps where it lacks what a list names. */
function adoptionChanges(row: Guest, guest: VmConfig, inputs: Inputs, { same, effects }: Model): Change[] {
  const wanted = Object.fromEntries(Object.entries(inputs).filter(([key]) => !ours.has(key) && !key.startsWith("__")));
  const bySlot = new Map(disks(guest).map((disk) => [disk.slot, disk]));
  const live = {
    ...guestFromConfig(guest, inputs),
    ...(inputs.disks ? { disks: inputs.disks.map((disk, i) => bySlot.get(slotOf(disk, i))) } : {}),
    ...(inputs.networks ? { networks: networksAt(guest.config, inputs.networks.length) } : {}),
    vmid: row.vmid,
    node: row.node,
    nodes: inputs.nodes && fitsNode(inputs, row.node) ? inputs.nodes : [row.node],
    pool: row.pool,
    started: row.status === "running",
  };
  const now = managedPart(wanted, live, same) as Record<string, unknown>;
  const changes = changesBetween(now, wanted, effects).filter(({ path, from, to }) => !same?.(pattern(path), to, from));
  if (inputs.cloudInit && inputs.cloudInit.via !== "iso" && cloudInitSlot(guest) === undefined)
    changes.push({ path: "cloudInit (a drive is added)", from: undefined, to: true, effect: "reboot" });
  const running = row.status === "running";
  if (running)
    for (const key of waitingFor(guest, managedKeys(inputs)))
      changes.push({ path: `${fieldOf(key)} (waits for it)`, from: undefined, to: true, effect: "reboot" });
  return refinedEffects(changes, { running, config: guest.current });
}

/** The input that is kept under a key of the config. */
function fieldOf(key: string): string {
  const [name] = Object.entries(hardware).find(([, field]) => field.key === key) ?? [];
  return name ?? key;
}

/** What is described, but cannot be brought about in the guest as it is. */
function impossible(guest: VmConfig, inputs: Inputs): Problem[] {
  const bySlot = new Map(disks(guest).map((disk) => [disk.slot, disk]));
  const problems = (inputs.disks ?? []).flatMap((disk, i): Problem[] => {
    const slot = slotOf(disk, i);
    const has = bySlot.get(slot);
    const path = `disks[${i}].sizeGiB`;
    if (!has && disk?.sizeGiB === undefined)
      return [
        { path, message: `is required: the guest has no disk ${slot}, so a new one is made; write its size in GiB` },
      ];
    return has?.sizeGiB !== undefined && disk?.sizeGiB !== undefined && disk.sizeGiB < has.sizeGiB
      ? [{ path, message: `disk ${slot} has ${has.sizeGiB} GiB and cannot shrink; write at least ${has.sizeGiB}` }]
      : [];
  });
  for (const { place, slot, holds } of takenCdroms(guest, inputs.cdroms ?? []))
    problems.push({ path: `cdroms[${place}].slot`, message: `${slot} holds ${holds} already; write another slot` });
  const live = guestFromConfig(guest, inputs);
  // What is left out is not managed: it may be as it is.
  const written = {
    efiDisk: inputs.efiDisk && { ...live.efiDisk, ...inputs.efiDisk },
    tpm: inputs.tpm && { ...live.tpm, ...inputs.tpm },
  };
  return [...problems, ...fixedParameters(written, live)];
}

/** Devices that the guest has beyond those that the program describes, of the kinds that it describes. */
function leftAlone(guest: VmConfig, inputs: Inputs): string[] {
  const { config } = guest;
  const beyond = (prefix: string, named: readonly unknown[] | undefined) =>
    named === undefined
      ? []
      : Object.keys(config).filter((key) => {
          const [, number] = new RegExp(`^${prefix}(\\d+)$`).exec(key) ?? [];
          return number !== undefined && Number(number) >= named.length;
        });
  const slots = new Set((inputs.disks ?? []).map(slotOf));
  return [
    ...beyond("net", inputs.networks),
    ...Object.entries(deviceLists).flatMap(([name, { prefix }]) =>
      beyond(prefix, inputs[name as keyof typeof deviceLists]),
    ),
    ...(inputs.disks ? [...drives(guest).keys()].filter((slot) => !slots.has(slot)) : []),
  ];
}
