import { isProxmoxError, type Guest } from "../../../pve";
import { motionOf, outcomeOf } from "../../ha/guest-motion";
import { ownerMark } from "../../kernel/identity/mark";
import type { Call } from "../../kernel/call/call";
import type { Problem } from "../../kernel/state/problems";
import type { Pve } from "../../kernel/session/pve-session";
import { findMarked } from "../identity";
import { fitsNode } from "../life/placement";
import type { VmInputs } from "../vm.model";

/** Under HA a move takes other guests along, or does not come about: both are told before. */
export async function inspectMove(
  pve: Pve,
  call: Call,
  guests: readonly Guest[],
  inputs: Partial<VmInputs>,
  was: Partial<VmInputs> | undefined,
): Promise<Problem[]> {
  if (was === undefined || !isMoved(inputs, was)) return [];
  const row = await ownRow(pve, call, guests, was);
  return row ? inspectMoveOf(pve, call, row, guests, inputs) : [];
}

/** The same of a guest that is known, as one that is adopted. */
export async function inspectMoveOf(
  pve: Pve,
  call: Call,
  row: Guest,
  guests: readonly Guest[],
  inputs: Partial<VmInputs>,
): Promise<Problem[]> {
  if (row.ha === undefined || row.ha === "ignored" || fitsNode(inputs, row.node)) return [];
  try {
    const { problems, says } = await outcomeOf(pve, await motionOf(pve, row), inputs, guests);
    if (says !== undefined && problems.length === 0) call.report.result(says);
    return [...problems];
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    // It may be locked, on its way, or not for these credentials to ask: the move itself asks again.
    call.report.warn(
      `which guests HA moves with VM ${row.vmid} cannot be told yet (${error.message}); it is asked again before the move`,
    );
    return [];
  }
}

const isMoved = ({ node, nodes }: Partial<VmInputs>, was: Partial<VmInputs>): boolean =>
  node !== was.node || nodes?.join() !== was.nodes?.join();

/** The guest of the resource, if HA has it. A check knows no VMID: it is the one of its name, among several the one with its mark. */
async function ownRow(
  pve: Pve,
  call: Call,
  guests: readonly Guest[],
  was: Partial<VmInputs>,
): Promise<Guest | undefined> {
  const named = guests.filter(({ name, type }) => name === was.name && type === "qemu");
  if (was.name === undefined || !named.some(({ ha }) => ha !== undefined)) return undefined;
  if (named.length === 1) return named[0];
  const { __stack: stack, __urn: urn } = was as Readonly<Record<string, unknown>>;
  const found = await findMarked(pve, { ...call, mark: ownerMark(String(stack), String(urn)) }, was.name);
  return named.find(({ vmid }) => vmid === found?.vmid);
}
