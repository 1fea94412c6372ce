import type { Model } from "../define";
import type { Pve } from "../pve-session";
import type { Call } from "../runtime/call";
import { changesBetween, describe } from "../runtime/changes";
import { managedPart } from "../runtime/managed";
import { pattern, type Problem } from "../runtime/problems";
import { adoptee, called } from "./adopt";
import { guestFromConfig } from "./guest-fields";
import { fitsNode } from "./placement";
import { vmModel, type VmInputs } from "./vm.model";

/** Settings of this program alone, that no guest has. */
const ours = new Set(
  "adopt uuid source placement timeouts allowReplace allowReboot agentTimeout force version keep whileCloned".split(
    " ",
  ),
);

/** Finds the guest to adopt and says in the resource's row what adopting it will change. */
export async function inspectAdoption(
  pve: Pve,
  call: Call,
  inputs: Partial<VmInputs>,
  kind: "VM" | "template" = "VM",
  { same, effects }: Model = vmModel,
): Promise<Problem[]> {
  const found = await adoptee(pve, call, { ...inputs, kind });
  if ("problem" in found) {
    const [path = "", message = ""] = found.problem.split(/: (.*)/s);
    return [{ path, message }];
  }
  const { row, guest } = found;
  const wanted = Object.fromEntries(Object.entries(inputs).filter(([key]) => !ours.has(key) && !key.startsWith("__")));
  const live = {
    ...wanted,
    ...guestFromConfig(guest, inputs),
    vmid: row.vmid,
    node: row.node,
    nodes: inputs.nodes && fitsNode(inputs, row.node) ? inputs.nodes : [row.node],
    pool: row.pool,
    started: row.status === "running",
  };
  const now = managedPart(wanted, live, same) as Record<string, unknown>;
  const changes = changesBetween(now, wanted, effects).filter(({ path, from, to }) => !same?.(pattern(path), to, from));
  call.report.result(
    `adopts ${called(row)}; ${changes.length === 0 ? "changes nothing" : `changes ${describe(changes)}`}`,
  );
  return [];
}
